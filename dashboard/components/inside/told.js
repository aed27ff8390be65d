// What every step gives, as the server tells it where the browser cannot compute it.

// Tensors as network.js has them, the digit itself first
export function tensorsTold({ told: { layers, values, half }, picture, height, width }) {
  const bytes = Uint8Array.from(atob(values), (letter) => letter.codePointAt(0));
  const numbers = half ? halves(new Uint16Array(bytes.buffer)) : new Float32Array(bytes.buffer);
  let start = 0;
  const tensors = layers.map(({ shape }) => {
    const size = shape.reduce((all, side) => all * side, 1), data = numbers.subarray(start, start + size);
    start += size;
    const [tall, wide, channels] = shape.length === 3 ? shape : shape.length === 2 ? [...shape, 1] : [1, 1, shape[0]];
    return { data, height: tall, width: wide, channels };
  });
  return [{ data: Float32Array.from(picture), height, width, channels: 1 }, ...tensors];
}

// Numbers in half precision as IEEE 754 has them
function halves(words) {
  return Float32Array.from(words, (word) => {
    const sign = word & 0x8000 ? -1 : 1, exponent = (word >> 10) & 31, fraction = word & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

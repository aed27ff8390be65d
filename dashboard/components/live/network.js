// A network's forward pass: layers and weights as models/browser_network.py packs them, channels last.

// Functions from a tensor { data, height, width, channels } to the next, by the layer's kind
const LAYER_KINDS = { rescale, unit_columns: unitColumns, conv: convolution, dense, affine, max_pool: maxPool, avg_pool: averagePool, softmax, pair_votes: pairVotes };

// Activations of each value by itself, by their kind
export const ELEMENTWISE = {
  relu: (value) => Math.max(value, 0),
  leaky_relu: (value, { slope }) => (value > 0 ? value : slope * value),
  elu: (value) => (value > 0 ? value : Math.expm1(value)),
  silu: (value) => value / (1 + Math.exp(-value)),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: Math.tanh,
};
for (const [kind, of] of Object.entries(ELEMENTWISE)) {
  LAYER_KINDS[kind] = (tensor, layer) => ({ ...tensor, data: tensor.data.map((value) => of(value, layer)) });
}

// layers with [start, count] of their arrays in `weights`, a Float32Array, to layers with the arrays themselves
export function bindWeights(layers, weights) {
  return layers.map((layer) => Object.fromEntries(Object.entries(layer).map(([name, value]) =>
    [name, ["kernel", "bias", "scale", "shift"].includes(name) && Array.isArray(value)
      ? part(weights, ...value) : value])));
}

function part(weights, start, count) {
  if (start + count > weights.length) throw new RangeError("there are fewer weights than the layers need");
  return weights.subarray(start, start + count);
}

// Probabilities, one for each class, of a picture of grey levels
export function classify(layers, picture, height, width) {
  let tensor = { data: Float32Array.from(picture), height, width, channels: 1 };
  for (const layer of layers) tensor = LAYER_KINDS[layer.kind](tensor, layer);
  return tensor.data;
}

// What goes through the network, step by step: the picture as a tensor, and after it what each layer gives
export function tensorsOf(layers, picture, height, width) {
  const tensors = [{ data: Float32Array.from(picture), height, width, channels: 1 }];
  for (const layer of layers) tensors.push(LAYER_KINDS[layer.kind](tensors.at(-1), layer));
  return tensors;
}

function rescale(tensor, { scale, offset = 0 }) {
  return { ...tensor, data: tensor.data.map((value) => value * scale + offset) };
}

function unitColumns(tensor) {
  const { data, height, width } = tensor, scaled = new Float32Array(data.length);
  for (let column = 0; column < width; column++) {
    let squares = 0;
    for (let row = 0; row < height; row++) squares += data[row * width + column] ** 2;
    const length = Math.sqrt(Math.max(squares, 1e-12));
    for (let row = 0; row < height; row++) scaled[row * width + column] = data[row * width + column] / length;
  }
  return { ...tensor, data: scaled };
}

function affine(tensor, { scale, shift, relu: cut }) {
  const { data, channels } = tensor, moved = new Float32Array(data.length);
  for (let n = 0; n < data.length; n++) moved[n] = data[n] * scale[n % channels] + shift[n % channels];
  return cut ? LAYER_KINDS.relu({ ...tensor, data: moved }) : { ...tensor, data: moved };
}

function dense({ data }, { kernel, bias, relu: cut }) {
  const units = bias.length, sums = Float32Array.from(bias);
  for (let n = 0; n < data.length; n++) {
    const value = data[n];
    if (!value) continue;
    const start = n * units;
    for (let unit = 0; unit < units; unit++) sums[unit] += value * kernel[start + unit];
  }
  const tensor = { data: sums, height: 1, width: 1, channels: units };
  return cut ? LAYER_KINDS.relu(tensor) : tensor;
}

function convolution(tensor, { kernel, bias, shape, strides: [down, right], padding, relu: cut }) {
  const { height, width, channels } = tensor, [tall, wide] = shape, maps = bias.length;
  const outHeight = outSide(height, tall, down, padding), outWidth = outSide(width, wide, right, padding);
  const above = before(height, outHeight, tall, down, padding), aside = before(width, outWidth, wide, right, padding);
  const out = new Float32Array(outHeight * outWidth * maps), size = tall * wide * channels;
  const inputs = { count: 0, values: new Float32Array(size), rows: new Int32Array(size) };
  for (let row = 0; row < outHeight; row++) {
    for (let column = 0; column < outWidth; column++) {
      gatherInputs(inputs, tensor, row * down - above, column * right - aside, shape);
      const start = (row * outWidth + column) * maps, sums = out.subarray(start, start + maps);
      sums.set(bias);
      addProducts(sums, inputs, kernel);
      if (cut) for (let map = 0; map < maps; map++) if (sums[map] < 0) sums[map] = 0;
    }
  }
  return { data: out, height: outHeight, width: outWidth, channels: maps };
}

// The window's values that are not 0, for most are after a relu, and where each one's row of weights begins
function gatherInputs(inputs, { data, height, width, channels }, top, left, [tall, wide, , maps]) {
  let count = 0;
  for (let y = Math.max(-top, 0); y < Math.min(tall, height - top); y++) {
    for (let x = Math.max(-left, 0); x < Math.min(wide, width - left); x++) {
      const pixel = ((top + y) * width + left + x) * channels, weights = (y * wide + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const value = data[pixel + channel];
        if (value === 0) continue;
        inputs.values[count] = value;
        inputs.rows[count++] = (weights + channel) * maps;
      }
    }
  }
  inputs.count = count;
}

// Four inputs at a time, so that each sum is read and written once for four products
function addProducts(sums, { count, values, rows }, kernel) {
  const maps = sums.length;
  let n = 0;
  for (; n + 3 < count; n += 4) {
    const a = values[n], b = values[n + 1], c = values[n + 2], d = values[n + 3];
    let p = rows[n], q = rows[n + 1], r = rows[n + 2], s = rows[n + 3];
    for (let map = 0; map < maps; map++) sums[map] += a * kernel[p++] + b * kernel[q++] + c * kernel[r++] + d * kernel[s++];
  }
  for (; n < count; n++) {
    const value = values[n], row = rows[n];
    for (let map = 0; map < maps; map++) sums[map] += value * kernel[row + map];
  }
}

export function outSide(side, size, stride, padding) {
  return padding === "same" ? Math.ceil(side / stride) : Math.floor((side - size) / stride) + 1;
}

// Rows or columns of zeros before the picture, as TensorFlow pads
export function before(side, outer, size, stride, padding) {
  return padding === "same" ? Math.floor(Math.max((outer - 1) * stride + size - side, 0) / 2) : 0;
}

function maxPool({ data, height, width, channels }, { size: [tall, wide] }) {
  const outHeight = Math.floor(height / tall), outWidth = Math.floor(width / wide);
  const out = new Float32Array(outHeight * outWidth * channels).fill(-Infinity);
  for (let row = 0; row < outHeight * tall; row++) {
    for (let column = 0; column < outWidth * wide; column++) {
      const place = (Math.floor(row / tall) * outWidth + Math.floor(column / wide)) * channels;
      const pixel = (row * width + column) * channels;
      for (let n = 0; n < channels; n++) out[place + n] = Math.max(out[place + n], data[pixel + n]);
    }
  }
  return { data: out, height: outHeight, width: outWidth, channels };
}

function averagePool({ data, height, width, channels }, { size: [tall, wide] }) {
  const outHeight = Math.floor(height / tall), outWidth = Math.floor(width / wide);
  const out = new Float32Array(outHeight * outWidth * channels);
  for (let row = 0; row < outHeight * tall; row++) {
    for (let column = 0; column < outWidth * wide; column++) {
      const place = (Math.floor(row / tall) * outWidth + Math.floor(column / wide)) * channels;
      const pixel = (row * width + column) * channels;
      for (let n = 0; n < channels; n++) out[place + n] += data[pixel + n] / (tall * wide);
    }
  }
  return { data: out, height: outHeight, width: outWidth, channels };
}

function softmax(tensor) {
  const largest = Math.max(...tensor.data), powers = tensor.data.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return { ...tensor, data: powers.map((value) => value / total) };
}

// The shares of the votes of one linear function for each pair of classes, as models/classifiers.py counts them: the margins decide
// between classes with equal votes
function pairVotes({ data }, { pairs, classes }) {
  const won = new Float32Array(classes);
  pairs.forEach(([first, second], pair) => {
    const margin = 1e-4 * Math.tanh(data[pair]);
    won[data[pair] > 0 ? first : second] += 1;
    won[first] += margin;
    won[second] -= margin;
  });
  const votes = won.map((value) => Math.max(value, 0)), total = votes.reduce((sum, value) => sum + value, 0);
  return { data: votes.map((value) => value / total), height: 1, width: 1, channels: classes };
}

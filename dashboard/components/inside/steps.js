// The numbers of a forward pass, one by one: what a filter sees at one pixel, its products, and what becomes of their sum.
//
// Tensors are those of network.js, channels last: { data, height, width, channels }. tensors[n] goes into step n, tensors[n + 1]
// comes out of it.

import { before, ELEMENTWISE, outSide } from "../live/network.js";

const BLOCKS = { conv: "conv", dense: "dense", max_pool: "pool", avg_pool: "average_pool" };

// Steps as a visitor counts layers: a sum with what follows it, its normalisation and activation, is one; what comes before the
// first sum belongs to the input. Each { kind, first, last, end }: its steps, and the kind of the last of them.
export function blocksOf(steps) {
  const blocks = [{ kind: "input", first: 0, last: -1 }];
  steps.forEach(({ kind }, place) => {
    if (BLOCKS[kind]) blocks.push({ kind: BLOCKS[kind], first: place, last: place });
    else blocks.at(-1).last = place;
  });
  return blocks.map((block) => ({ ...block, end: steps[block.last]?.kind ?? "input" }));
}

// The rectangle of the input that decides one pixel of the output; parts of it may lie outside
export function windowOf(step, input, row, column) {
  if (step.size) return { top: row * step.size[0], left: column * step.size[1], tall: step.size[0], wide: step.size[1] };
  const [tall, wide] = step.shape, [down, right] = step.strides, { height, width } = input;
  const above = before(height, outSide(height, tall, down, step.padding), tall, down, step.padding);
  const aside = before(width, outSide(width, wide, right, step.padding), wide, right, step.padding);
  return { top: row * down - above, left: column * right - aside, tall, wide };
}

// The values of one channel in that rectangle, row by row, 0 outside of the input
export function patchOf({ data, height, width, channels }, { top, left, tall, wide }, channel) {
  return Array.from({ length: tall * wide }, (_, n) => {
    const row = top + Math.floor(n / wide), column = left + (n % wide);
    const inside = row >= 0 && column >= 0 && row < height && column < width;
    return inside ? data[(row * width + column) * channels + channel] : 0;
  });
}

// The weights that lead to one map or unit. given: them, where the kernel itself is not here; null where neither is
export function weightsOf(step, unit, given) {
  if (!step.kernel) return given;
  const units = step.shape.at(-1);
  return Array.from({ length: step.kernel.length / units }, (_, n) => step.kernel[n * units + unit]);
}

// What each channel of the input adds to the sum of one pixel: { channel, patch, weights, products, sum }
export function channelSums(step, input, weights, row, column) {
  const place = windowOf(step, input, row, column), { channels } = input;
  return Array.from({ length: channels }, (_, channel) => {
    const patch = patchOf(input, place, channel), own = patch.map((_value, n) => weights[n * channels + channel]);
    const products = patch.map((value, n) => value * own[n]);
    return { channel, patch, weights: own, products, sum: total(products) };
  });
}

// What each input of a unit adds to its sum: { place, value, weight, product }, the largest first
export function connections(input, weights) {
  const terms = Array.from(input.data, (value, place) => ({ place, value, weight: weights[place], product: value * weights[place] }));
  return terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

// From the sum of products to what the layer gives: the kind of each step, its numbers, and the value after it
export function trailOf(steps, block, unit, sum) {
  const { bias } = steps[block.first], trail = [{ kind: "sum", value: sum }];
  if (bias?.[unit]) trail.push({ kind: "bias", bias: bias[unit], value: sum + bias[unit] });
  for (const step of steps.slice(block.first + 1, block.last + 1)) {
    const { value } = trail.at(-1);
    if (step.kind === "affine") trail.push({ kind: "affine", scale: step.scale[unit], shift: step.shift[unit], value: value * step.scale[unit] + step.shift[unit] });
    else if (ELEMENTWISE[step.kind]) trail.push({ kind: step.kind, before: value, value: ELEMENTWISE[step.kind](value, step), slope: step.slope });
  }
  return trail;
}

// What pooling would give of one channel by another rule, from the values of a rectangle to one: { data, height, width, channels: 1 }
export function pooledBy(rule, input, [tall, wide], channel) {
  const height = Math.floor(input.height / tall), width = Math.floor(input.width / wide);
  const data = Float32Array.from({ length: height * width }, (_, n) =>
    rule(patchOf(input, { top: Math.floor(n / width) * tall, left: (n % width) * wide, tall, wide }, channel)));
  return { data, height, width, channels: 1 };
}

export function mean(values) {
  return total(values) / values.length;
}

// Logits divided by the temperature, and their shares
export function softmaxAt(logits, temperature) {
  const scaled = Array.from(logits, (value) => value / temperature), largest = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - largest)), sum = total(powers);
  return { scaled, shares: powers.map((power) => power / sum) };
}

// The cross-entropy of a prediction where that class is the right one; from the logits, so that it stays a number where a share is 0
export function crossEntropy(logits, label) {
  const largest = Math.max(...logits);
  return Math.log(total(Array.from(logits, (value) => Math.exp(value - largest)))) + largest - logits[label];
}

export function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

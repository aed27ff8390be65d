// What the parts of the page share: the network, what it makes of the digit, and what is open of it.

import { say } from "./elements.js";

// root: of the component; shadow: in which it stands; data: see inside.js
export function makeView(root, shadow, data) {
  const view = { root, shadow, data, layer: data.layer, unit: data.unit, pixel: null, at: null, channel: null, temperature: 1, details: [], tensors: null };
  return Object.assign(view, {
    // what a layer gives
    after: (block) => view.tensors[block.last + 1],
    // what of it is shown map by map: of pairs their sums, not the votes
    shown: (block) => view.tensors[block.end === "pair_votes" || block.end === "softmax" ? block.last : block.last + 1],
    signed: (block) => isSigned(view.steps, block.last),
    signedInput: (block) => isSigned(view.steps, block.first - 1),
    ending: () => view.tensors.at(-1),
    logits: () => view.tensors.at(-2).data,
    pair: (block, unit) => view.steps[block.last].pairs[unit].map((number) => view.data.names[number]),
    unitName: (block, unit) => unitName(view, block, unit),
    source: (block, place) => source(view, view.tensors[block.first], place),
    kernel: (block) => kernel(view, block),
  });
}

const SIGNED = ["conv", "dense", "affine", "pair_votes", "leaky_relu", "elu", "silu", "tanh"];

// Whether what a step gives may be below zero; pooling gives what it is given
function isSigned(steps, place) {
  return steps[place]?.size ? isSigned(steps, place - 1) : SIGNED.includes(steps[place]?.kind);
}

function unitName(view, block, unit) {
  const { words, names } = view.data;
  if (block.end === "softmax") return say(words.class, { name: names[unit] });
  if (block.end === "pair_votes") {
    const [first, second] = view.pair(block, unit);
    return say(words.pair, { first, second });
  }
  return say(block.kind === "dense" ? words.unit : words.map_name, { number: unit + 1 });
}

// Where a number that goes into a unit comes from
function source({ data: { words } }, { width, height, channels }, place) {
  if (height * width === 1) return say(words.unit, { number: place + 1 });
  const pixel = Math.floor(place / channels), values = { row: Math.floor(pixel / width) + 1, column: (pixel % width) + 1 };
  return say(words.from, { number: (place % channels) + 1, ...values });
}

// The weights of the open map, where the server has sent them alone
function kernel(view, block) {
  const { kernel: sent } = view.data;
  return sent && sent.step === block.first && sent.unit === view.unit ? sent.values : null;
}

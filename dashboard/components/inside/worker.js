// The browser's own thread that computes every layer, so that the pen never waits for it.
//
// Takes { layers, address } of a network, packed step by step, and gives its weights back; then takes { number, strokes } of drawings or { number, picture, height,
// width } of digits, and gives { number, tensors } of each, tensors as network.js has them, or null where nothing is drawn, or
// { failed } where the weights cannot be fetched.

import { digitOf } from "../live/preparation.js";
import { bindWeights, tensorsOf } from "../live/network.js";

let opened = null;

async function open({ layers, address }) {
  opened = null;
  const fetched = await fetch(address);
  if (!fetched.ok) throw new Error(`the weights were not found: ${fetched.status}`);
  const weights = await fetched.arrayBuffer();
  opened = bindWeights(layers, new Float32Array(weights));
  postMessage({ ready: address, weights });
}

function compute({ number, strokes, picture, height, width }) {
  const digit = strokes ? digitOf(strokes) : picture;
  if (!digit) return postMessage({ number, tensors: null });
  const tensors = tensorsOf(opened, digit, strokes ? 28 : height, strokes ? 28 : width);
  // handed over, not copied; a layer may hand on the numbers that it got
  return postMessage({ number, tensors }, [...new Set(tensors.map(({ data }) => data.buffer))]);
}

onmessage = async ({ data }) => {
  try {
    if (data.layers) {
      await open(data);
    } else if (opened) {
      compute(data);
    }
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};

// The browser's own thread that computes a network, so that the pen never waits for it.
//
// Takes { layers, address } of a network, then { number, strokes } of drawings; gives { number, picture, probabilities } of each,
// or { failed } where the weights cannot be fetched.

import { digitOf } from "./preparation.js";
import { bindWeights, classify } from "./network.js";

let network = null;

async function load({ layers, address }) {
  network = null;
  const fetched = await fetch(address);
  if (!fetched.ok) throw new Error(`the weights were not found: ${fetched.status}`);
  network = bindWeights(layers, new Float32Array(await fetched.arrayBuffer()));
}

function answer({ number, strokes }) {
  const picture = digitOf(strokes);
  postMessage({ number, picture, probabilities: picture && classify(network, picture, 28, 28) });
}

onmessage = async ({ data }) => {
  try {
    if (data.layers) {
      await load(data);
      postMessage({ ready: data.address });
    } else if (network) {
      answer(data);
    }
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};

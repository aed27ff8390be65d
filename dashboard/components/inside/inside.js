// A network on one digit, layer by layer, while the pen moves: computed here step by step, or told by the server.
//
// data: version and strokes (of the canvas, as the server has them; strokes null where the digit is not drawn), picture (grey levels),
// height, width (the digit that is shown while nothing is drawn, or alone), network (layers and the address of the weights), told (what
// every step gives, where only the server can compute it: base64 of float32 or float16 numbers, half, and the shapes), kernel (step,
// unit, values: the weights that the server sent last), names (of the classes), label (the right class, or null), layer and unit
// (those that the address names), script (the address of worker.js), words (the sentences). Triggers `opened`, a layer and a unit.
//
// For benchmarks it leaves in the browser's timeline "live layers", from a move of the pen to all maps.

import { bindWeights } from "../live/network.js";
import { followKeys } from "../live/keys.js";
import { followPen } from "../live/pen.js";
import { trace } from "../live/drawing.js";
import { buildDetail } from "./opened.js";
import { buildLayer, markLayer, updateLayer } from "./layer.js";
import { inksOf } from "./pictures.js";
import { buildRow, markRow, updateRow } from "./row.js";
import { blocksOf } from "./steps.js";
import { makeView } from "./view.js";
import { tensorsTold } from "./told.js";

const VIEWS = new WeakMap();
// milliseconds from one change of the numbers to the next, while the pen is down
const DETAIL_PAUSE = 100;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".inside");
  const view = VIEWS.get(root) ?? begin(root, parentElement, data);
  view.trigger = (layer, unit) => setTriggerValue("opened", [layer, unit]);
  take(view, data);
  return () => { view.stop(); VIEWS.delete(root); };
}

function begin(root, shadow, data) {
  const view = makeView(root, shadow, data);
  Object.assign(view, { version: null, drawn: [], growing: null, end: "", awaited: null, asked: 0, answered: 0, busy: false, worker: null, loaded: null, since: null, waiting: null, detailed: 0 });
  view.open = (layer, unit) => openPart(view, layer, unit);
  view.update = () => update(view);
  const unfollow = [
    followPen((places, finished, event) => penMoved(view, places, finished, event)),
    followKeys(root.querySelector(".live-keys"), root.querySelector(".live-pen")),
  ];
  view.stop = () => { for (const stop of unfollow) stop(); clearTimeout(view.later); cancelAnimationFrame(view.waiting); view.worker?.terminate(); };
  VIEWS.set(root, view);
  return view;
}

// What the server says now: its strokes count, unless the pen has drawn more since
function take(view, data) {
  const renewed = view.version !== data.version, earlier = view.data;
  Object.assign(view, { data, version: data.version, inks: inksOf(view.root) });
  view.root.querySelector(".inside-row").setAttribute("aria-label", data.words.layers);
  view.root.querySelector(".live-keys").hidden = !data.strokes;
  if (renewed || !data.strokes || data.strokes.length >= view.drawn.length) view.drawn = data.strokes ?? [];
  if (renewed) view.growing = null;
  if (earlier.names.join() !== data.names.join() || earlier.label !== data.label) view.built = null;
  startComputing(view);
  follow(view, earlier, data);
  view.asked++;
  if (data.told && view.ready) showTensors(view, tensorsTold(data));
  ask(view);
}

// What the address names by now: an answer to what was opened here, or opened from elsewhere, as by the way back
function follow(view, earlier, { layer, unit }) {
  if (view.awaited) {
    if (layer === view.awaited.layer && unit === view.awaited.unit) view.awaited = null;
  } else if (layer !== earlier.layer || unit !== earlier.unit) {
    if (view.built === view.loaded) showPart(view, layer, unit);
    else Object.assign(view, { layer, unit });
  }
}

function startComputing(view) {
  const { network, script } = view.data;
  if (view.loaded === network.address) return;
  view.worker?.terminate();
  view.worker = new Worker(script);
  view.worker.onmessage = ({ data }) => heard(view, data);
  view.worker.postMessage(network);
  Object.assign(view, { loaded: network.address, ready: false, busy: false });
}

function penMoved(view, places, finished, event) {
  if (view.data.strokes && trace(view, places, finished, event)) ask(view);
}

// One digit is asked at a time, and after it the latest
function ask(view) {
  if (!view.ready || view.busy || view.answered === view.asked || view.data.told) return;
  const strokes = view.growing ? [...view.drawn, view.growing] : view.drawn, { picture, height, width } = view.data;
  view.busy = true;
  Object.assign(view, { began: view.since, since: null, answered: view.asked });
  view.worker.postMessage({ number: view.asked, ...(strokes.length ? { strokes } : { picture, height, width }) });
}

function heard(view, { ready, failed, weights, tensors }) {
  if (failed) {
    console.warn(`The layers cannot be shown: ${failed}`);
    view.root.querySelector(".inside-layer").textContent = view.data.words.failed;
    view.ready = false;
    return;
  }
  if (ready) {
    view.ready = true;
    view.steps = bindWeights(view.data.network.layers, new Float32Array(weights));
    if (view.data.told) showTensors(view, tensorsTold(view.data));
  } else {
    view.busy = false;
    if (tensors) showSoon(view, tensors);
  }
  ask(view);
}

// Once in a frame of the page, while the next drawing is computed already
function showSoon(view, tensors) {
  view.waiting ??= requestAnimationFrame(() => {
    const { began } = view.latest;
    view.waiting = null;
    showTensors(view, view.latest.tensors);
    if (began) performance.measure("live layers", { start: began, end: performance.now() });
  });
  view.latest = { tensors, began: view.began };
}

function showTensors(view, tensors) {
  view.tensors = tensors;
  if (view.built !== view.loaded) build(view);
  update(view);
  view.root.dataset.ready = "";
}

// All parts anew: of another network, or of other classes
function build(view) {
  view.blocks = blocksOf(view.steps);
  stayWithin(view);
  Object.assign(view, { built: view.loaded, pixel: null, channel: null });
  buildRow(view);
  buildLayer(view);
  buildDetail(view);
}

// An address may name more than there is
function stayWithin(view) {
  view.layer = Math.min(view.layer, view.blocks.length - 1);
  if (view.unit !== null && view.unit >= view.shown(view.blocks[view.layer]).channels) view.unit = null;
}

function update(view) {
  updateRow(view);
  updateLayer(view);
  clearTimeout(view.later);
  // numbers that change with every move of the pen cannot be read: they follow it more slowly than the maps
  const early = view.growing && performance.now() - view.detailed < DETAIL_PAUSE;
  if (early) view.later = setTimeout(() => updateDetails(view), DETAIL_PAUSE);
  else updateDetails(view);
}

function updateDetails(view) {
  view.detailed = performance.now();
  for (const one of view.details) one();
}

function openPart(view, layer, unit) {
  showPart(view, layer, unit);
  if (unit !== null) reveal(view.root.querySelector(".inside-detail"));
  view.awaited = { layer, unit };
  view.trigger(layer, unit);
}

function showPart(view, layer, unit) {
  const other = layer !== view.layer;
  Object.assign(view, { layer, unit, channel: null }, other && { pixel: null, all: false });
  stayWithin(view);
  markRow(view);
  if (other) buildLayer(view);
  else markLayer(view);
  buildDetail(view);
  update(view);
}

function reveal(part) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  part.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

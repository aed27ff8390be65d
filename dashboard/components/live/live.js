// What a model makes of a drawing, while the pen moves: computed here, and by the server once the pen is lifted.
//
// data: version (of the canvas), strokes ([[x, y], ...] each, as the server has them), network (layers and the address of the weights,
// or null where only the server can tell), script (the address of worker.js), names (of the classes), least (the confidence below
// which the picture is doubted to be a digit), caption (of the picture), waiting (what is said while nothing is drawn), and answer, the
// server's: null, or strokes (their number), probabilities, picture (784 grey levels), said, doubtful; and map, for small_map.js.
// Gives `map` where that was clicked.
//
// For benchmarks it leaves in the browser's timeline "live reading", from a move of the pen to the new bars, and "server reading".

import { followKeys } from "./keys.js";
import { followPen } from "./pen.js";
import { showMap } from "./small_map.js";
import { trace } from "./drawing.js";

const LIVES = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".live");
  const live = LIVES.get(root) ?? begin(root);
  const map = root.querySelector(".live-map");
  map.onclick = () => setTriggerValue("map", true);
  showMap(map, data.map);
  take(live, data);
  return () => { live.stop(); LIVES.delete(root); };
}

function begin(root) {
  const live = { root, version: null, drawn: [], growing: null, end: "", asked: 0, answered: 0, busy: false, worker: null, loaded: null, since: null, began: null };
  const unfollow = [
    followPen((places, finished, event) => penMoved(live, places, finished, event)),
    followKeys(root.querySelector(".live-keys"), root.querySelector(".live-pen")),
  ];
  live.stop = () => { for (const stop of unfollow) stop(); live.worker?.terminate(); live.worker = null; };
  LIVES.set(root, live);
  return live;
}

// What the server says now: its strokes count, unless the pen has drawn more since
function take(live, data) {
  const renewed = live.version !== data.version;
  if (renewed && live.version !== null) showCanvas();
  Object.assign(live, { data, version: data.version });
  if (renewed || data.strokes.length >= live.drawn.length) live.drawn = data.strokes;
  if (renewed) live.growing = null;
  startWorker(live);
  const { answer } = data;
  if (live.growing || live.drawn.length > data.strokes.length) return;
  // what is still computed of an earlier drawing is passed over, and nothing is left to ask
  live.answered = ++live.asked;
  if (answer) show(live, answer.probabilities, answer.picture, answer.doubtful, answer.said);
  else showWaiting(live);
  if (answer) performance.mark("server reading");
  const told = live.root.querySelector(".live-headline > div");
  for (const [name, value] of [["data-reading", answer && ""], ["data-strokes", answer?.strokes]]) {
    if (value === null || value === undefined) told.removeAttribute(name);
    else told.setAttribute(name, value);
  }
}

// A drawing that was put on the canvas from farther down the page is brought into sight
function showCanvas() {
  const pad = document.querySelector(".st-key-pad"), { top, bottom } = pad?.getBoundingClientRect() ?? {};
  if (bottom < 90 || top > innerHeight - 90) pad.scrollIntoView({ block: "center" });
}

function startWorker(live) {
  const { network, script } = live.data;
  if (!network || live.loaded === network.address) return;
  live.worker?.terminate();
  live.worker = new Worker(script);
  live.worker.onmessage = ({ data }) => answered(live, data);
  live.worker.postMessage(network);
  Object.assign(live, { loaded: network.address, ready: false, busy: false });
  delete live.root.dataset.ready;
}

function penMoved(live, places, finished, event) {
  if (trace(live, places, finished, event)) ask(live);
}

// One drawing is asked at a time, and after it the latest
function ask(live) {
  if (!live.ready || live.busy || live.answered === live.asked || !live.data.network) return;
  live.busy = true;
  live.began = live.since;
  live.since = null;
  live.answered = live.asked;
  live.worker.postMessage({ number: live.asked, strokes: live.growing ? [...live.drawn, live.growing] : live.drawn });
}

function answered(live, { ready, failed, number, picture, probabilities }) {
  if (failed) {
    console.warn(`The drawing is classified by the server alone: ${failed}`);
    live.ready = false;
    return;
  }
  if (ready) {
    live.ready = true;
    live.root.dataset.ready = "";
  } else {
    live.busy = false;
    // what the server has said meanwhile counts
    if (number === live.asked || live.growing) {
      if (picture) show(live, probabilities, picture, Math.max(...probabilities) < live.data.least);
      if (live.began !== null) performance.measure("live reading", { start: live.began, end: performance.now() });
    }
  }
  ask(live);
}

function show(live, probabilities, picture, doubtful, said) {
  const best = probabilities.indexOf(Math.max(...probabilities)), { names } = live.data;
  const sure = `${percent(probabilities[best])} confidence`;
  headline(live, doubtful ? "No digit" : names[best], said ?? (doubtful ? `nearest: ${names[best]}, ${sure}` : `predicted with ${sure}`));
  live.root.querySelector(".live-headline").classList.toggle("doubtful", doubtful);
  drawPicture(live, picture);
  drawBars(live, probabilities, doubtful ? -1 : best);
}

function showWaiting(live) {
  headline(live, "?", live.data.waiting);
  drawPicture(live, null);
  drawBars(live, live.data.names.map(() => null), -1);
}

function headline(live, text, said) {
  const place = live.root.querySelector(".live-headline");
  place.classList.toggle("waiting", text === "?");
  place.classList.remove("doubtful");
  place.firstElementChild.textContent = text;
  live.root.querySelector(".live-said").textContent = said;
}

function drawPicture(live, picture) {
  const canvas = live.root.querySelector(".live-picture"), context = canvas.getContext("2d");
  canvas.classList.toggle("waiting", !picture);
  canvas.setAttribute("aria-label", live.data.caption);
  live.root.querySelector(".live-caption").textContent = live.data.caption;
  if (!picture) context.clearRect(0, 0, 28, 28);
  if (!picture) return;
  const shown = context.createImageData(28, 28);
  for (let n = 0; n < 784; n++) shown.data.set([picture[n], picture[n], picture[n], 255], 4 * n);
  context.putImageData(shown, 0, 0);
}

function drawBars(live, probabilities, best) {
  const bars = live.root.querySelector(".live-bars"), { names } = live.data;
  if (bars.children.length !== 3 * names.length) {
    bars.replaceChildren(...names.flatMap((name) => [element("b", name), element("i", ""), element("b", "")]));
  }
  for (const [n, share] of Array.from(probabilities).entries()) {
    const [name, bar, text] = [0, 1, 2].map((place) => bars.children[3 * n + place]);
    bar.style.width = `${(100 * (share ?? 0)).toFixed(2)}%`;
    text.textContent = share === null ? "" : percent(share);
    for (const part of [name, bar, text]) part.classList.toggle("best", n === best);
  }
}

function element(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

// The network as a row of layers, each with its name, what it gives for this digit, its shape and its trainable parameters.

import { rove } from "../roving.js";
import { make, makeButton, percent, say, thousands } from "./elements.js";
import { colourOf, drawMap, drawMaps, largestOf } from "./pictures.js";

// pixels of a layer's picture in the row, and of a map in it: three in a line, four lines
const PICTURE = { width: 90, height: 121 }, MAP = 28, PITCH = 31, UNIT = 7, UNIT_PITCH = 10;

// view: see inside.js
export function buildRow(view) {
  const row = view.root.querySelector(".inside-row");
  row.replaceChildren(...view.blocks.map((block, place) => {
    const picture = block.end === "softmax" || block.end === "pair_votes" ? bars(view) : make("canvas", "");
    const button = makeButton("", "", make("b", "", titleOf(view, block)), make("span", "inside-picture", picture),
      make("span", "", shapeOf(view, block)), make("small", "", parametersOf(view, block)));
    button.setAttribute("aria-pressed", String(place === view.layer));
    button.onclick = () => view.open(place, null);
    return button;
  }));
  rove(row, view.layer);
  row.onscroll = () => tellMore(row);
  view.resized ??= new ResizeObserver(() => tellMore(row));
  view.resized.observe(row);
  bringIntoSight(row, row.children[view.layer]);
}

export function markRow(view) {
  const row = view.root.querySelector(".inside-row");
  [...row.children].forEach((button, place) => button.setAttribute("aria-pressed", String(place === view.layer)));
  bringIntoSight(row, row.children[view.layer]);
}

// Only the row moves, the page stays
function bringIntoSight(row, { offsetLeft, offsetWidth }) {
  const left = offsetLeft - row.offsetLeft;
  if (left < row.scrollLeft) row.scrollLeft = left;
  else if (left + offsetWidth > row.scrollLeft + row.clientWidth) row.scrollLeft = left + offsetWidth - row.clientWidth;
}

// Past which edges there are more layers: the style sheet lets those fade
function tellMore(row) {
  const { scrollLeft, clientWidth, scrollWidth } = row;
  const sides = [scrollLeft > 2 && "left", scrollLeft + clientWidth < scrollWidth - 2 && "right"].filter(Boolean);
  row.dataset.more = sides.join(" ");
}

export function updateRow(view) {
  const row = view.root.querySelector(".inside-row");
  view.blocks.forEach((block, place) => {
    const tensor = view.after(block), picture = row.children[place].querySelector(".inside-picture").firstElementChild;
    if (picture.tagName === "CANVAS") drawLayer(picture, tensor, block, view);
    else updateBars(picture, view.ending().data, block.end === "pair_votes");
  });
}

// The first maps of a layer as they fit
function drawLayer(canvas, tensor, block, view) {
  const largest = largestOf(tensor.data), inks = view.signed(block) ? view.inks : null;
  if (tensor.height * tensor.width === 1) {
    const units = { ...tensor, height: 1, width: 1 };
    drawMaps(canvas, units, { width: 87, height: 117 }, UNIT, UNIT_PITCH, largest, inks);
  } else if (tensor.channels === 1) {
    drawMap(canvas, tensor, 0, largest, inks);
    canvas.style.width = `${Math.floor(PICTURE.width / tensor.width) * tensor.width}px`;
  } else {
    const pixels = Math.max(1, Math.floor(MAP / Math.max(tensor.height, tensor.width)));
    drawMaps(canvas, tensor, PICTURE, pixels, PITCH, largest, inks);
  }
}

function bars(view) {
  return make("span", "inside-bars", ...view.data.names.flatMap((name) => [make("i", "", name), make("u", "")]));
}

// votes: whether the longest bar is that of the class with most votes, for no class can have all
function updateBars(place, shares, votes) {
  const most = Math.max(...shares), best = shares.indexOf(most);
  shares.forEach((share, n) => {
    const [name, bar] = [place.children[2 * n], place.children[2 * n + 1]];
    bar.style.width = `${Math.max((100 * share) / (votes ? most || 1 : 1), 2).toFixed(1)}%`;
    for (const part of [name, bar]) part.classList.toggle("best", n === best);
  });
  place.title = percent(shares[best]);
}

// In plain words, as a title
export function titleOf({ data: { words }, steps }, block) {
  const { shape, size } = steps[block.first] ?? {};
  if (block.end === "softmax") return words.output;
  if (block.end === "pair_votes") return words.pairs;
  const [height, width] = size ?? shape ?? [];
  return say(words[block.kind], { height, width });
}

export function shapeOf({ data: { words }, tensors }, block) {
  const { height, width, channels } = tensors[block.last + 1];
  if (block.end === "softmax" || block.end === "pair_votes") return say(words.classes, { count: channels });
  if (block.kind === "dense") return say(words.units, { count: thousands(channels) });
  return say(channels === 1 ? words.map : words.maps, { count: channels, height, width });
}

export function parametersOf({ data: { words }, steps }, { first, last }) {
  const count = steps.slice(first, last + 1).reduce((sum, { parameters }) => sum + parameters, 0);
  return count ? say(words.parameters, { count: thousands(count) }) : "";
}

// The grey or the colour of a unit, as CSS
export function unitColour(value, largest, inks) {
  return `rgb(${colourOf(value / (largest || 1), inks)})`;
}

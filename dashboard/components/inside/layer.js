// The open layer: all its maps, or its units, on this digit.

import { rove } from "../roving.js";
import { make, makeButton, number, say, thousands } from "./elements.js";
import { drawMap, fit, largestOf } from "./pictures.js";
import { parametersOf, shapeOf, titleOf, unitColour } from "./row.js";
import { weightsOf } from "./steps.js";

// pixels of a map at most, where they are few and where they are many; how many units are shown as pictures at first
const LARGE = 64, SMALL = 48, FEW = 40, FIRST_UNITS = 60;

export function buildLayer(view) {
  const place = view.root.querySelector(".inside-layer"), block = view.blocks[view.layer];
  const facts = [shapeOf(view, block), parametersOf(view, block)].filter(Boolean).join(", ");
  const kind = block.end === "softmax" || block.end === "pair_votes" ? block.end : block.kind;
  place.replaceChildren(make("h2", "", headingOf(view, block)), make("p", "inside-facts", facts), make("p", "", aboutOf(view, block, kind)));
  if (kind === "softmax") return;
  const grid = make("div", "inside-grid");
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", shapeOf(view, block));
  place.append(grid);
  fillGrid(view, block, grid);
}

function fillGrid(view, block, grid) {
  const tensor = view.shown(block), pictured = firstWeights(view, block), { words } = view.data;
  const all = tensor.channels, count = pictured && !view.all ? Math.min(all, Math.max(FIRST_UNITS, (view.unit ?? 0) + 1)) : all;
  grid.classList.toggle("squares", tensor.height * tensor.width === 1 && !pictured);
  grid.replaceChildren(...Array.from({ length: count }, (_, unit) => cell(view, block, tensor, unit, pictured)));
  rove(grid, view.unit);
  grid.nextElementSibling?.remove();
  if (count === all) return;
  const more = makeButton("inside-more", "", say(words.all, { count: thousands(all) }));
  more.onclick = () => { view.all = true; fillGrid(view, block, grid); updateLayer(view); };
  grid.after(more);
}

// What the layer does, in a sentence
function aboutOf({ data: { words }, steps }, { first, last }, kind) {
  const own = steps.slice(first, last + 1), [factor, added] = scaling(own);
  const about = added ? words.about.shifted_input : words.about[kind], shift = `${added < 0 ? "−" : "+"} ${number(Math.abs(added), 3)}`;
  const sentence = say(about, { divisor: Math.round(1000 / factor) / 1000, factor: number(factor, 3), shift });
  return own.some((step) => step.kind === "unit_columns") ? `${sentence} ${words.about.columns}` : sentence;
}

// What the steps multiply pixels by, and what they add
function scaling(steps) {
  const each = steps.filter(({ kind }) => kind === "rescale");
  return each.reduce(([factor, added], { scale, offset = 0 }) => [factor * scale, added * scale + offset], [1, 0]);
}

function headingOf(view, block) {
  const title = titleOf(view, block), { words } = view.data;
  return view.layer ? say(words.layer, { number: view.layer, title: title[0].toLowerCase() + title.slice(1) }) : title;
}

// Whether units have a weight for each pixel of one picture, so that the weights are a picture too: its size, or null
export function firstWeights(view, block) {
  const { height, width, channels } = view.tensors[block.first];
  return block.kind === "dense" && channels === 1 && height * width > 1 && view.steps[block.first].kernel ? { height, width } : null;
}

function cell(view, block, tensor, unit, pictured) {
  const button = makeButton("", view.unitName(block, unit));
  button.title = view.unitName(block, unit);
  button.setAttribute("aria-pressed", String(unit === view.unit));
  button.onclick = () => view.open(view.layer, unit);
  if (tensor.height * tensor.width === 1 && !pictured) return button;
  const canvas = make("canvas", "");
  button.append(canvas);
  if (!pictured) {
    fit(canvas, tensor, tensor.channels > FEW ? SMALL : LARGE);
    return button;
  }
  const values = Float32Array.from(weightsOf(view.steps[block.first], unit, null));
  drawMap(canvas, { data: values, ...pictured, channels: 1 }, 0, largestOf(values), view.inks);
  fit(canvas, pictured, LARGE);
  button.append(make("u", ""));
  if (block.end === "pair_votes") button.append(make("small", ""));
  return button;
}

export function markLayer(view) {
  const buttons = view.root.querySelectorAll(".inside-grid button");
  buttons.forEach((button, unit) => button.setAttribute("aria-pressed", String(unit === view.unit)));
}

export function updateLayer(view) {
  const grid = view.root.querySelector(".inside-grid"), block = view.blocks[view.layer];
  if (!grid) return;
  const tensor = view.shown(block), largest = largestOf(tensor.data), inks = view.signed(block) ? view.inks : null;
  const pictured = firstWeights(view, block);
  [...grid.children].forEach((button, unit) => {
    if (pictured) updateUnit(view, block, button, unit, tensor.data[unit], largest);
    else if (button.firstElementChild) drawMap(button.firstElementChild, tensor, unit, largest, inks);
    else button.style.background = unitColour(tensor.data[unit], largest, inks);
  });
}

// A bar below the weights, as long as the activation
function updateUnit(view, block, button, unit, value, largest) {
  const bar = button.querySelector("u");
  bar.style.width = `${((100 * Math.abs(value)) / (largest || 1)).toFixed(1)}%`;
  bar.classList.toggle("negative", value < 0);
  if (block.end !== "pair_votes") return;
  const [first, second] = view.pair(block, unit), winner = value > 0 ? first : second;
  button.querySelector("small").replaceChildren(...[first, " : ", second].map((part) => make(part === winner ? "b" : "span", "", part)));
}

// The dense end, opened: a unit's connections, and how sums become probabilities or votes.

import { rove } from "../roving.js";
import { brightest, picker, showOut, trailTable } from "./detail.js";
import { figure, make, makeButton, number, percent, power, say, thousands } from "./elements.js";
import { drawMap, fit, largestOf } from "./pictures.js";
import { connections, crossEntropy, softmaxAt, total, trailOf, weightsOf } from "./steps.js";

const PICTURE_EDGE = 160, STRONGEST = 10, TEMPERATURES = [0.25, 4];

export function inputDetail(view, section) {
  const { words } = view.data, block = view.blocks[view.layer];
  const pick = picker(view, words.choose_input), said = make("p", "inside-pixel");
  section.append(make("div", "inside-figures", figure(words.in_picture, pick.button)), said);
  return () => {
    const raw = view.tensors[0], output = view.after(block);
    view.at = view.pixel ?? brightest(output, 0);
    const [row, column] = view.at, at = row * raw.width + column;
    showOut(pick, output, { ...view, unit: 0 }, block);
    const values = { row: row + 1, column: column + 1, value: number(raw.data[at], 0), scaled: number(output.data[at], 3) };
    said.textContent = say(words.input_pixel, values);
  };
}

export function denseDetail(view, section) {
  const block = view.blocks[view.layer], step = view.steps[block.first];
  const list = make("div", ""), trail = make("div", ""), input = view.tensors[block.first];
  const pictures = input.channels === 1 && input.height * input.width > 1 ? weightPictures(view, section) : null;
  section.append(list, trail);
  return () => {
    const arriving = view.tensors[block.first], weights = weightsOf(step, view.unit, view.kernel(block));
    if (!weights) return;
    const incoming = connections(arriving, weights);
    pictures?.(arriving, weights);
    if (!pictures) list.replaceChildren(connectionTable(view, block, incoming));
    const sum = total(incoming.map(({ product }) => product));
    trail.replaceChildren(trailTable(view, trailOf(view.steps, block, view.unit, sum), thousands(incoming.length)));
  };
}

// The digit, the weights and their products as pictures
function weightPictures(view, section) {
  const { words } = view.data, canvases = [1, 2, 3].map(() => make("canvas", ""));
  const texts = [words.in_picture, words.weights, words.products];
  section.append(make("div", "inside-figures", ...canvases.map((canvas, n) => figure(texts[n], canvas))), make("p", "", words.signs));
  return ({ data, height, width }, weights) => {
    const products = Float32Array.from(weights, (weight, n) => weight * data[n]);
    [data, weights, products].forEach((values, n) => {
      drawMap(canvases[n], { data: values, height, width, channels: 1 }, 0, largestOf(values), n ? view.inks : null);
      fit(canvases[n], { height, width }, PICTURE_EDGE);
    });
  };
}

function connectionTable(view, block, incoming) {
  const { words } = view.data, table = make("table", "inside-connections"), shown = incoming.slice(0, STRONGEST);
  const largest = Math.abs(shown[0]?.product) || 1, head = table.createTHead().insertRow();
  for (const word of words.connection) {
    const cell = make("th", "", word);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const { place: at, value, weight, product } of shown) {
    const line = body.insertRow(), bar = make("u", product < 0 ? "negative" : "");
    bar.style.width = `${((100 * Math.abs(product)) / largest).toFixed(1)}%`;
    line.append(make("td", "", view.source(block, at)), ...[value, weight, product].map((one) => make("td", "", number(one))), make("td", "", bar));
  }
  if (incoming.length <= STRONGEST) return table;
  const rest = incoming.slice(STRONGEST), line = body.insertRow(), name = make("td", "", say(words.rest, { count: thousands(rest.length) }));
  name.colSpan = 3;
  line.append(name, make("td", "", number(total(rest.map(({ product }) => product)))), make("td", ""));
  return table;
}

// From logits to probabilities, with a temperature, the formula in this digit's numbers, and the cross-entropy
export function softmaxPart(view, section) {
  const { words, names } = view.data, table = make("table", "inside-softmax"), formula = make("div", "inside-formula");
  const slider = Object.assign(document.createElement("input"), { type: "range", min: TEMPERATURES[0], max: TEMPERATURES[1], step: 0.05, value: view.temperature });
  const told = make("output", ""), label = make("label", "inside-control", make("span", "", words.temperature), slider, told);
  slider.oninput = () => { view.temperature = Number(slider.value); view.update(); };
  const entropy = make("output", ""), select = classChoice(view);
  select.onchange = () => view.update();
  section.append(table, label, make("h3", "", words.formula), formula, make("h3", "", words.cross_entropy),
    make("label", "inside-control", make("span", "", words.right), select), entropy);
  fillClasses(view, table, words);
  return () => {
    const logits = view.logits(), { scaled, shares } = softmaxAt(logits, view.temperature), best = shares.indexOf(Math.max(...shares));
    told.textContent = number(view.temperature);
    [...table.tBodies[0].rows].forEach((line, n) => {
      const [, logit, raised, bar, share] = line.cells;
      logit.textContent = number(logits[n]);
      raised.textContent = power(scaled[n]);
      bar.firstElementChild.style.width = `${(100 * shares[n]).toFixed(2)}%`;
      share.textContent = percent(shares[n]);
      line.classList.toggle("best", n === best);
      line.cells[0].firstElementChild.setAttribute("aria-pressed", String(n === view.unit));
    });
    const about = view.unit ?? best, right = Number(select.value === "" ? best : select.value);
    fillFormula(view, formula, about, scaled, shares);
    const values = { name: names[right], share: percent(softmaxAt(logits, 1).shares[right]), loss: small(crossEntropy(logits, right)) };
    entropy.textContent = say(words.entropy, values);
  };
}

function classChoice({ data: { names, label, words } }) {
  const select = document.createElement("select");
  select.append(...(label === null ? [new Option(words.predicted, "")] : []), ...names.map((name, n) => new Option(name, n)));
  select.value = label ?? "";
  return select;
}

function fillClasses(view, table, words) {
  const head = table.createTHead().insertRow();
  for (const word of words.softmax_columns) {
    const cell = make("th", "", word);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  view.data.names.forEach((name, n) => {
    const button = makeButton("inside-class", say(words.class, { name }), name), bar = make("u", ""), line = body.insertRow();
    line.onclick = () => view.open(view.layer, n);
    line.append(...[button, "", "", bar, ""].map((one) => make("td", "", one)));
  });
  rove(body, view.unit, 1);
}

function term(value) {
  return make("span", "", "e", make("sup", "", number(value)));
}

function fillFormula(view, formula, about, scaled, shares) {
  const { names, words } = view.data;
  const below = scaled.flatMap((value, n) => (n ? [" + ", term(value)] : [term(value)]));
  formula.replaceChildren(make("span", "", say(words.share_of, { name: names[about] })), " = ",
    make("span", "inside-fraction", make("span", "", term(scaled[about])), make("span", "", ...below)), " = ",
    make("span", "inside-fraction", make("span", "", power(scaled[about])), make("span", "", power(logSum(scaled)))), " = ", make("b", "", small(shares[about])));
}

// A number from 0 on, however small
function small(value) {
  return value > 0 && value < 0.001 ? power(Math.log(value)) : number(value, 4);
}

function logSum(values) {
  const largest = Math.max(...values);
  return largest + Math.log(total(values.map((value) => Math.exp(value - largest))));
}

// The classes with the pairs that each has won
export function votesPart(view, section) {
  const { names, words } = view.data, table = make("table", "inside-softmax"), block = view.blocks[view.layer], { pairs } = view.steps[block.last];
  table.createTBody();
  names.forEach((name) => table.tBodies[0].insertRow().append(...[name, make("u", ""), ""].map((one) => make("td", "", one))));
  section.append(make("h3", "", words.votes), table);
  return () => {
    const won = names.map(() => 0), sides = view.tensors[block.last].data;
    pairs.forEach(([first, second], n) => { won[sides[n] > 0 ? first : second] += 1; });
    const best = view.ending().data.indexOf(Math.max(...view.ending().data));
    [...table.tBodies[0].rows].forEach((line, n) => {
      line.cells[1].firstElementChild.style.width = `${(100 * won[n]) / (names.length - 1)}%`;
      line.cells[2].textContent = say(words.won, { count: won[n], of: names.length - 1 });
      line.classList.toggle("best", n === best);
    });
  };
}


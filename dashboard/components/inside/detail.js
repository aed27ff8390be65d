// One map or unit, opened: what goes in, the weights, what comes out, and the sum of one pixel number by number.

import { rove } from "../roving.js";
import { figure, make, makeButton, number, say, short } from "./elements.js";
import { drawMap, fit, largestIn, largestOf, numberTable } from "./pictures.js";
import { channelSums, mean, patchOf, pooledBy, total, trailOf, weightsOf, windowOf } from "./steps.js";

// pixels of a picture, how many of the largest terms are shown at first
const EDGE = 196, NARROW_EDGE = 160, THUMBNAIL = 52, LARGEST = 6;

// The output map on which a pixel is chosen, by pointer or keys
export function picker(view, label) {
  const canvas = make("canvas", ""), mark = make("i", "inside-mark"), button = makeButton("inside-pick", label, canvas, mark);
  const choose = (row, column) => {
    const { height, width } = canvas;
    view.pixel = [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)];
    view.update();
  };
  button.onpointermove = button.onpointerdown = (event) => {
    const box = canvas.getBoundingClientRect();
    choose(Math.floor(((event.clientY - box.top) / box.height) * canvas.height),
      Math.floor(((event.clientX - box.left) / box.width) * canvas.width));
  };
  button.onkeydown = (event) => {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    choose(view.at[0] + down, view.at[1] + right);
  };
  return { button, canvas, mark };
}

// A rectangle of the picture below a mark, cut off at its edges
export function place(mark, { height, width }, { top, left, tall, wide }) {
  const [from, to] = [Math.max(top, 0), Math.min(top + tall, height)], [start, end] = [Math.max(left, 0), Math.min(left + wide, width)];
  Object.assign(mark.style, { top: `${(100 * from) / height}%`, height: `${(100 * (to - from)) / height}%`,
    left: `${(100 * start) / width}%`, width: `${(100 * (end - start)) / width}%` });
}

function edge({ root }) {
  return root.clientWidth < 600 ? NARROW_EDGE : EDGE;
}

export function marked(canvas) {
  const mark = make("i", "inside-mark");
  return { mark, box: make("span", "inside-marked", canvas, mark) };
}

// The pixel that is shown until somebody chooses one: the one with the largest value
export function brightest({ data, width, channels }, unit) {
  let best = 0;
  for (let n = 0; n * channels < data.length; n++) if (data[n * channels + unit] > data[best * channels + unit]) best = n;
  return [Math.floor(best / width), best % width];
}

export function trailTable({ data: { words } }, trail, count) {
  const table = make("table", "inside-trail");
  for (const one of trail) {
    const line = table.insertRow();
    const numbers = Object.fromEntries(["bias", "scale", "before", "slope"].map((name) => [name, number(one[name] ?? 0, 3)]));
    const shift = one.shift === undefined ? "" : `${one.shift < 0 ? "−" : "+"} ${number(Math.abs(one.shift), 3)}`;
    line.append(make("th", "", say(words.trail[one.kind], { ...numbers, count, shift })), make("td", "", number(one.value, 3)));
    line.firstChild.scope = "row";
  }
  return table;
}

// { build(view, place) -> update() } of a convolution's map
export function convolutionDetail(view, section) {
  const { words } = view.data, block = view.blocks[view.layer], step = view.steps[block.first];
  const into = make("canvas", ""), { mark, box } = marked(into), sum = beforeActivation(view, block);
  const pick = picker(view, say(words.choose, { name: view.unitName(block, view.unit) })), around = make("p", "inside-pixel");
  const caption = make("span", "");
  const figures = make("div", "inside-figures", figure(caption, box), ...sum.figures, figure(words.out, pick.button));
  const sums = make("div", "inside-products"), terms = make("div", "inside-terms"), trail = make("div", "");
  section.append(figures, around, sums, terms, trail);
  return () => {
    const input = view.tensors[block.first], output = view.after(block), weights = weightsOf(step, view.unit, view.kernel(block));
    if (!weights) return;
    view.at = view.pixel ?? brightest(output, view.unit);
    const [row, column] = view.at, channels = channelSums(step, input, weights, row, column), [tall, wide] = step.shape;
    const order = [...channels].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
    const chosen = channels[view.channel] ?? order[0], signs = view.signedInput(block) ? view.inks : null;
    drawMap(into, input, chosen.channel, largestIn(input, chosen.channel), signs);
    fit(into, input, edge(view));
    place(mark, input, windowOf(step, input, row, column));
    caption.textContent = input.channels === 1 ? words.in_picture : say(words.in_map, { number: chosen.channel + 1 });
    showOut(pick, output, view, block);
    sum.update();
    around.textContent = say(words.pixel, { row: row + 1, column: column + 1, tall, wide });
    showProducts(view, sums, chosen, wide, signs, largestOf(input.data));
    if (input.channels > 1) showTerms(view, terms, order, chosen, input);
    const all = total(channels.map((one) => one.sum));
    trail.replaceChildren(trailTable(view, trailOf(view.steps, block, view.unit, all), channels.length * tall * wide));
  };
}

// The map as it is before its activation, where it has one
function beforeActivation(view, block) {
  const name = view.data.words.activations[block.end];
  if (!name) return { figures: [], update: () => {} };
  const canvas = make("canvas", ""), { mark, box } = marked(canvas);
  const update = () => {
    const tensor = view.tensors[block.last], [row, column] = view.at;
    drawMap(canvas, tensor, view.unit, largestIn(tensor, view.unit), view.inks);
    fit(canvas, tensor, edge(view));
    place(mark, tensor, { top: row, left: column, tall: 1, wide: 1 });
  };
  return { figures: [figure(say(view.data.words.before, { name }), box)], update };
}

export function showOut({ canvas, mark }, output, view, block) {
  drawMap(canvas, output, view.unit, largestIn(output, view.unit), view.signed(block) ? view.inks : null);
  fit(canvas, output, edge(view));
  const [row, column] = view.at;
  place(mark, output, { top: row, left: column, tall: 1, wide: 1 });
}

function showProducts({ data: { words }, inks }, sums, { patch, weights, products, sum }, wide, signs, brightestInput) {
  sums.replaceChildren(
    figure(words.patch, numberTable(patch, wide, brightestInput, signs, short)), make("b", "", "×"),
    figure(words.weights, numberTable(weights, wide, largestOf(weights), inks, short)), make("b", "", "="),
    figure(words.products, numberTable(products, wide, largestOf(products), inks, short)), make("b", "", "Σ"),
    make("output", "", number(sum, 3)));
}

// What each map that comes in adds, the largest first; one is chosen, to be shown number by number
function showTerms(view, terms, order, chosen, input) {
  const { words } = view.data, shown = view.all_terms ? order : order.slice(0, LARGEST);
  const held = [...terms.querySelectorAll("button")].indexOf(view.shadow.activeElement);
  const buttons = shown.map(({ channel, sum }) => {
    const canvas = make("canvas", ""), text = `${sum < 0 ? "" : "+"}${number(sum)}`;
    drawMap(canvas, input, channel, largestOf(input.data), null);
    fit(canvas, input, THUMBNAIL);
    const button = makeButton("", say(words.term, { number: channel + 1, sum: text }), canvas, make("span", "", text));
    button.setAttribute("aria-pressed", String(channel === chosen.channel));
    button.onclick = () => { view.channel = channel; view.update(); };
    return button;
  });
  const more = makeButton("inside-more", "", say(view.all_terms ? words.fewer : words.all, { count: order.length }));
  more.onclick = () => { view.all_terms = !view.all_terms; view.update(); };
  const row = make("div", "inside-grid", ...buttons), offered = order.length > LARGEST ? [more] : [];
  terms.replaceChildren(make("p", "", say(words.terms, { count: order.length })), row, ...offered);
  rove(row, Math.max(shown.findIndex(({ channel }) => channel === chosen.channel), 0));
  if (held >= 0) terms.querySelectorAll("button")[held]?.focus();
}

export function poolingDetail(view, section) {
  const block = view.blocks[view.layer], step = view.steps[block.first], averaged = block.kind === "average_pool";
  const words = { ...view.data.words, ...(averaged && view.data.words.averaged) };
  const into = make("canvas", ""), { mark, box } = marked(into), compared = make("canvas", ""), other = marked(compared);
  const pick = picker(view, say(words.choose, { name: view.unitName(block, view.unit) })), numbers = make("div", "inside-products");
  section.append(make("div", "inside-figures", figure(say(words.in_map, { number: view.unit + 1 }), box), figure(words.as_computed, pick.button),
    figure(words.for_comparison, other.box)), numbers);
  return () => {
    const input = view.tensors[block.first], output = view.after(block), largest = largestIn(input, view.unit), signs = view.signed(block) ? view.inks : null;
    view.at = view.pixel ?? brightest(output, view.unit);
    const [row, column] = view.at, seen = windowOf(step, input, row, column), patch = patchOf(input, seen, view.unit);
    const most = Math.max(...patch), compare = averaged ? (values) => Math.max(...values) : mean;
    const otherwise = pooledBy(compare, input, step.size, view.unit);
    drawMap(into, input, view.unit, largest, signs);
    fit(into, input, edge(view));
    place(mark, input, seen);
    showOut(pick, output, view, block);
    drawMap(compared, otherwise, 0, largest, signs, true);
    fit(compared, output, edge(view));
    place(other.mark, output, { top: row, left: column, tall: 1, wide: 1 });
    const [tall, wide] = step.size, said = { count: tall * wide, most: number(most, 3), mean: number(mean(patch), 3) };
    numbers.replaceChildren(numberTable(patch, wide, largest, signs, short, averaged ? -1 : patch.indexOf(most)), make("p", "", say(words.pooled, said)));
  };
}

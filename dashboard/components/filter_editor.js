// The nine weights of a filter: one is chosen with a click, and a slider changes it.
//
// data: weights (nine numbers, row by row), most (the size that the slider reaches). Triggers `changed`, nine numbers with commas,
// while the slider moves, a few times a second.

import { rove } from "./roving.js";

// milliseconds between two changes of which the server hears
const PAUSE = 120;
// milliseconds after a move within which its own numbers come back
const PATIENCE = 2000;
const held = new WeakMap();

function text(weight) {
  return weight.toFixed(Number.isInteger(weight) ? 0 : Math.abs(weight * 10 % 1) < 1e-9 ? 1 : 2).replace("-", "−");
}

function paint(button, weight, most) {
  const strength = Math.round(8 + 52 * Math.min(1, Math.abs(weight) / Math.min(most, 2)));
  const colour = weight > 0 ? `#3a86d0 ${strength}%` : weight < 0 ? `#e08a1e ${strength}%` : "var(--st-text-color) 8%";
  button.textContent = text(weight);
  button.style.background = `color-mix(in srgb, ${colour}, transparent)`;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".filter-editor"), grid = root.querySelector(".weights");
  const slider = root.querySelector("input"), name = root.querySelector("label span");
  const state = held.get(root) ?? { chosen: 4, sliding: -PATIENCE, told: new Set() };
  held.set(root, state);
  // what comes back of a weight that is being moved is older than the finger
  const echo = state.told.has(data.weights.join(",")) && performance.now() - state.sliding < PATIENCE;
  if (!echo) state.weights = [...data.weights];
  const buttons = state.weights.map((weight, place) => {
    const button = grid.children[place] ?? grid.appendChild(document.createElement("button"));
    button.setAttribute("aria-label", `Row ${Math.floor(place / 3) + 1}, column ${place % 3 + 1}`);
    button.onclick = () => choose(place);
    paint(button, weight, data.most);
    return button;
  });
  function choose(place) {
    state.chosen = place;
    buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(n === place)));
    Object.assign(slider, { min: -data.most, max: data.most, value: state.weights[place] });
    name.textContent = `Row ${Math.floor(place / 3) + 1}, column ${place % 3 + 1}`;
  }
  function tell() {
    state.timer = null;
    const numbers = state.weights.join(",");
    state.told.add(numbers);
    setTriggerValue("changed", numbers);
  }
  slider.oninput = () => {
    state.weights[state.chosen] = Number(slider.value);
    state.sliding = performance.now();
    paint(buttons[state.chosen], state.weights[state.chosen], data.most);
    state.timer ??= setTimeout(tell, PAUSE);
  };
  choose(state.chosen);
  rove(grid, state.chosen, 3);
}

// A button for each cell of a matrix, and the names of rows and columns.
//
// data: names (of the classes), texts, hover and heat (0 to 1) of each cell, row by row, less (whether a cell takes the other colour;
// may be absent), chosen (the cell to mark, or null), axes (what rows and columns are). Triggers `clicked`, the place of a cell.

import { focused, rove } from "./roving.js";

const label = (text) => Object.assign(document.createElement("span"), { textContent: text });

const parts = (colour) => [1, 3, 5].map((place) => parseInt(colour.trim().slice(place, place + 2), 16));

// Relative, as WCAG 2 defines it: black stands out from what is above 0.179, white from what is below, each by 4.5 to 1 or more.
function luminance(colour) {
  const linear = colour.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrix"), count = data.names.length;
  root.style.gridTemplateColumns = `1.2em 1.6em repeat(${count}, 1fr)`;
  const style = getComputedStyle(root), colour = (name) => style.getPropertyValue(name).split(",").slice(0, 2).map(parts);
  const [paper] = colour("--st-background-color"), inks = colour("--st-chart-categorical-colors");
  const cell = (place) => {
    const button = document.createElement("button");
    button.textContent = data.texts[place];
    button.title = data.hover[place];
    button.setAttribute("aria-label", data.hover[place]);
    button.setAttribute("aria-pressed", String(place === data.chosen));
    const heat = data.heat[place], ink = inks[data.less?.[place] ? 1 : 0];
    const mixed = paper.map((part, n) => Math.round(part + heat * (ink[n] - part)));
    button.style.background = `rgb(${mixed})`;
    button.style.color = luminance(mixed) > 0.179 ? "#000" : "#fff";
    button.onclick = () => setTriggerValue("clicked", place);
    return button;
  };
  const rows = data.names.flatMap((name, row) =>
    [label(name), ...data.names.map((_, column) => cell(row * count + column))]);
  const place = focused(root, parentElement);
  const across = label(data.axes[1]), down = label(data.axes[0]);
  across.className = "across";
  down.className = "down";
  down.style.gridRow = `1 / span ${count}`;
  root.replaceChildren(down, ...rows, label(""), label(""), ...data.names.map((name) => label(name)), across);
  rove(root, data.chosen, count);
  if (place >= 0) root.querySelectorAll("button")[place].focus();
}

// A button for each digit of a gallery, which shows its part of the sprite sheet.
//
// data: sheet (the address of a picture), columns (digits in a row of it), hover (a sentence each), captions (a few letters each,
// or null), chosen (the place to mark, or null), size (pixels of a digit with its margin), offered (whether
// the marked one was opened by nobody, so that a phone marks none). Triggers `clicked`, a place.

import { focused, rove } from "./roving.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  const held = focused(root, parentElement), edge = data.size - 8, rows = Math.ceil(data.hover.length / data.columns);
  root.classList.toggle("offered", data.offered);
  root.style.setProperty("--size", data.size + "px");
  root.style.setProperty("--sheet", `url(${data.sheet})`);
  root.replaceChildren(...data.hover.map((text, place) => {
    const button = document.createElement("button"), digit = document.createElement("i");
    const x = place % data.columns, y = Math.floor(place / data.columns);
    digit.style.backgroundSize = `${edge * data.columns}px ${edge * rows}px`;
    digit.style.backgroundPosition = `${-x * edge}px ${-y * edge}px`;
    button.title = text;
    button.setAttribute("aria-label", text);
    button.setAttribute("aria-pressed", String(place === data.chosen));
    button.onclick = () => setTriggerValue("clicked", place);
    button.append(digit);
    if (data.captions) {
      const caption = document.createElement("small");
      caption.textContent = data.captions[place];
      button.append(caption);
    }
    return button;
  }));
  rove(root, data.chosen);
  if (held >= 0) root.children[Math.min(held, root.children.length - 1)]?.focus();
}

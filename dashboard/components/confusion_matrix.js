// A button for each cell of a matrix, and the names of rows and columns.
//
// data: names (of the classes), texts, hover and heat (0 to 1) of each cell, row by row, less (whether a cell takes the other colour;
// may be absent), colours ([of more, of less]), chosen (the cell to mark, or null). Triggers `clicked`, the place of a cell.

const label = (text) => Object.assign(document.createElement("span"), { textContent: text });

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrix"), count = data.names.length;
  root.style.gridTemplateColumns = `1.6em repeat(${count}, 1fr)`;
  ["--more", "--less"].forEach((name, place) => root.style.setProperty(name, data.colours[place]));
  const cell = (place) => {
    const button = document.createElement("button");
    button.textContent = data.texts[place];
    button.title = data.hover[place];
    button.setAttribute("aria-label", data.hover[place]);
    button.setAttribute("aria-pressed", String(place === data.chosen));
    button.style.setProperty("--heat", data.heat[place]);
    button.classList.toggle("strong", data.heat[place] > 0.6);
    button.classList.toggle("less", Boolean(data.less?.[place]));
    button.onclick = () => setTriggerValue("clicked", place);
    return button;
  };
  const rows = data.names.flatMap((name, row) =>
    [label(name), ...data.names.map((_, column) => cell(row * count + column))]);
  const focused = parentElement.activeElement;
  const place = focused ? [...root.children].indexOf(focused) : -1;
  root.replaceChildren(...rows, label(""), ...data.names.map((name) => label(name)));
  if (place >= 0) root.children[place].focus();
}

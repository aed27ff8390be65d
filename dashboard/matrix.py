"""The confusion matrix: a table of cells, each of which can be pointed at, tapped, and reached by keyboard.

A Plotly heatmap reports no clicks, and squares laid over one answer a finger's tap with the cell tapped before.
"""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard.theme import ACCENT

CSS = f"""
.matrix {{ display: grid; gap: 2px; font: 13px/1 var(--st-font); color: var(--st-text-color); }}
.matrix span {{ display: grid; place-items: center; opacity: 0.75; min-height: 20px; }}
.matrix button {{ all: unset; box-sizing: border-box; cursor: pointer; display: grid; place-items: center; min-width: 0;
  aspect-ratio: 1 / 0.9; border-radius: 4px; font-size: clamp(9px, 2.6cqw, 14px); font-variant-numeric: tabular-nums;
  background: color-mix(in srgb, {ACCENT} calc(var(--heat) * 100%), transparent); }}
.matrix button.strong {{ color: #fff; background: color-mix(in srgb, #1d4f86 calc(var(--heat) * 100%), transparent); }}
.matrix button:hover {{ outline: 2px solid color-mix(in srgb, var(--st-text-color) 45%, transparent); }}
.matrix button:focus-visible, .matrix button[aria-pressed=true] {{ outline: 3px solid var(--st-text-color); }}
.frame {{ container-type: inline-size; padding: 3px; }}
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrix"), count = data.names.length;
  root.style.gridTemplateColumns = `1.6em repeat(${count}, 1fr)`;
  const label = (text) => Object.assign(document.createElement("span"), { textContent: text });
  const cell = (place) => {
    const button = document.createElement("button");
    button.textContent = data.texts[place];
    button.title = data.said[place];
    button.setAttribute("aria-label", data.said[place]);
    button.setAttribute("aria-pressed", String(place === data.chosen));
    button.style.setProperty("--heat", data.heat[place]);
    button.className = data.heat[place] > 0.6 ? "strong" : "";
    button.onclick = () => setTriggerValue("clicked", place);
    return button;
  };
  const rows = data.names.flatMap((name, row) =>
    [label(name), ...data.names.map((_, column) => cell(row * count + column))]);
  const focused = parentElement.activeElement;
  const place = focused ? [...root.children].indexOf(focused) : -1;
  root.replaceChildren(...rows, label(""), ...data.names.map(label));
  if (place >= 0) root.children[place].focus();
}
"""

_mount = st.components.v2.component(
    "mnist_atelier_matrix", html='<div class="frame"><div class="matrix" role="group"></div></div>', css=CSS, js=JS
)


def confusion_matrix(
    matrix: np.ndarray, shown: np.ndarray, class_names: Sequence[str], cell: tuple[int, int] | None, key: str
) -> tuple[int, int] | None:
    """Show counts (classes, classes), row the label, column the prediction; gives the cell just clicked, else None.

    shown: what the cells print, counts or shares of the row; cell: the one to mark.
    """
    chosen = cell[0] * len(class_names) + cell[1] if cell else None
    data = {"names": list(class_names), "chosen": chosen, **cells(matrix, shown, class_names)}
    clicked = _mount(key=key, data=data, on_clicked_change=lambda: None).clicked
    return None if clicked is None else divmod(int(clicked), len(class_names))


def cells(matrix: np.ndarray, shown: np.ndarray, class_names: Sequence[str]) -> dict[str, list]:
    """Of each cell, row by row: heat from 0 to 1, logarithmic in the count; the text in it; the sentence at the pointer."""
    heat = np.log1p(matrix) / np.log1p(max(matrix.max(), 1))
    shares = shown.dtype.kind == "f"
    return {
        "heat": heat.ravel().round(3).tolist(),
        "texts": [_text(value, shares) for value in shown.ravel()],
        "said": [_sentence(matrix, row, column, class_names) for row, column in np.ndindex(*matrix.shape)],
    }


def _text(value: float, share: bool) -> str:
    if not value:
        return ""
    return f"{100 * value:.1f}" if share else f"{value:,}"


def _sentence(matrix: np.ndarray, row: int, column: int, class_names: Sequence[str]) -> str:
    of = matrix[row].sum()
    share = f" ({matrix[row, column] / of:.1%})" if of else ""
    return (
        f"{matrix[row, column]:,} of {of:,} digits labelled {class_names[row]} are read as {class_names[column]}{share}"
    )

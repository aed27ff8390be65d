"""The confusion matrix: a table of cells, each of which can be pointed at, tapped, and reached by keyboard.

A Plotly heatmap reports no clicks, and squares laid over one react to a tap with the cell tapped before.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.assets import component

AXES = ("label", "predicted as")  # what a row and a column are
Clicked = Callable[[tuple[int, int]], None]
_mount = component("confusion_matrix")


def confusion_matrix(
    matrix: np.ndarray,
    shown: np.ndarray,
    class_names: Sequence[str],
    cell: tuple[int, int] | None,
    key: str,
    log: bool = True,
    on_click: Clicked | None = None,
) -> tuple[int, int] | None:
    """Show counts (classes, classes), row the label, column the prediction; gives the cell just clicked, else None.

    shown: what the cells print, counts or shares; cell: the one to mark; log: whether the colour is logarithmic; on_click: is given
    the cell before the page or its fragment runs anew, which then need not run twice.
    """
    return _clicked(cells(matrix, shown, class_names, log), class_names, cell, key, on_click)


def difference_matrix(
    matrix: np.ndarray,
    class_names: Sequence[str],
    cell: tuple[int, int] | None,
    key: str,
    on_click: Clicked | None = None,
) -> tuple[int, int] | None:
    """As `confusion_matrix`, the counts of a first run minus those of a second, (classes, classes)."""
    return _clicked(differences(matrix, class_names), class_names, cell, key, on_click)


def as_table(matrix: np.ndarray, class_names: Sequence[str]) -> pd.DataFrame:
    """The matrix (classes, classes) with names: a row per label, a column per prediction."""
    return pd.DataFrame(
        matrix, index=pd.Index(class_names, name="label"), columns=[f"predicted as {n}" for n in class_names]
    )


def offer(matrix: np.ndarray, class_names: Sequence[str], name: str) -> None:
    """A button for the matrix (classes, classes) as a CSV file called `name`."""
    table = as_table(matrix, class_names)
    st.download_button(
        "Matrix as CSV",
        lambda: table.to_csv(),
        f"{name}.csv",
        "text/csv",
        key=f"csv {name}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def _clicked(
    shown: dict[str, list],
    class_names: Sequence[str],
    cell: tuple[int, int] | None,
    key: str,
    on_click: Clicked | None,
) -> tuple[int, int] | None:
    def act() -> None:
        place = st.session_state[key].get("clicked")
        if on_click and place is not None:
            on_click(divmod(int(place), len(class_names)))

    chosen = cell[0] * len(class_names) + cell[1] if cell else None
    data = {"names": list(class_names), "chosen": chosen, "axes": AXES, **shown}
    clicked = _mount(key=key, data=data, on_clicked_change=act).clicked
    return None if clicked is None else divmod(int(clicked), len(class_names))


def cells(matrix: np.ndarray, shown: np.ndarray, class_names: Sequence[str], log: bool = True) -> dict[str, list]:
    """Of each cell, row by row: heat from 0 to 1, of what is shown; the text in it; the sentence at the pointer."""
    shares = shown.dtype.kind == "f"
    return {
        "heat": _heat(1000 * shown if shares else shown, log),
        "texts": [_text(value, shares) for value in shown.ravel()],
        "hover": [_sentence(matrix, row, column, class_names) for row, column in np.ndindex(*matrix.shape)],
    }


def differences(matrix: np.ndarray, class_names: Sequence[str]) -> dict[str, list]:
    """As `cells`, of counts of A minus those of B; less: whether B has more."""
    return {
        "heat": _heat(np.abs(matrix), True),
        "less": (matrix < 0).ravel().tolist(),
        "texts": [f"{value:+,}".replace("-", "−") if value else "" for value in matrix.ravel()],
        "hover": [_compared(matrix, row, column, class_names) for row, column in np.ndindex(*matrix.shape)],
    }


def _heat(values: np.ndarray, log: bool) -> list[float]:
    scaled = np.log1p(values) if log else values.astype(float)
    return (scaled / max(scaled.max(), 1e-9)).ravel().round(3).tolist()


def _compared(matrix: np.ndarray, row: int, column: int, class_names: Sequence[str]) -> str:
    label, predicted, more = class_names[row], class_names[column], int(matrix[row, column])
    how = "correctly" if row == column else f"as {predicted}"
    if not more:
        return f"A and B classify equally many digits labelled {label} {how}"
    first, second = ("A", "B") if more > 0 else ("B", "A")
    return f"{first} classifies {abs(more):,} more {'digit' if abs(more) == 1 else 'digits'} labelled {label} {how} than {second}"


def _text(value: float, share: bool) -> str:
    if not value:
        return ""
    return f"{100 * value:.1f}" if share else f"{value:,}"


def _sentence(matrix: np.ndarray, row: int, column: int, class_names: Sequence[str]) -> str:
    total = matrix[row].sum()
    share = f" ({matrix[row, column] / total:.1%})" if total else ""
    return f"{matrix[row, column]:,} of {total:,} digits labelled {class_names[row]} are predicted as {class_names[column]}{share}"

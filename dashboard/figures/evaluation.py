"""Figures of what one run gets right and wrong."""

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import ACCENT, COUNTS


def confusion(
    matrix: np.ndarray, shown: np.ndarray, class_names: tuple[str, ...], cell: tuple[int, int] | None
) -> go.Figure:
    """The confusion matrix; a click on a cell selects a point whose customdata is "label-prediction".

    matrix: counts (classes, classes), row the label; shown: the values to print, counts or shares of the row;
    cell: the one to mark. Colours are logarithmic in the count, or the diagonal would drown the rest.
    """
    shares = shown.dtype.kind == "f"
    rows, columns = (axis.ravel() for axis in np.indices(matrix.shape))
    heat = np.log1p(matrix) / np.log1p(max(matrix.max(), 1))
    figure = go.Figure(
        go.Heatmap(z=heat, colorscale=COUNTS, zmin=0, zmax=1, showscale=False, hoverinfo="skip", xgap=2, ygap=2)
    )
    texts = [_text(value, shares) for value in shown.ravel()]
    strong = heat.ravel() > 0.6
    for chosen, colour in ((strong, "#ffffff"), (~strong, None)):  # None: the theme's own text colour
        kept = [text if keep else "" for text, keep in zip(texts, chosen, strict=True)]
        font = {"size": 12} | ({"color": colour} if colour else {})
        figure.add_scatter(x=columns, y=rows, mode="text", text=kept, textfont=font, hoverinfo="skip")
    figure.add_scatter(  # a heatmap reports no clicks, so invisible squares lie over it
        x=columns,
        y=rows,
        mode="markers",
        marker={"symbol": "square", "size": 32, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[f"{r}-{c}" for r, c in zip(rows, columns, strict=True)],
        hovertext=[_sentence(matrix, r, c, class_names) for r, c in zip(rows, columns, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    if cell:
        row, column = cell
        box = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        figure.add_shape(type="rect", line={"color": ACCENT, "width": 3}, **box)
    last = len(class_names) - 0.5
    ticks = {
        "tickvals": list(range(len(class_names))),
        "ticktext": list(class_names),
        "showgrid": False,
        "zeroline": False,
    }
    figure.update_xaxes(title="read as", range=[-0.5, last], **ticks)
    figure.update_yaxes(title="label", range=[last, -0.5], **ticks)
    figure.update_layout(
        title="What is read as what?",
        height=520,
        showlegend=False,
        dragmode=False,
        margin={"l": 0, "r": 0, "t": 40, "b": 0},
    )
    return figure


def _text(value: float, share: bool) -> str:
    if not value:
        return ""
    return f"{100 * value:.1f}" if share else f"{value:,}"


def _sentence(matrix: np.ndarray, row: int, column: int, class_names: tuple[str, ...]) -> str:
    of = matrix[row].sum()
    share = f" ({matrix[row, column] / of:.1%})" if of else ""
    return (
        f"{matrix[row, column]:,} of {of:,} digits labelled {class_names[row]} are read as {class_names[column]}{share}"
    )

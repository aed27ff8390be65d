"""The figure of a layer without each of its maps."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import ACCENT, FIGURE, MUTED, TEXT

HEIGHT = 260
LABELLED = 12  # bars at most that have their number below, as many as fit a telephone


def without_each(
    errors: np.ndarray, names: Sequence[str], hover: Sequence[str], whole: float, chosen: int, noun: str
) -> go.Figure:
    """The error without each map, the highest first, and a line where it is with all.

    errors: (k,) and whole: 0 to 1; names, hover: of each map, a number and a sentence; chosen: the
    place of the open one; noun: what they are called. The second of a bar's customdata is its name.
    """
    order = np.argsort(-errors, kind="stable")
    figure = go.Figure()
    figure.add_bar(
        x=np.arange(len(order)),
        y=errors[order],
        marker={
            "color": [ACCENT if place == chosen else MUTED for place in order],
            "opacity": np.where(order == chosen, 1, 0.55),
            "line_width": 0,
        },
        customdata=[(hover[place], names[place]) for place in order],
        hovertemplate="%{customdata[0]}<extra></extra>",
        # a bar that was clicked is told by its colour, once its map is open
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.55}},
    )
    figure.add_hline(whole, line={"color": TEXT, "width": 1, "dash": "dot"})
    shown = _labelled(len(order), int(np.flatnonzero(order == chosen)[0]))
    ticks = [names[order[place]] for place in shown]
    figure.update_xaxes(tickvals=shown, ticktext=ticks, tickangle=0, zeroline=False, title=noun)
    figure.update_yaxes(rangemode="tozero", tickformat=".1~%", title="error")
    figure.update_layout(FIGURE | {"margin": FIGURE["margin"] | {"t": 8}}, height=HEIGHT, bargap=0.15, showlegend=False)
    return figure


def _labelled(bars: int, chosen: int) -> list[int]:
    """The places of the bars with a number: the chosen one, and from the first on all that have room."""
    kept: list[int] = []
    for place in (chosen, *range(bars)):
        if all(abs(place - other) * LABELLED >= bars for other in kept):
            kept.append(place)
    return sorted(kept)

"""The figure of a layer without each of its maps."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import ACCENT, FIGURE, MUTED, TEXT

HEIGHT = 260
LABELLED = 40  # bars that each have their number below


def without_each(
    errors: np.ndarray, names: Sequence[str], hover: Sequence[str], whole: float, chosen: int
) -> go.Figure:
    """The error without each map, the highest first, and a line where it is with all.

    errors: (k,) and whole: 0 to 1; names, hover: of each map, a number and a sentence; chosen: the place of the open one, or -1.
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
        customdata=[hover[place] for place in order],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_hline(whole, line={"color": TEXT, "width": 1, "dash": "dot"})
    shown = np.arange(len(order)) if len(order) <= LABELLED else np.flatnonzero(order == chosen)
    figure.update_xaxes(tickvals=shown, ticktext=[names[order[place]] for place in shown], tickangle=0, zeroline=False)
    figure.update_yaxes(rangemode="tozero", tickformat=".1~%", title="error")
    figure.update_layout(FIGURE | {"margin": FIGURE["margin"] | {"t": 8}}, height=HEIGHT, bargap=0.15, showlegend=False)
    return figure

"""Figures of what happens to predictions while digits are changed step by step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.images import data_url
from dashboard.theme import FIGURE, FIXED_LEGEND, Line

PICTURES = (7, 5)  # below the axis, the first number of them that spreads evenly
ENLARGED = 4  # a browser smooths a small picture that it shows larger
ROOM = 158  # pixels below the axis: ticks, pictures, title and legend
PLOT = 190  # pixels of the axis' height


def confidence(
    strengths: np.ndarray, pictures: np.ndarray, rows: Mapping[str, np.ndarray], lines: Mapping[str, Line], unit: str
) -> go.Figure:
    """The probability of the digit's class by the strength of a change, a line per run, with pictures below the axis.

    strengths: (k,); pictures: (k, height, width) uint8 at each; rows: by run (k,), 0 to 1; lines: how each is drawn.
    """
    figure = _lines(strengths, rows, lines, f"%{{y:.1%}} at %{{x:.3~g}} {unit}", mode="lines")
    figure.update_yaxes(range=[-0.02, 1.02], tickformat=".0%", title="probability")
    return _with_pictures(figure, strengths, pictures, unit)


def errors(
    strengths: np.ndarray, pictures: np.ndarray, rows: Mapping[str, np.ndarray], lines: Mapping[str, Line], unit: str
) -> go.Figure:
    """As `confidence`, of the error on many digits; rows: by run (k,), 0 to 1, NaN where it was not measured."""
    hover = f"%{{y:.1%}} are misclassified at %{{x:.3~g}} {unit}"
    figure = _lines(strengths, rows, lines, hover, mode="lines+markers", connectgaps=True)
    figure.update_yaxes(rangemode="tozero", tickformat=".0%", title="error")
    return _with_pictures(figure, strengths, pictures, unit)


def _lines(
    strengths: np.ndarray, rows: Mapping[str, np.ndarray], lines: Mapping[str, Line], hover: str, **how: Any
) -> go.Figure:
    """A line per run. hover: what is said at a point, after the run's name; how: further settings of each line."""
    figure = go.Figure()
    for run, shares in rows.items():
        line = {"color": lines[run].colour, "dash": lines[run].dash, "width": 2.4}
        figure.add_scatter(
            x=strengths, y=shares, name=run, line=line, hovertemplate=f"{run}: {hover}<extra></extra>", **how
        )
    return figure


def _with_pictures(figure: go.Figure, strengths: np.ndarray, pictures: np.ndarray, unit: str) -> go.Figure:
    """The figure with some of the pictures below its axis, each at its strength."""
    count = next((count for count in PICTURES if (len(strengths) - 1) % (count - 1) == 0), PICTURES[-1])
    shown = np.unique(np.linspace(0, len(strengths) - 1, count).round().astype(int))
    wide = float(strengths[-1] - strengths[0]) / (PICTURES[0] - 0.4)
    for place in shown:
        large = pictures[place].repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)
        figure.add_layout_image(
            source=data_url(large),
            x=float(strengths[place]),
            y=-24 / PLOT,
            xref="x",
            yref="paper",
            xanchor="center",
            yanchor="top",
            sizex=wide,
            sizey=44 / PLOT,
        )
    figure.update_xaxes(
        range=[strengths[0] - wide / 2, strengths[-1] + wide / 2],
        tickvals=strengths[shown],
        ticktext=[f"{strength:.3g}".replace("-", "−") for strength in strengths[shown]],
        tickangle=0,
        title={"text": unit, "standoff": 60},
        zeroline=False,
    )
    margin = FIGURE["margin"] | {"t": 12, "b": ROOM}
    legend = {"orientation": "h", "y": -(ROOM - 44) / PLOT, "yanchor": "top"}
    figure.update_layout(FIGURE | {"margin": margin}, height=PLOT + ROOM + 12, legend=legend, showlegend=True)
    return figure.update_layout(**FIXED_LEGEND)

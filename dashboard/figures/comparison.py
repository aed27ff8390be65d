"""Figures of the verdict table: any two columns against each other, many at once, and the spread over repeats."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.layout import LOW, MAX_NAMED_LINES, TICKS
from dashboard.figures.names import placed
from dashboard.theme import ACCENT, FIGURE, LEGEND, MUTED, OTHER


@dataclass(frozen=True)
class Axis:
    """How a column is drawn. title: its heading; log: on a log scale; percent: a share from 0 to 1; lower_is_better: or higher."""

    title: str
    log: bool = False
    percent: bool = False
    lower_is_better: bool = True


def scatter(
    table: pd.DataFrame, front: Collection[str], x: str, y: str, axes: Mapping[str, Axis], colours: Mapping[str, str]
) -> go.Figure:
    """One column against another, a point per entry, the Pareto front marked and joined.

    table: as comparison.compare gives it; front: the entries on the Pareto front; axes: by column; colours: by entry.
    """
    table = table.dropna(subset=[x, y])
    axes = {name: _by_itself(axes[name], table[name]) for name in (x, y)}
    best = table["run"].isin(front)
    front = table[best].sort_values([x, y])
    named = _named(table, front, x, y, axes)
    figure = go.Figure()
    figure.add_scatter(
        x=front[x],
        y=front[y],
        mode="lines",
        line={"color": MUTED, "dash": "dot", "shape": "hv" if axes[x].lower_is_better else "vh"},
        name="Pareto front: no other run is better in both",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=table[x],
        y=table[y],
        mode="markers+text" if len(table) <= MAX_NAMED_LINES else "markers",
        text=[name for name, _ in named],
        textposition=[side for _, side in named],
        customdata=table["run"],
        cliponaxis=False,
        showlegend=False,
        marker={
            "size": np.where(best, 13, 9),
            "color": [colours[run] for run in table["run"]],
            "opacity": 1,
        },
        hovertemplate=f"%{{customdata}}: {axes[x].title} %{{x}}, {axes[y].title} %{{y}}<extra></extra>",
    )
    for update, axis in ((figure.update_xaxes, axes[x]), (figure.update_yaxes, axes[y])):
        update(title=axis.title + (", log scale" if axis.log else ""), type="log" if axis.log else "linear")
        update(tickformat="~%" if axis.percent else "~s" if axis.log else "~g")
        update({"tickvals": TICKS} if axis.percent and axis.log else {"dtick": 1 if axis.log else None})
    title = "Which runs are on the Pareto front?"
    return figure.update_layout(title=title, height=440, legend=LEGEND, legend_itemclick=False, **FIGURE)


def _by_itself(axis: Axis, values: pd.Series) -> Axis:
    """The axis, on a log scale also where only that tells its rates apart."""
    low = axis.percent and len(values) > 0 and bool(values.between(0, LOW, inclusive="neither").all())
    return replace(axis, log=axis.log or low)


def _named(table: pd.DataFrame, front: pd.DataFrame, x: str, y: str, axes: Mapping[str, Axis]) -> list[tuple[str, str]]:
    """The name of each entry, where there is room for it, and its side."""
    scaled = {name: np.log10(table[name]) if axes[name].log else table[name].astype(float) for name in (x, y)}
    shares = pd.DataFrame(
        {name: (value - value.min()) / max(value.max() - value.min(), 1e-12) for name, value in scaled.items()}
    )
    corners = [shares.loc[place, [x, y]].to_numpy(float) for place in front.index]
    steps = []
    for before, after in itertools.pairwise(corners):
        steps += [before, (after[0], before[1]) if axes[x].lower_is_better else (before[0], after[1])]
    line = np.array([*steps, *corners[-1:]], float).reshape(-1, 2)
    return placed(shares[[x, y]].to_numpy(float), list(table["run"]), line)


def parallel(table: pd.DataFrame, columns: Sequence[str], axes: Mapping[str, Axis]) -> go.Figure:
    """Each entry a line across the columns, coloured by error, named where they are few; drag along an axis to keep a part."""
    table = table.dropna(subset=list(columns)).sort_values("error")
    dimensions, room = [], 50
    if len(table) <= MAX_NAMED_LINES:
        dimensions.append(
            {
                "label": "run",
                "values": np.arange(len(table)),
                "tickvals": np.arange(len(table)),
                "ticktext": table["run"],
            }
        )
        room = 16 + 7 * max(map(len, table["run"]), default=0)
    for column in columns:
        values = table[column].astype(float)
        axis = axes[column]
        if axis.log and len(values) and values.min() > 0:
            steps = [step for power in range(-4, 10) for step in (10.0**power, 3 * 10.0**power)]
            ticks = [step for step in steps if values.min() <= step <= values.max()]
            texts = [f"{tick:,.0f}" if tick >= 1 else f"{tick:g}" for tick in ticks]
            dimensions.append(
                {"label": axis.title, "values": np.log10(values), "tickvals": np.log10(ticks), "ticktext": texts}
            )
        else:
            form = "~%" if axis.percent else "~g"
            dimensions.append({"label": axis.title, "values": values, "tickformat": form})
    scale = [[0, ACCENT], [1, OTHER]]
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions, line={"color": table["error"], "colorscale": scale}, labelangle=-12, rangefont_size=1
        )
    )
    margin = {"l": room, "r": 50, "t": 110, "b": 20}
    return figure.update_layout(title="What do runs with few errors have in common?", height=380, margin=margin)


def boxes(rates: Mapping[str, Sequence[float]], colours: Mapping[str, str]) -> go.Figure:
    """Test error of every repeat, a box per recipe; rates by entry, 0 to 1."""
    figure = go.Figure()
    for name, values in rates.items():
        hover = f"{name}: a repeat has a test error of %{{x:.2%}}<extra></extra>"
        points = {"boxpoints": "all", "jitter": 0.4, "pointpos": 0}
        figure.add_box(x=list(values), name=name, marker_color=colours[name], hovertemplate=hover, **points)
    figure.update_xaxes(title="test error of each repeat", tickformat=".2%")
    title = "How much do repeats differ?"
    return figure.update_layout(title=title, height=140 + 70 * len(rates), showlegend=False, **FIGURE)

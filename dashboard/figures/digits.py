"""Figures of digits and their pixels."""

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import ACCENT, FIGURE, LEGEND_OF_LOW_FIGURE, OTHER
from training.analysis.dataset_statistics import Histogram

GREYS = [[0, "#000000"], [1, "#ffffff"]]  # white digits on black in both themes, as in MNIST


def pixels(image: np.ndarray, title: str, highest: float = 255, digits: int = 0) -> go.Figure:
    """One picture (height, width), its value at the pointer."""
    height, width = image.shape
    figure = go.Figure(
        go.Heatmap(
            z=image,
            zmin=0,
            zmax=highest,
            colorscale=GREYS,
            showscale=False,
            hovertemplate=f"row %{{y}}, column %{{x}}: %{{z:.{digits}f}}<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, constrain="domain", constraintoward="left", range=[-0.5, width - 0.5])
    figure.update_yaxes(visible=False, scaleanchor="x", constrain="domain", range=[height - 0.5, -0.5])
    figure.update_layout(title=title, height=330, **FIGURE)
    return figure


def class_shares(
    shares: dict[str, np.ndarray], class_names: tuple[str, ...], counts: dict[str, np.ndarray]
) -> go.Figure:
    """Share of each class, 0 to 1, a bar per split; counts: the digits behind the shares."""
    figure = go.Figure()
    for (split, share), colour in zip(shares.items(), (ACCENT, OTHER), strict=False):
        hover = f"%{{customdata:,}} {split} digits are a %{{x}}: %{{y:.1%}}<extra></extra>"
        figure.add_bar(
            x=list(class_names), y=share, name=split, marker_color=colour, customdata=counts[split], hovertemplate=hover
        )
    figure.add_hline(1 / len(class_names), line_dash="dot", line_width=1, opacity=0.6)
    figure.update_xaxes(title="digit (the dotted line is an equal share)", type="category")
    figure.update_yaxes(title="share of the split", tickformat=".0%")
    figure.update_layout(
        title="Are the classes balanced?",
        height=330,
        **FIGURE,
        legend=LEGEND_OF_LOW_FIGURE,
    )
    return figure


def grey_levels(counts: np.ndarray) -> go.Figure:
    """Counts of the 256 grey levels, in steps of 16, as shares on a log axis."""
    share = counts.reshape(16, 16).sum(axis=1) / counts.sum()
    names = [f"{16 * step} to {16 * step + 15}" for step in range(16)]
    figure = go.Figure(  # dots, for a bar on a log axis has no honest length
        go.Scatter(
            x=names,
            y=share,
            mode="markers",
            marker={"size": 10, "color": ACCENT},
            hovertemplate="grey %{x}: %{y:.2%} of all pixels<extra></extra>",
        )
    )
    figure.update_xaxes(title="grey level (0 is background, 255 is white)", tickvals=[names[0], names[7], names[15]])
    figure.update_yaxes(
        title="share of pixels, log scale",
        type="log",
        tickformat="~%",
        tickvals=[10.0**power for power in range(-5, 1)],
    )
    figure.update_layout(title="How much of a picture is background?", height=330, **FIGURE)
    return figure


def heat(image: np.ndarray, relevance: np.ndarray, name: str) -> go.Figure:
    """How much each pixel counts for the class `name`, laid over the picture; both (height, width)."""
    highest = max(float(np.abs(relevance).max()), 1e-6)
    figure = pixels(image, f"Which pixels count for a {name}?")
    strength = np.abs(relevance) / highest
    for sign, colour in ((1, "58, 134, 208"), (-1, "214, 69, 65")):
        part = np.where(sign * relevance > 0.02 * highest, strength, np.nan)
        scale = [[0, f"rgba({colour}, 0)"], [1, f"rgba({colour}, 0.85)"]]
        figure.add_heatmap(z=part, zmin=0, zmax=1, colorscale=scale, showscale=False, hoverinfo="skip")
    figure.data[0].update(customdata=relevance, hovertemplate="%{customdata:+.3f}<extra></extra>")
    return figure


def distribution(histogram: Histogram, title: str, unit: str) -> go.Figure:
    """How a measure is distributed, a line for each part."""
    digits = 0 if histogram.whole else 2
    figure = go.Figure()
    for (name, share), colour in zip(histogram.shares.items(), (ACCENT, OTHER), strict=True):
        hover = f"%{{y:.2%}} of the {name} digits have about %{{x:.{digits}f}} {unit}<extra></extra>"
        figure.add_scatter(
            x=histogram.middles,
            y=share,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2},
            hovertemplate=hover,
        )
    figure.update_xaxes(title=unit)
    figure.update_yaxes(title="share of the digits", tickformat=".0%", rangemode="tozero")
    figure.update_layout(
        title=title,
        height=300,
        **FIGURE,
        legend=LEGEND_OF_LOW_FIGURE,
    )
    return figure

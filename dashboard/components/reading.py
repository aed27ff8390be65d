"""What a model makes of one digit, as HTML: the reading, the picture, a bar per class."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from dashboard.components.gallery import data_url
from dashboard.theme import ACCENT
from dashboard.wording import percent
from models.classifiers import DUELS, PROBABILITIES


def reading(
    image: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    caption: str,
    strokes: int = 0,
    scores: str = PROBABILITIES,
    doubt: str | None = None,
) -> None:
    """What a model makes of one digit: its reading in large, the picture as the model got it, a bar per class.

    One piece of HTML, because it is drawn after every stroke and a chart would cost ten times as long.
    image: (height, width) uint8; probabilities: (classes,) 0 to 1; strokes: how many the drawing has, for tests to wait for;
    scores: what the row is, probabilities or votes; doubt: a sentence where the picture may be no digit at all.
    """
    best = int(np.argmax(probabilities))
    read = f'<div data-reading data-strokes="{strokes}">{escape(class_names[best])}</div>'
    said = f"read with {sureness(probabilities[best], scores, len(class_names))}"
    _beside(read, said, picture(image, 196, caption), bars(probabilities, class_names, not doubt), doubt)


def awaited(class_names: Sequence[str], caption: str) -> None:
    """As `reading`, of the same size, where there is no digit yet, so that nothing moves when it comes."""
    empty = picture(np.zeros((28, 28), np.uint8), 196, caption)
    said = "as soon as you lift the pen"
    _beside(
        '<div style="opacity:0.35">?</div>', said, empty, bars(np.zeros(len(class_names)), class_names, False), None
    )


def _beside(read: str, said: str, seen: str, shares: str, doubt: str | None) -> None:
    """The reading in large, what is said of it and what was seen; beside them the bars. All HTML but `doubt` and `said`."""
    large = f"font-size:5rem;line-height:1;font-weight:600;opacity:{0.35 if doubt else 1}"
    doubted = f'<div style="margin-top:1rem;font-weight:600">{escape(doubt)}</div>' if doubt else ""
    st.html(
        f'<div style="display:flex;flex-wrap:wrap;gap:1.5rem 2.5rem">'
        f'<div style="width:196px"><div style="{large}">{read}</div>'
        f'<div style="opacity:0.75;margin-bottom:1rem">{escape(said)}</div>{seen}</div>'
        f'<div style="flex:1 1 280px;max-width:30rem">{shares}{doubted}</div></div>'
    )


def sureness(score: float, scores: str, classes: int) -> str:
    """How sure a model is, in words. score: 0 to 1; scores: what it is, probabilities, votes or duels between two classes."""
    if scores == DUELS:
        return f"{score * classes * (classes - 1) / 2:.0f} of its {classes - 1} duels won"
    return f"{percent(score, 1)} {'confidence' if scores == PROBABILITIES else 'of the votes'}"


def picture(image: np.ndarray, width: int, caption: str) -> str:
    """HTML of one digit (height, width) uint8, crisp, `width` pixels wide, with a caption below."""
    style = f"width:{width}px;max-width:100%;image-rendering:pixelated;border-radius:6px;display:block"
    below = f'<div style="font-size:0.85rem;opacity:0.75;margin-top:0.4rem">{escape(caption)}</div>' if caption else ""
    return f'<img src="{data_url(image)}" alt="{escape(caption)}" style="{style}">{below}'


def bars(probabilities: np.ndarray, class_names: Sequence[str], sure: bool = True) -> str:
    """HTML of a bar per class, the highest in colour where it is `sure`. probabilities: (classes,) 0 to 1."""
    best = int(np.argmax(probabilities)) if sure else None
    rows = []
    for number, (name, share) in enumerate(zip(class_names, probabilities, strict=True)):
        colour = ACCENT if number == best else "color-mix(in srgb, currentColor 35%, transparent)"
        weight = 600 if number == best else 400
        bar = f'<div style="width:{100 * share:.2f}%;min-width:1px;height:0.9rem;border-radius:3px;background:{colour}"></div>'
        rows.append(
            f'<div style="font-weight:{weight}">{escape(name)}</div>'
            f'<div style="align-self:center">{bar}</div>'
            f'<div style="text-align:right;font-variant-numeric:tabular-nums;font-weight:{weight}">{100 * share:.1f} %</div>'
        )
    grid = "display:grid;grid-template-columns:1.2rem 1fr 4.2rem;gap:0.25rem 0.5rem"
    return f'<div style="{grid}">{"".join(rows)}</div>'

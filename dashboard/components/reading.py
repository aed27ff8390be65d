"""What a model makes of one digit, as HTML: the reading, the picture, a bar per class."""

from collections.abc import Iterable, Sequence

import numpy as np
import streamlit as st
from markupsafe import Markup

from dashboard.components.templates import render
from dashboard.images import data_url
from dashboard.theme import css
from dashboard.wording import CLASSES, percent
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
    html = render(
        "reading",
        read=class_names[best],
        strokes=strokes,
        said=f"predicted with {confidence_text(probabilities[best], scores, len(class_names))}",
        picture=picture(image, 196, caption),
        bars=bars(shares(probabilities, scores), class_names, not doubt),
        doubt=doubt,
    )
    st.html(html)


def shares(row: np.ndarray, scores: str) -> np.ndarray:
    """The lengths of the bars of one row (classes,), 0 to 1: of one-vs-one votes, how many of its own a class has won."""
    return row * len(row) / 2 if scores == DUELS else row


def confidence_text(score: float, scores: str, classes: int) -> str:
    """The confidence of a prediction in words. score: 0 to 1; scores: what it is, as cache.scores gives it."""
    if scores == DUELS:
        return f"{score * classes * (classes - 1) / 2:.0f} of {classes - 1} one-vs-one votes"
    if scores == CLASSES:
        return "no confidence given"
    return f"{percent(score, 1)} {'confidence' if scores == PROBABILITIES else 'of the votes'}"


def picture(image: np.ndarray, width: int, caption: str) -> Markup:
    """HTML of one digit (height, width) uint8, crisp, `width` pixels wide, with a caption below."""
    return render("picture", url=data_url(image), width=width, caption=caption)


def bars(probabilities: np.ndarray, class_names: Sequence[str], certain: bool = True) -> Markup:
    """HTML of a bar per class, the highest in colour where `certain`. probabilities: (classes,) 0 to 1."""
    best = int(np.argmax(probabilities)) if certain else None
    rows = zip(class_names, np.asarray(probabilities).tolist(), strict=True)
    return render("bars", rows=rows, best=best, accent=css(0))


def captioned(piece: Markup, caption: str) -> Markup:
    """A piece of HTML below a few words."""
    return render("captioned", piece=piece, caption=caption)


def row(pieces: Iterable[Markup | str], gap: str, width: str = "", between: str = "") -> None:
    """Show pieces of HTML side by side. gap, width: between them and of each, in CSS; between: a sign between two."""
    st.html(render("row", pieces=pieces, gap=gap, width=width, between=between))

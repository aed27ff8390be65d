"""One digit, opened, the same from every page: what runs predict, digits most alike, an explanation, preparation, its pixels."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.components import charts, reading
from dashboard.components.gallery import gallery
from dashboard.components.templates import render
from dashboard.figures import digits as figures
from dashboard.images import data_url
from dashboard.sections import changes, explanation, opened_digit, other_class, run_lists
from dashboard.sections.drawn_digit import titled
from models import DEFAULT_RUN, caption
from models.classifiers import deslant
from training.analysis import projections
from training.augmentation import AUGMENTATIONS
from training.datasets.dataset import Dataset
from training.runs import RunError

NONE: Mapping[str, np.ndarray] = MappingProxyType({})
VARIED = 6  # variants shown of each augmentation


@st.fragment
def show(dataset: Dataset, number: int, among: Sequence[int] = (), answers: Mapping[str, np.ndarray] = NONE) -> None:
    """The digit with one closer look at a time; a digit that is clicked takes its place in the address.

    among: the numbers of the gallery in which it stands; answers: by run that the page is about, its row (classes,) of this digit.
    """
    try:
        _show(dataset, number, among, answers)
    except RunError as error:  # it has gone since the page listed it; Streamlit lets no error of a fragment out
        st.caption(wording.plain(error))


def _show(dataset: Dataset, number: int, among: Sequence[int], answers: Mapping[str, np.ndarray]) -> None:
    title = f"{titled(dataset.class_names[dataset.labels[number]])}: number {number:,}, {_part(dataset, number)}"
    opened_digit.head(title, number, among)
    said = [_answer(dataset, number, run_id, row) for run_id, row in answers.items()]
    facts = [] if said else _facts(dataset, number)
    url = data_url(dataset.images[number])
    st.html(render("opened", url=url, caption=f"The digit number {number:,}", answers=said, facts=facts))
    if said:
        st.html(render("opened_bars", answers=said))
    address_bar.rename_value(address.CLOSER)
    look = st.segmented_control(
        "Look closer",
        LOOKS,
        default=next(iter(LOOKS)),
        required=True,
        key=address.CLOSER,
        bind="query-params",
        wrap=True,
        label_visibility="collapsed",
    )
    if look in OF_RUNS:
        OF_RUNS[look](dataset, number, tuple(answers))
    else:
        LOOKS[look](dataset, number)
    _elsewhere(dataset, number, tuple(answers))


def _part(dataset: Dataset, number: int) -> str:
    """The part of the dataset that it belongs to, and where it stands there, from 0, unless that is its number."""
    part = dataset.split[number]
    place = int((dataset.split[:number] == part).sum())
    return str(part) if place == number else f"{part} digit {place:,}"


def _answer(dataset: Dataset, number: int, run_id: str, row: np.ndarray) -> dict:
    """What the templates show of one run's prediction."""
    row, scores, names = row.astype(float), cache.scores(run_id), dataset.class_names
    best = int(row.argmax())
    verdict = "correct" if best == dataset.labels[number] else f"labelled {names[dataset.labels[number]]}"
    sure = reading.confidence_text(row[best], scores, len(names))
    bars = reading.bars(reading.shares(row, scores), names)
    return {"run": run_id, "read": names[best], "said": f"{sure}, {verdict}", "bars": bars}


def _facts(dataset: Dataset, number: int) -> list[str]:
    """Its foreground and its shape, each in a few words."""
    image = dataset.images[number]
    lean, wide, high, thick = (
        cache.measured(dataset, name)[number] for name in ("slant", "width", "height", "thickness")
    )
    return [
        f"{wide:.0f} × {high:.0f} pixels",
        f"strokes {thick:.1f} pixels thick",
        f"leans {abs(lean):.0f}° to the {'right' if lean > 0 else 'left'}",
        f"{wording.percent((image > 0).mean(), 0)} of its pixels are not zero",
        f"{len(np.unique(image))} grey levels",
    ]


def _elsewhere(dataset: Dataset, number: int, asked: Sequence[str]) -> None:
    """The ways to other pages with this digit. asked: the runs that the page is about."""
    query = address_bar.in_address(dataset.name) | {address.DIGIT: str(number)}
    ways = {
        "explore": ("Explore", ":material/grid_view:", query),
        "map": ("On the map", ":material/scatter_plot:", query),
        "draw": ("Draw over it", ":material/draw:", _over(dataset, number)),
    }
    able = explanation.able_to_classify(dataset)
    if able:
        run_id = next((run for run in (*asked, DEFAULT_RUN) if run in able), able[0])
        ways["inside"] = ("Inside", ":material/layers:", address_bar.to_inside(run_id, dataset.name, number))
    here = (st.context.url or "").partition("?")[0].rpartition("/")[2]
    with st.container(horizontal=True, gap="small"):
        for page, (label, icon, named) in ways.items():
            if page != here:
                st.page_link(f"views/{page}.py", label=label, icon=icon, query_params=named)


def _over(dataset: Dataset, number: int) -> dict[str, str]:
    """What an address of the page Draw says so that the digit lies below the canvas."""
    return {"over": f"{dataset.name}:{number}"}


def _similar(dataset: Dataset, number: int) -> None:
    """The digits nearest to it, as a map of the dataset tells them, by the pixels where it has none; a click opens one."""
    maps = projections.made(dataset)
    of = _way(dataset, maps) if maps else projections.PIXELS
    try:
        alike = cache.map_of(dataset, of).nearest_to(number) if maps else cache.most_similar(dataset, number)
    except (projections.MapError, OSError) as error:
        st.caption(wording.plain(error))
        return
    nearest, distances = alike
    labels = [dataset.class_names[dataset.labels[n]] for n in nearest]
    hover = [
        f"Number {n:,}: a {label}, {dataset.split[n]}, {distance:.2f} away"
        for n, label, distance in zip(nearest, labels, distances, strict=True)
    ]
    gallery(
        dataset.images[nearest],
        hover,
        "most similar",
        labels,
        size=54,
        on_click=lambda place: opened_digit.show(int(nearest[place])),
    )
    others = sum(label != dataset.class_names[dataset.labels[number]] for label in labels)
    same = "none of them has" if not others else "one of them has" if others == 1 else f"{others} of them have"
    twins = (
        int((distances < TWIN * np.sqrt(np.prod(dataset.input_shape) / 784)).sum()) if of == projections.PIXELS else 0
    )
    close = f" {twins} of them {'is' if twins == 1 else 'are'} all but the same picture." if twins else ""
    st.caption(f"Nearest first; {same} another label.{close}")


def _way(dataset: Dataset, maps: Sequence[str]) -> str:
    """By what the digits are alike, chosen where there are several ways."""
    if len(maps) == 1:
        return maps[0]
    return st.segmented_control(
        "Most similar by",
        maps,
        default=maps[0],
        required=True,
        key=f"alike {dataset.sha256[:8]}",
        format_func=_named_map,
        label_visibility="collapsed",
    )


def _named_map(of: str) -> str:
    return "by the pixels" if of == projections.PIXELS else f"by the last layer of {of}"


def _predictions(dataset: Dataset, number: int) -> None:
    """What each run predicts for it, wrong predictions marked; for a training digit only runs that did not learn from it."""
    rows, hidden = [], run_lists.hidden()
    for run_id in cache.may_answer(dataset, number):
        if run_id in hidden:
            continue
        try:
            probabilities = cache.out_of_fold(dataset, run_id)[number]
        except RunError:
            continue
        if not np.isnan(probabilities[0]):
            rows.append((run_id, int(probabilities.argmax()), float(probabilities.max())))
    if not rows:
        st.caption("Every run here was trained on this digit.")
        return
    lines = []
    for run_id, read, share in sorted(rows, key=lambda row: (row[1] == dataset.labels[number], -row[2])):
        wrong = read != dataset.labels[number]
        sure = reading.confidence_text(share, cache.scores(run_id), len(dataset.class_names))
        lines.append((run_id, dataset.class_names[read], wrong, sure, ()))
    wrong = sum(read != dataset.labels[number] for _, read, _ in rows)
    st.markdown(f"{len(rows) - wrong} of {len(rows)} runs that were not trained on it classify it correctly.")
    st.html(render("answers", head=(), rows=lines))


def _prepared(dataset: Dataset, number: int) -> None:
    """What the steps of the courses make of it, with the numbers."""
    image, label = dataset.images[number], int(dataset.labels[number])
    scaled = image / 255
    lengths = np.sqrt((scaled**2).sum(axis=0, keepdims=True))
    unit = np.divide(scaled, lengths, out=np.zeros_like(scaled), where=lengths > 0)
    one_hot = ", ".join("1" if n == label else "0" for n in range(len(dataset.class_names)))
    steps = [
        ("Raw", image, f"whole numbers from {image.min()} to {image.max()}, mean {image.mean():.1f}"),
        ("Divided by 255", image, f"0 to {scaled.max():.2f}, mean {scaled.mean():.3f}: the picture stays the same"),
        ("Columns of unit length", 255 * unit, f"each column's squares add up to 1; up to {unit.max():.2f}"),
        ("Deslanted", deslant(image[None])[0], "sheared until its axis stands upright"),
    ]
    for name, picture, said in steps:
        _step(name, [np.asarray(picture).astype(np.uint8)], said)
    for name, function in AUGMENTATIONS.items():
        varied = function(np.repeat(image[None], VARIED, axis=0), np.random.default_rng(number))
        _step(f"Augmented: {name}", list(varied), caption(function))
    st.markdown(f"**The label, one-hot:** `[{one_hot}]`")


def _step(name: str, images: list[np.ndarray], said: str) -> None:
    strip = np.hstack([np.pad(image, ((0, 0), (0, 1))) for image in images])
    st.html(render("step", picture=reading.picture(strip, min(60 * len(images), 330), ""), name=name, said=said))


def _values(dataset: Dataset, number: int) -> None:
    """The pixels as numbers, and how often each grey level occurs."""
    image = dataset.images[number]
    draw = partial(figures.pixels, image, "Point at a pixel for its value")
    charts.chart(draw, "one", f"The pixels of digit {number}", (cache.dataset_key(dataset), number))
    st.dataframe(pd.DataFrame(image), height=320)
    charts.chart(figures.grey_levels(np.bincount(image.ravel(), minlength=256)), "own levels", "Its grey levels")


TWIN = 1.0  # in grey levels of 0 to 1 over all pixels of 28 x 28: closer pictures differ in a few pixels only
EXPLANATION = "Explanation"
OF_RUNS = {  # looks that ask runs, those first that the page is about
    EXPLANATION: explanation.of,
    "Changes": changes.of,
    "Other class": other_class.of,
}
LOOKS = {
    "Most similar": _similar,
    "Predictions": _predictions,
    **OF_RUNS,
    "Preparation": _prepared,
    "Values": _values,
}

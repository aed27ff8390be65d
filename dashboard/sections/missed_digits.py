"""The test digits that our best ensemble or run misclassifies, each with its members' probabilities and its nearest digits."""

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading
from dashboard.components.templates import render
from dashboard.sections import opened_digit, opening, tested_digits
from dashboard.sections.tested_digits import first_number
from dashboard.theme import css
from training.analysis.label_errors import REFERENCE_RUN
from training.analysis.missed import Missed
from training.datasets.dataset import Dataset
from training.runs import RunError
from training.studies.records import Own

PAGE = 10  # digits of one page
NEAREST = 10  # training digits shown of each


def show() -> None:
    """How many digits are misclassified and at how many the label is doubtful; then the digits, a page at a time."""
    best = cache.best()
    if best is None:
        st.info(
            "The digits that the best run misclassifies would be here. Train one with `python -m training run cnn-large`."
        )
        return
    missed, dataset = cache.missed(best.members), cache.dataset("mnist")
    if isinstance(dataset, str):
        st.markdown(_count(best))
        st.info(f"The pictures of these digits cannot be shown. {dataset} Their numbers:")
        _without_pictures(missed)
        return
    doubtful = _doubtful(dataset, missed)
    st.markdown(f"{_count(best)} {_doubts(doubtful)}", help=_method(doubtful is not None))
    if len(missed.numbers):
        _page(best, missed, dataset, doubtful)


def _count(best: Own) -> str:
    kind = (
        f"the ensemble **{wording.plain(best.name)}** of {len(best.members)} runs misclassifies"
        if len(best.members) > 1
        else ""
    )
    kind = kind or f"the best single run, **{wording.plain(best.name)}**, misclassifies"
    return f"Of {len(best.wrong):,} test digits {kind} **{best.errors}**."


def _doubtful(dataset: Dataset, missed: Missed) -> np.ndarray | None:
    """At which of the digits the label is called wrong, (k,) bool; None without the run that labels are reviewed by."""
    try:
        return cache.label_errors(dataset, REFERENCE_RUN).flagged[first_number(dataset) + missed.numbers]
    except RunError:
        return None


def _doubts(doubtful: np.ndarray | None) -> str:
    if doubtful is None:
        return f"Whether labels are at fault is not known without the run {REFERENCE_RUN}."
    if not len(doubtful):
        return ""
    return f"At **{doubtful.sum()}** of them the label is doubtful."


def _method(reviewed: bool) -> str:
    """How the neighbours were found, and the labels called doubtful."""
    method = "Nearest is by the Euclidean distance of all pixels, which no network has a part in. "
    if reviewed:
        method += (
            f"A label is doubtful where confident learning calls it wrong by the predictions of {REFERENCE_RUN}, which did not "
            "learn from the test digits; the page Label review has all of them."
        )
    return method


@st.fragment(key=address.BROWSE)
@opening.bears_changes
def _page(best: Own, missed: Missed, dataset: Dataset, doubtful: np.ndarray | None) -> None:
    """A page of digits, the least probable labels first; one of them opened beside them."""
    opened = address.DIGIT in st.query_params
    others, right = opened_digit.columns([8, 4], opened) if opened else (st.container(), st.container())
    pages = -(-len(missed.numbers) // PAGE)
    with others:
        above = st.container()
        turned = {"key": address.MISSED, "bind": "query-params", "on_change": opened_digit.forget}
        page = st.pagination(pages, **turned) if pages > 1 else 1
    places = np.arange(len(missed.numbers))[(page - 1) * PAGE : page * PAGE]
    numbers = first_number(dataset) + missed.numbers[places]
    with above:
        _list(best, missed, dataset, doubtful, places)
    with others:
        query = {address.NUMBERS: ", ".join(map(str, numbers))}
        label = "These digits on the page Explore"
        st.page_link("views/explore.py", label=label, icon=":material/grid_view:", query_params=query)
    if opened:
        with right:
            tested_digits.show_opened(dataset, numbers, {})


def _list(best: Own, missed: Missed, dataset: Dataset, doubtful: np.ndarray | None, places: np.ndarray) -> None:
    """The digits at these places of the list, as a gallery and as rows."""
    names = dataset.class_names
    label, predicted = (dict(zip(missed.numbers, own, strict=True)) for own in (missed.labels, missed.predicted))
    tested_digits.show(
        tested_digits.prepare(
            dataset,
            missed.numbers[places],
            "Click a digit to open it.",
            "missed digits",
            lambda number: f"label {names[label[number]]}, predicted as {names[predicted[number]]}",
            lambda number: f"{names[label[number]]} → {names[predicted[number]]}",
        )
    )
    columns = "Each column is a member" if len(best.members) > 1 else "The column shows the run"
    scores = wording.SCORES[cache.scores(best.members[0])]
    st.caption(
        f"Label → prediction. {columns}: in blue its {scores} of the label, in orange those of the predicted class. Beside it "
        f"the {NEAREST} training digits nearest in pixels, with their labels."
    )
    st.html(_rows(best, missed, dataset, doubtful, places))


def _rows(best: Own, missed: Missed, dataset: Dataset, doubtful: np.ndarray | None, places: np.ndarray) -> str:
    """HTML of the digits at these places of the list."""
    every = first_number(dataset) + missed.numbers
    # of all at once, so that other pages are there
    nearest = cache.nearest(dataset, tuple(every.tolist()), NEAREST)[places]
    rows = [
        _row(best, missed, dataset, place, int(number), near)
        | {"doubtful": doubtful is not None and bool(doubtful[place])}
        for place, number, near in zip(places, every[places], nearest, strict=True)
    ]
    wide = min(20, max(10, len(best.members)))
    return render("missed", rows=rows, accent=css(0), against=css(1), wide=wide)


def _row(best: Own, missed: Missed, dataset: Dataset, place: int, number: int, near: np.ndarray) -> dict:
    """What the template shows of one digit. number: in the dataset; near: its nearest training digits by number."""
    names = dataset.class_names
    label, predicted = names[missed.labels[place]], names[missed.predicted[place]]
    if len(best.members) > 1:
        said = f"{missed.correct[place]} of {len(best.members)} correct"
    else:
        own, other = (shares[place, 0] for shares in (missed.label_probabilities, missed.predicted_probabilities))
        said = f"{label}: {wording.percent(own, 0)}, {predicted}: {wording.percent(other, 0)}"
    shares = zip(best.members, missed.label_probabilities[place], missed.predicted_probabilities[place], strict=True)
    strip = np.hstack([np.pad(image, ((0, 0), (1, 1))) for image in dataset.images[near]])
    return {
        "picture": reading.picture(dataset.images[number], 84, ""),
        "label": label,
        "predicted": predicted,
        "number": f"{number:,}",
        "said": said,
        "members": [(member, float(own), float(other)) for member, own, other in shares],
        "strip": reading.picture(strip, 480, ""),
        "nearest": [names[dataset.labels[n]] for n in near],
    }


def _without_pictures(missed: Missed) -> None:
    columns = {
        "test digit": missed.numbers,
        "label": missed.labels,
        "prediction": missed.predicted,
        "probability of the label": missed.label_probabilities.mean(axis=1),
    }
    st.dataframe(columns, hide_index=True, key="missed digits")

"""Looking closer at a drawn digit: the steps that led to it, what every model predicts, and its neighbours."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading
from dashboard.components.live import Answer
from dashboard.components.templates import render
from models import DEFAULT_RUN
from models.calls import Reading
from models.preprocessing import strokes
from models.worker import WorkerError
from training import runs
from training.datasets import registry
from training.datasets.dataset import Dataset

NAMES = tuple(str(digit) for digit in range(10))
PATIENCE = 0.2  # seconds without a bar
STEPS = {"thin": "MNIST's pen", "scale": "Scaled", "centre": "Centred"}


def names(run_id: str) -> tuple[str, ...]:
    """The classes of a run, or of an ensemble's members; the ten digits where it is gone."""
    return cache.class_names(run_id) or NAMES


def of_digits(run_id: str) -> bool:
    """Whether a run's classes are the ten digits."""
    return names(run_id) == NAMES


def chosen_steps() -> strokes.Steps:
    """The steps of preparation that are switched on."""
    on = st.session_state.get(address.STEPS_ON, list(STEPS.values()))
    return strokes.Steps(**{name: label in on for name, label in STEPS.items()})


def steps(stages: dict[str, np.ndarray], on_change: Callable[[], None]) -> None:
    """The pictures of each step in a row, and a switch for each. stages: as preprocessing.prepare gives them, or none yet."""
    st.segmented_control(
        "Steps from your drawing to the digit",
        list(STEPS.values()),
        default=st.session_state.get(address.STEPS_ON, list(STEPS.values())),
        selection_mode="multi",
        key=address.STEPS,
        on_change=_choose_steps,
        args=(on_change,),
    )
    if not stages:
        st.caption("Draw a digit, and each step is shown here.")
        return
    pictures = [reading.picture(image, 112, name.capitalize()) for name, image in stages.items()]
    reading.row(pictures, "0.75rem", between="→")
    if chosen_steps() != strokes.Steps():
        st.caption("A step is off, so the model gets a picture unlike those that it learned from. Watch the bars.")


def _choose_steps(then: Callable[[], None]) -> None:
    """Kept beside the control, which forgets while another view is open."""
    st.session_state[address.STEPS_ON] = st.session_state[address.STEPS]
    then()


def models(digit: np.ndarray, scores: pd.Series, first: str) -> None:
    """A row per model: prediction, confidence, time; those that disagree with `first` marked. scores: by run."""
    rows, bar, started = [], st.empty(), time.monotonic()
    patience = PATIENCE if cache.worker().slow_ready() else 0.0
    for number, run_id in enumerate(scores.index):
        if time.monotonic() >= started + patience:  # so the first time, when each is loaded
            bar.progress(number / len(scores), f"Asking {run_id}")
        try:
            prediction = cache.worker().predict(run_id, digit[None])
            rows.append((run_id, prediction.probabilities[0], 1000 * prediction.seconds))
        except WorkerError as error:
            st.warning(f"{run_id}: {error}", icon=":material/error:")
    bar.empty()
    if not rows:
        return
    answers = {run_id: int(probabilities.argmax()) for run_id, probabilities, _ in rows}
    class_names = names(first)
    votes = np.bincount(list(answers.values()), minlength=len(class_names))
    every = "The only model predicts" if len(rows) == 1 else f"All {len(rows)} models predict"
    agree = f"{every} {with_article(class_names[np.argmax(votes)])}."
    said = ", ".join(
        f"{votes[one]} predict{'s' if votes[one] == 1 else ''} {with_article(class_names[one])}"
        for one in np.argsort(-votes)
        if votes[one]
    )
    st.markdown(agree if votes.max() == len(rows) else f"Of {len(rows)} models, {said}.")
    st.html(_table(rows, answers.get(first, int(votes.argmax())), scores, class_names))


def article(digit: int | str) -> str:
    """The word before a digit: an 8, a 7."""
    return "an" if str(digit) == "8" else "a"


def with_article(name: str) -> str:
    """A class in a sentence: a 7, an 8; what is not a digit as it is."""
    return f"{article(name)} {name}" if name in NAMES else name


def titled(name: int | str) -> str:
    """The same at the beginning of a sentence."""
    said = with_article(str(name))
    return said[:1].upper() + said[1:]


def _table(
    rows: Sequence[tuple[str, np.ndarray, float]], agreed: int, scores: pd.Series, class_names: Sequence[str]
) -> str:
    """HTML of the models' answers, most confidence first. class_names: by class."""
    lines = []
    for run_id, probabilities, milliseconds in sorted(rows, key=lambda row: -row[1].max()):
        best, second = int(probabilities.argmax()), int(np.argsort(-probabilities)[1])
        confidence = reading.confidence_text(probabilities[best], scores[run_id], len(class_names))
        row = run_id, class_names[best], best != agreed, confidence, (class_names[second], f"{milliseconds:.1f} ms")
        lines.append(row)
    head = ("model", "prediction", "confidence", "second guess", "time")
    return render("answers", head=head, rows=lines)


def answer(prediction: Reading, digit: np.ndarray, scores: str, names: Sequence[str] = NAMES) -> Answer:
    """What the server says of one digit (28, 28) uint8. scores: what the model's rows are, probabilities or votes; names: of the
    classes."""
    probabilities = prediction.probabilities[0]
    best, doubtful = int(probabilities.argmax()), prediction.doubtful is not None and bool(prediction.doubtful[0])
    confidence = reading.confidence_text(probabilities[best], scores, len(probabilities))
    said = f"nearest: {names[best]}, {confidence}" if doubtful else f"predicted with {confidence}"
    return Answer(reading.shares(probabilities, scores), digit, said, doubtful)


def doubt(prediction: Reading) -> str | None:
    """A sentence where a digit is unlike all those that the model learned from, or nothing. prediction: what the worker read."""
    # a model that keeps no digits to compare with cannot tell
    if prediction.doubtful is None or not prediction.doubtful[0]:
        return None
    return "This is probably not a digit: it is unlike those that the model was trained on."


def has_to_choose(prediction: Reading, run_id: str) -> str | None:
    """What to know of predictions for what is doubted to be a digit, or nothing."""
    if doubt(prediction) is None:
        return None
    best = with_article(names(run_id)[int(prediction.probabilities[0].argmax())])
    return (
        f"**Probably no digit**: it is unlike those that {wording.plain(prediction.judge or run_id)} was trained on. "
        f"A network by itself has to choose one of its classes, here {best}."
    )


def neighbours(run_id: str, digit: np.ndarray, instead: Callable[[], None] | None) -> None:
    """The training digits that the model finds most alike; instead: lets a model read that can tell, if there is one."""
    try:
        nearest = cache.worker().neighbours(run_id, digit[None])
    except WorkerError as error:
        st.caption(wording.plain(error))
        if instead:
            st.button(f"Use the run {DEFAULT_RUN}", on_click=instead)
        return
    parts = runs.load_record(run_id).dataset.get("parts", [])
    pictures = [_neighbour(parts, *pair) for pair in zip(nearest.index[0].tolist(), nearest.labels[0], strict=True)]
    reading.row(pictures, "1rem", width="96px")
    st.caption(
        f"The most similar training digits by the last hidden layer, nearest first. The fifth is {nearest.distance[0]:.2f} away; "
        f"997 of 1,000 varied digits have theirs within {nearest.limit:.2f}."
    )


def _neighbour(parts: Sequence[tuple[str, int]], index: int, label: int) -> str:
    """A training digit as HTML, or its number where it is not here. parts: the datasets that were joined, with their sizes."""
    try:
        name, number = registry.part_of(parts, index)
    except registry.DatasetError:
        return f"{titled(label)}, training digit {index:,}"
    kind = name.partition(":")[0]
    said = {
        "generated": f"{titled(label)} by the generator",
        "drawn": f"{titled(label)} from the drawings that it was trained on",
        "mnist": f"{titled(label)}, MNIST's {number:,}",
    }.get(kind, f"{titled(label)}, number {number:,} of {'your file' if kind in ('npz', 'file') else name}")
    image = registry.generated_digit(name, number) if kind == "generated" else _kept_digit(name, number)
    return said if image is None else reading.picture(image, 84, said)


def _kept_digit(name: str, number: int) -> np.ndarray | None:
    """The picture of a training digit of a dataset that can be opened at once, else None."""
    dataset = None if name.startswith("drawn:") else cache.dataset(name)
    return dataset.images[number] if isinstance(dataset, Dataset) and number < len(dataset.images) else None

"""Ways to colour the points of a map: each gives every digit a place in a palette, and the palette a legend.

A way takes the dataset, a run's predictions for digits that it did not learn from (training/analysis/out_of_fold.py) or None, and
the outlier scores or None; what it needs of those stands in NEEDS.
"""

from collections.abc import Callable

import numpy as np

from dashboard.components.scatter import Colouring
from dashboard.theme import TEN
from training.datasets.dataset import Dataset

STEPS = 32  # of a scale
GREY, FAINT = (148, 164, 162, 130), (148, 164, 162, 70)
PALE = (58, 134, 208, 120)
BLUE, ORANGE = (58, 134, 208, 255), (231, 99, 0, 255)
NO_PREDICTION = "training digit, no prediction"


COLOURINGS: dict[str, Callable[[Dataset, np.ndarray | None, np.ndarray | None], Colouring]] = {}
NEEDS: dict[str, str | None] = {}


def colouring(name: str, needs: str | None = None) -> Callable:
    """Register a way under the name that the page shows; needs: "run", "outlier score" or nothing."""

    def register(function: Callable) -> Callable:
        COLOURINGS[name], NEEDS[name] = function, needs
        return function

    return register


@colouring("label")
def by_label(dataset, probabilities, outlier_scores) -> Colouring:
    """A colour for each class."""
    return Colouring(dataset.labels, _classes(dataset), list(dataset.class_names), layered=False, first_class=0)


@colouring("split")
def by_split(dataset, probabilities, outlier_scores) -> Colouring:
    """Grey for the training part, blue for the test part."""
    return Colouring((dataset.split == "test").astype(np.uint8), [FAINT, BLUE], ["train", "test"])


@colouring("correct or wrong", "run")
def by_correctness(dataset, probabilities, outlier_scores) -> Colouring:
    """Orange where the run misclassifies a digit that it did not learn from."""
    wrong = probabilities.argmax(axis=1) != dataset.labels
    colours = np.where(np.isnan(probabilities[:, 0]), 0, np.where(wrong, 2, 1))
    return Colouring(colours.astype(np.uint8), [FAINT, PALE, ORANGE], [NO_PREDICTION, "correct", "wrong"], large=(2,))


@colouring("prediction", "run")
def by_prediction(dataset, probabilities, outlier_scores) -> Colouring:
    """The colour of the class that the run predicts, of digits that it did not learn from."""
    colours = np.where(np.isnan(probabilities[:, 0]), 0, probabilities.argmax(axis=1) + 1)
    legend = [NO_PREDICTION, *dataset.class_names]
    return Colouring(colours.astype(np.uint8), [FAINT, *_classes(dataset)], legend, first_class=1)


@colouring("confidence", "run")
def by_confidence(dataset, probabilities, outlier_scores) -> Colouring:
    """From grey to orange, the less confident the run is."""
    highest = probabilities.max(axis=1)
    doubt = np.sqrt(np.clip(2 * (1 - np.nan_to_num(highest, nan=1.0)), 0, 1))  # most confidences are close to 1
    colours = np.where(np.isnan(highest), 0, 1 + np.round((STEPS - 1) * doubt))
    return Colouring(
        colours.astype(np.uint8), _scale(), {"low": "confident", "high": "not confident", "none": NO_PREDICTION}
    )


@colouring("outlier score", "outlier score")
def by_outlier_score(dataset, probabilities, outlier_scores) -> Colouring:
    """From grey to orange, the farther a digit is from its neighbours; most are grey."""
    ranks = np.empty(len(outlier_scores))
    ranks[np.argsort(outlier_scores, kind="stable")] = np.linspace(0, 1, len(outlier_scores))
    colours = 1 + np.round((STEPS - 1) * ranks**4)  # only the last few of a hundred stand out
    return Colouring(colours.astype(np.uint8), _scale(), {"low": "typical", "high": "outlier"})


def _classes(dataset: Dataset) -> list[tuple[int, int]]:
    return [(number % len(TEN), 255) for number in range(len(dataset.class_names))]


def _scale() -> list[tuple[int, int, int, int]]:
    """The colour of what has no value, then from faint grey to strong orange."""
    shares = np.linspace(0, 1, STEPS)[:, None]
    return [FAINT, *map(tuple, np.round(np.array(GREY) + shares * (np.array(ORANGE) - GREY)).astype(int).tolist())]

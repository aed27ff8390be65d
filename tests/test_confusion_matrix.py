"""The cells of the confusion matrix."""

import numpy as np

from dashboard.components.confusion_matrix import cells, differences
from training.analysis.confusion import by_row

NAMES = ("0", "1", "2")
MATRIX = np.array([[90, 10, 0], [0, 50, 0], [3, 0, 997]])


def test_cells_print_counts_or_shares():
    assert cells(MATRIX, MATRIX, NAMES)["texts"] == ["90", "10", "", "", "50", "", "3", "", "997"]
    assert cells(MATRIX, by_row(MATRIX), NAMES)["texts"] == ["90.0", "10.0", "", "", "100.0", "", "0.3", "", "99.7"]


def test_cells_say_what_they_count():
    assert cells(MATRIX, MATRIX, NAMES)["hover"][6] == "3 of 1,000 digits labelled 2 are predicted as 0 (0.3%)"


def test_heat_is_logarithmic():
    heat = cells(MATRIX, MATRIX, NAMES)["heat"]
    assert heat[8] == 1
    assert heat[2] == 0
    assert heat[6] == round(float(np.log(4) / np.log(998)), 3)


def test_an_empty_matrix_has_cells():
    empty = np.zeros((3, 3), int)
    found = cells(empty, by_row(empty), NAMES)
    assert set(found["heat"]) == {0}
    assert found["hover"][0] == "0 of 0 digits labelled 0 are predicted as 0"


def test_colours_may_be_linear():
    heat = cells(MATRIX, MATRIX, NAMES, log=False)["heat"]
    assert heat[0] == round(90 / 997, 3)
    assert heat[8] == 1


def test_differences_say_who_has_more():
    found = differences(np.array([[2, 0, -1], [0, -1200, 0], [0, 3, 0]]), NAMES)
    assert found["texts"] == ["+2", "", "−1", "", "−1,200", "", "", "+3", ""]
    assert [place for place, less in enumerate(found["less"]) if less] == [2, 4]
    assert found["hover"][0] == "A classifies 2 more digits labelled 0 correctly than B"
    assert found["hover"][2] == "B classifies 1 more digit labelled 0 as 2 than A"
    assert found["hover"][1] == "A and B classify equally many digits labelled 0 as 1"
    assert max(found["heat"]) == found["heat"][4] == 1

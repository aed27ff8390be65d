"""Every way to colour a map gives each digit a place in its palette, and puts forward what it is for."""

import numpy as np
import pytest

from dashboard.sections.map_colours import COLOURINGS, NEEDS, STEPS


@pytest.fixture(scope="module")
def answers(digits):
    """Certain and right, but for three digits: nobody was asked, wrong, unsure."""
    found = np.eye(10, dtype=np.float32)[digits.labels]
    found[0] = np.nan
    found[1] = np.roll(found[1], 1)
    found[2] = 0.1
    return found


@pytest.fixture(scope="module")
def outlier_scores(digits):
    return np.linspace(0, 1, len(digits.labels))


@pytest.mark.parametrize("name", COLOURINGS)
def test_every_digit_has_a_colour_with_a_name(name, digits, answers, outlier_scores):
    found = COLOURINGS[name](digits, answers, outlier_scores)
    assert found.colours.shape == digits.labels.shape
    assert found.colours.dtype == np.uint8
    assert found.colours.max() < len(found.palette)
    assert all(len(ink) in (2, 4) and min(ink) >= 0 and max(ink) <= 255 for ink in found.palette)
    if isinstance(found.legend, list):
        assert len(found.legend) == len(found.palette)
    else:
        assert {"low", "high"} <= set(found.legend)
        assert len(found.palette) == STEPS + 1


@pytest.mark.parametrize("name", [name for name, needs in NEEDS.items() if needs == "run"])
def test_who_was_not_asked_has_the_colour_of_that(name, digits, answers):
    found = COLOURINGS[name](digits, answers, None)
    assert found.colours[0] == 0
    assert (found.colours[1:] > 0).all()


def test_wrong_and_unsure_lie_above(digits, answers, outlier_scores):
    right, sure = COLOURINGS["correct or wrong"](digits, answers, None), COLOURINGS["confidence"](digits, answers, None)
    assert right.legend[right.colours[1]] == "wrong"
    assert right.legend[right.colours[3]] == "correct"
    assert right.layered
    assert sure.colours[2] == STEPS
    assert sure.colours[3] == 1
    odd = COLOURINGS["outlier score"](digits, None, outlier_scores)
    assert odd.colours[-1] == STEPS
    assert odd.colours[0] == 1

"""Every explanation finds the one pixel that a toy model looks at."""

import numpy as np
import pytest

from models import caption
from models.explanations import EXPLANATIONS


def reader(row, column):
    """A model of two classes that looks at one pixel alone."""

    def predict(images):
        lit = images[:, row, column] / 255
        return np.stack([1 - lit, lit], axis=1).astype(np.float32)

    return predict


@pytest.mark.parametrize("name", EXPLANATIONS)
@pytest.mark.parametrize("place", [(14, 14), (3, 20), (0, 0), (27, 27)])
def test_it_finds_the_pixel_that_counts(name, place):
    image = np.full((28, 28), 200, np.uint8)
    heat = EXPLANATIONS[name](reader(*place), image, 1)
    assert heat.shape == (28, 28)
    found = np.unravel_index(heat.argmax(), heat.shape)
    assert max(abs(a - b) for a, b in zip(found, place, strict=True)) <= 2
    assert heat.max() > 0.1
    assert heat[(place[0] + 14) % 28, (place[1] + 14) % 28] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(EXPLANATIONS[name](reader(*place), image, 0), -heat, atol=1e-6)
    assert caption(EXPLANATIONS[name]).endswith(").")


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_an_empty_picture_says_nothing(name):
    assert not EXPLANATIONS[name](reader(3, 3), np.zeros((28, 28), np.uint8), 0).any()

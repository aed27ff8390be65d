"""What is no digit is drawn in every kind, the same from the same seed, and a model that knows digits alone is less sure of it."""

import numpy as np
import pytest

from models import prediction, run_directory
from models.preprocessing.strokes import from_strokes
from training.datasets import outliers
from training.datasets.generator import generate, write


@pytest.mark.parametrize("kind", outliers.KINDS)
def test_each_kind_is_drawn_and_varies(kind):
    rng, (share, draw) = np.random.default_rng(0), outliers.KINDS[kind]
    assert share > 0
    images = np.stack([from_strokes(draw(rng)) for _ in range(8)])
    assert images.shape == (8, 28, 28)
    assert (images.max(axis=(1, 2)) > 128).all()
    assert len(np.unique(images, axis=0)) == 8


@pytest.mark.parametrize("name", outliers.SIGNS)
def test_a_sign_can_be_written(name):
    lines = write((1, outliers.SIGNS[name]), np.random.default_rng(0), 0)
    assert len(lines) == outliers.SIGNS[name].count("|") + 1
    assert 0.1 < np.ptp(np.concatenate(lines), axis=0).max() < 1.6


def test_the_same_seed_draws_the_same():
    np.testing.assert_array_equal(outliers.generate(30, 2), outliers.generate(30, 2))
    assert not np.array_equal(outliers.generate(30, 2), outliers.generate(30, 3))
    assert outliers.generate(0).shape == (0, 28, 28)


def test_a_model_that_knows_digits_alone_is_less_confident_of_them(keras):
    predict = prediction.load(run_directory("cnn-6layer")).predict
    strange, digits = (predict(images).max(axis=1).mean() for images in (outliers.generate(200), generate(200)[0]))
    assert strange < digits - 0.1

"""The generator writes every digit in every style, each time the same from one seed, and a digit is no other digit."""

import numpy as np
import pytest
from scipy import ndimage

from training.datasets import registry
from training.datasets.dataset import DatasetError
from training.datasets.generator import PIECE, generate, picture, piece, write
from training.datasets.styles import STYLES

EVERY = [(digit, name) for digit, styles in STYLES.items() for name in styles]


@pytest.mark.parametrize(("digit", "name"), EVERY)
def test_a_style_is_written_within_reason(digit, name):
    style = STYLES[digit][name]
    assert style[0] > 0
    rng = np.random.default_rng(0)
    plain = write(style, rng, variation=0)
    assert len(plain) == style[1].count("|") + 1
    for line in [*plain, *write(style, rng), *write(style, rng, 1.4)]:
        assert line.shape[1] == 2
        assert np.isfinite(line).all()
        assert (np.abs(line) < 1.5).all()
    assert 0.8 < np.ptp(np.concatenate(plain)[:, 1]) < 1.4


def test_without_wildness_a_style_is_always_the_same():
    style = STYLES[5]["in one stroke"]
    first, second = (write(style, np.random.default_rng(seed), 0) for seed in (1, 2))
    np.testing.assert_allclose(first[0], second[0])


def test_the_same_seed_writes_the_same_digits():
    (images, labels, names), again, other = generate(60), generate(60), generate(60, seed=2)
    np.testing.assert_array_equal(images, again[0])
    np.testing.assert_array_equal(names, again[2])
    assert not np.array_equal(images, other[0])
    np.testing.assert_array_equal(np.bincount(labels), np.full(10, 6))
    np.testing.assert_array_equal(picture(7), images[7])
    assert all(name in STYLES[label] for label, name in zip(labels, names, strict=True))


def test_digits_are_centred_as_mnists_are():
    centres = [ndimage.center_of_mass(image) for image in generate(40)[0]]
    np.testing.assert_allclose(np.mean(centres, axis=0), (14, 14), atol=0.2)


def test_the_dataset_has_any_number_of_digits():
    found = registry.load("generated:120:7")
    assert found.images.shape == (120, 28, 28)
    assert (found.split == "train").sum() == 100
    np.testing.assert_array_equal(found.images, generate(120, 7)[0])


@pytest.mark.parametrize(
    "name", ["generated:", "generated:x", "generated:100:1:1", "generated:59", "digits:100", "generated:-100"]
)
def test_what_is_no_dataset_is_refused(name):
    with pytest.raises(DatasetError):
        registry.load(name)


def test_datasets_are_joined_for_training_and_tested_on_the_first():
    found = registry.load("generated:120+generated:60:2")
    first, second = registry.load("generated:120"), registry.load("generated:60:2")
    images, labels = found.part("train")
    np.testing.assert_array_equal(images, np.concatenate([first.part("train")[0], second.part("train")[0]]))
    np.testing.assert_array_equal(found.part("test")[1], first.part("test")[1])
    assert len(labels) == 150
    with pytest.raises(DatasetError, match="different sizes"):
        registry.load("generated:60+digits")


def test_a_model_that_never_saw_them_reads_most_of_them(keras):
    from models import prediction, run_directory

    images, labels, _ = generate(400, seed=3)
    read = prediction.load(run_directory("cnn-6layer")).predict(images).argmax(axis=1)
    assert (read == labels).mean() > 0.85  # MNIST's own hand reads them, but for the styles that it does not know


def test_a_training_digit_is_written_again_without_the_others():
    found = registry.load("generated:60:7")
    np.testing.assert_array_equal(registry.generated_digit(found.name, 42), found.images[42])


def test_a_series_that_was_written_in_pieces_is_the_same():
    count = PIECE + 30
    images, labels, names = generate(count, 4)
    for number in (0, PIECE - 1, PIECE, count - 1):
        np.testing.assert_array_equal(picture(number, 4), images[number])
    assert len(images) == len(labels) == len(names) == count
    assert piece(4, PIECE)[0] is piece(4, PIECE)[0]

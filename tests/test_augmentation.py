"""Every registered augmentation varies digits without losing them, the same way for the same generator."""

import numpy as np
import pytest
from scipy import ndimage

from models import caption
from training.augmentation import AUGMENTATIONS, _blur, sample


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_it_varies_and_keeps_the_contract(name, digits):
    images = np.pad(digits.images[:60], ((0, 0), (10, 10), (10, 10)))
    once, again, other = (AUGMENTATIONS[name](images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert once.shape == images.shape
    assert once.dtype == np.uint8
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)
    assert not np.array_equal(once, images)
    assert np.abs(once.mean() / images.mean() - 1) < 0.15, "the ink is kept"
    assert caption(AUGMENTATIONS[name])


def test_shift_moves_whole_pixels(digits):
    image = np.pad(digits.images[:1], ((0, 0), (10, 10), (10, 10)))
    moved = AUGMENTATIONS["shift"](np.repeat(image, 100, axis=0), np.random.default_rng(0))
    allowed = {np.roll(image[0], (y, x), (0, 1)).tobytes() for y in range(-2, 3) for x in range(-2, 3)}
    assert {picture.tobytes() for picture in moved} <= allowed
    assert len({picture.tobytes() for picture in moved}) > 15


def test_affine_turns_and_moves_within_its_bounds():
    image = np.zeros((1, 41, 41), np.uint8)
    image[0, 20, 14:27] = 255  # a level stroke, its middle in the middle
    varied = AUGMENTATIONS["affine"](np.repeat(image, 300, axis=0), np.random.default_rng(0))
    rows, columns = np.mgrid[:41, :41] - 20.0
    turns, moves = [], []
    for picture in varied.astype(float):
        y, x = np.average(rows, weights=picture), np.average(columns, weights=picture)
        across = np.average((columns - x) ** 2, weights=picture)
        turns.append(np.degrees(np.arctan2(np.average((columns - x) * (rows - y), weights=picture), across)))
        moves.append((y, x))
    assert 18 < np.abs(turns).max() < 20.5
    assert (np.abs(moves).max(axis=0) > 0.19 * 41).all()
    assert np.abs(moves).max() < 0.2 * 41 + 0.3


def test_sampling_is_scipys(rng):
    image = rng.integers(0, 256, (1, 9, 7), dtype=np.uint8)
    rows, columns = rng.uniform(0, 8, (1, 9, 7)), rng.uniform(0, 6, (1, 9, 7))
    expected = ndimage.map_coordinates(image[0].astype(float), [rows[0], columns[0]], order=1)
    np.testing.assert_allclose(sample(image, rows, columns)[0], expected, atol=0.6)


def test_outside_is_black(rng):
    image = np.full((1, 5, 5), 255, np.uint8)
    far = np.full((1, 5, 5), -3.0)
    np.testing.assert_array_equal(sample(image, far, far), 0)
    np.testing.assert_array_equal(sample(image, far + 20, far + 20), 0)


def test_blur_is_a_gaussian(rng):
    field = rng.normal(size=(1, 28, 28)).astype(np.float32)
    expected = ndimage.gaussian_filter(field[0], 3, mode="constant", truncate=10)
    np.testing.assert_allclose(_blur(field, 3.0)[0], expected, atol=1e-3)

"""Every registered augmentation varies digits without losing them, the same way for the same generator."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import ndimage

from models import caption
from training.augmentation import AUGMENTATIONS, _affine, _blur, _elastic, sample


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


def distorted(images, turn=0.0, shear=0.0, tall=1.0, wide=1.0, down=0.0, right=0.0):
    """What elastic makes of the images where its generator draws these values for each of them, and no bending."""
    count, height, width = images.shape
    pairs = [
        np.full((2, count, 1, 1), np.reshape(pair, (2, 1, 1, 1)))
        for pair in ((turn, shear), (tall, wide), (down, right))
    ]
    drawn = iter([*pairs, np.zeros((2, count, height, width))])
    return _elastic(images, SimpleNamespace(uniform=lambda low, high, size: next(drawn))).astype(int)


def padded(digits):
    return np.pad(digits.images[:20] * 15, ((0, 0), (10, 10), (9, 9)))


@pytest.mark.parametrize("turn", [0.2, -0.1])
def test_turning_is_that_of_keras(turn, digits, keras):
    layer = keras.layers.RandomRotation((turn / (2 * np.pi),) * 2, fill_mode="constant", interpolation="bilinear")
    images = padded(digits)
    expected = np.asarray(layer(images[..., None].astype("float32"), training=True))[..., 0]
    np.testing.assert_allclose(distorted(images, turn), expected, atol=0.6)


def test_moving_is_that_of_keras(digits, keras):
    images = padded(digits)
    height, width = images.shape[1:]
    layer = keras.layers.RandomTranslation((1.25 / height,) * 2, (-0.5 / width,) * 2, fill_mode="constant")
    expected = np.asarray(layer(images[..., None].astype("float32"), training=True))[..., 0]
    np.testing.assert_allclose(distorted(images, down=-1.25, right=0.5), expected, atol=0.6)


def test_all_at_once_is_one_affine_transform_of_keras(digits, keras):
    images = padded(digits)
    turn, shear, tall, wide, down, right = 0.15, -0.2, 0.9, 1.1, 1.5, -0.75
    middle = (np.array(images.shape[:0:-1]) - 1) / 2  # x before y, as Keras has them
    matrix = np.array(
        [
            [np.cos(turn) * wide, -np.sin(turn) * wide + shear],
            [np.sin(turn) * tall, np.cos(turn) * tall],
        ]
    )
    moved = middle + np.array([right, down]) - matrix @ middle
    transform = [*matrix[0], moved[0], *matrix[1], moved[1], 0, 0]
    expected = np.asarray(
        keras.ops.image.affine_transform(images[..., None].astype("float32"), np.array([transform] * 20, "float32"))
    )[..., 0]
    np.testing.assert_allclose(distorted(images, turn, shear, tall, wide, down, right), expected, atol=0.6)


def test_affine_is_keras_turning_before_keras_moving(digits, keras):
    """Moved by whole pixels, for Keras reads the pixels once for each layer."""
    images = padded(digits)
    height, width = images.shape[1:]
    turn, down, right = -12.0, 4 / height, -3 / width
    drawn = iter([np.full((20, 1, 1), turn), np.reshape([down, right], (2, 1, 1, 1))])
    ours = _affine(images, SimpleNamespace(uniform=lambda low, high, size: next(drawn))).astype(int)
    layers = [
        keras.layers.RandomRotation((turn / 360,) * 2, fill_mode="constant"),
        keras.layers.RandomTranslation((down, down), (right, right), fill_mode="constant"),
    ]
    expected = images[..., None].astype("float32")
    for layer in layers:
        expected = layer(expected, training=True)
    np.testing.assert_allclose(ours, np.asarray(expected)[..., 0], atol=0.6)

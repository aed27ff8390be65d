"""Every registered classifier keeps the contract; each one does what its source says."""

import numpy as np
import pytest
from scipy import ndimage

from models import caption, classifiers
from models.classifiers import CLASSIFIERS, deslant
from models.image_distortion import distortion, gradients


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_it_learns_and_answers_with_scores_that_sum_to_one(name, digits):
    model = CLASSIFIERS[name](10, 0)
    images, labels = digits.part("train")
    model.fit(images, labels)
    test_images, test_labels = digits.part("test")
    found = model.predict(test_images)
    assert found.shape == (797, 10)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-4)
    assert (found >= 0).all()
    assert (found.argmax(axis=1) == test_labels).mean() > 0.85
    np.testing.assert_allclose(model.predict(test_images[:1]), found[:1], atol=1e-5)
    assert model.scores in (classifiers.VOTES, classifiers.DUELS, classifiers.PROBABILITIES)
    assert caption(CLASSIFIERS[name]).endswith(".")


def test_virtual_support_vectors_are_the_first_ones_shifted(digits):
    images, labels = digits.part("train")
    plain, virtual = (CLASSIFIERS["svm"](10, 0, virtual=pixels) for pixels in (0, 1))
    for model in (plain, virtual):
        model.fit(images, labels)
    vectors = deslant(images)[plain.estimator.support_]
    known = {row.tobytes() for row in classifiers.flatten(classifiers.with_shifts(vectors, 1)).astype(np.float64)}
    assert len(virtual.estimator.support_) > len(vectors)
    assert {row.tobytes() for row in virtual.estimator.support_vectors_} <= known


def test_shifts_go_one_way_each_and_bring_in_zeros():
    image = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3)
    same, right, left, down, up = classifiers.with_shifts(image, 1)
    np.testing.assert_array_equal(same, image[0])
    np.testing.assert_array_equal(right, [[0, 1, 2], [0, 4, 5], [0, 7, 8]])
    np.testing.assert_array_equal(left, [[2, 3, 0], [5, 6, 0], [8, 9, 0]])
    np.testing.assert_array_equal(down, [[0, 0, 0], [1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(up, [[4, 5, 6], [7, 8, 9], [0, 0, 0]])


def test_pairs_vote_as_scikit_learns_do(digits):
    from sklearn.linear_model import RidgeClassifier
    from sklearn.multiclass import OneVsOneClassifier

    (images, labels), (test_images, _) = digits.part("train"), digits.part("test")
    model = CLASSIFIERS["linear_pairwise"](10, 0)
    model.fit(images, labels)
    theirs = OneVsOneClassifier(RidgeClassifier()).fit(classifiers.flatten(images), labels)
    same = model.predict(test_images).argmax(axis=1) == theirs.predict(classifiers.flatten(test_images))
    assert same.mean() > 0.97  # they settle equal votes by other margins
    again = CLASSIFIERS["linear_pairwise"](10, 0)
    again.restore(model.arrays())
    np.testing.assert_array_equal(again.predict(test_images), model.predict(test_images))


def test_gradients_are_sobels_and_do_not_mix_digits(digits):
    images = digits.images[:3]
    for number, image in enumerate(images):
        light = image.astype(np.float32) / 255
        np.testing.assert_allclose(gradients(images)[number, 0], ndimage.sobel(light, axis=0), atol=1e-5)
        np.testing.assert_allclose(gradients(images)[number, 1], ndimage.sobel(light, axis=1), atol=1e-5)


def test_distortion_is_the_plain_sum_over_pixels(rng):
    own, other, warp = rng.random((2, 5, 4)).astype(np.float32), rng.random((2, 5, 4)).astype(np.float32), 2
    a, b = np.pad(own, ((0, 0), (1, 1), (1, 1))), np.pad(other, ((0, 0), (warp + 1,) * 2, (warp + 1,) * 2))
    total = 0.0
    for i in range(5):
        for j in range(4):
            places = [(i + y, j + x) for y in range(5) for x in range(5)]
            total += min(((a[:, i : i + 3, j : j + 3] - b[:, y : y + 3, x : x + 3]) ** 2).sum() for y, x in places)
    assert distortion(a, b[None], warp)[0] == pytest.approx(total, rel=1e-5)


def test_a_shift_within_the_warp_costs_nothing_inside():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 8:20, 13:15] = 255
    own = np.pad(gradients(image)[0], ((0, 0), (1, 1), (1, 1)))

    def away(columns):
        moved = gradients(np.roll(image, columns, axis=2))
        return distortion(own, np.pad(moved, ((0, 0), (0, 0), (3, 3), (3, 3))), 2)[0]

    assert away(2) == pytest.approx(0, abs=1e-4)
    assert away(5) > 1


def test_deslanting_stands_a_slanted_bar_upright():
    rows, columns = np.mgrid[:28, :28]
    bar = (np.abs(columns - 14 + 0.6 * (rows - 14)) < 1.5) & (np.abs(rows - 14) < 9)
    upright = deslant((255 * bar[None]).astype(np.uint8))[0].astype(float)
    assert (upright.sum(axis=0) > 200).sum() <= 5
    assert (255 * bar.sum(axis=0) > 200).sum() > 10
    np.testing.assert_array_equal(deslant(np.zeros((1, 28, 28), np.uint8)), 0)

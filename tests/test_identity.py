"""Runs from elsewhere answered the same digits if their pictures or labels say so."""

import numpy as np
import pytest

from training import identity
from training.runs import load_predictions, load_record


@pytest.mark.parametrize("run", ["cnn-large", "digits-mlp-15"])
def test_labels_of_known_test_digits_are_told_by_themselves(run):
    record, labels = load_record(run), load_predictions(run).labels
    assert identity.identify(labels) == (record.tested, record.test_digits)
    assert identity.identify(labels.astype(np.int64)) == (record.tested, record.test_digits)
    name, found = identity.identify(labels[::-1])
    assert name == identity.OWN_DIGITS
    assert found.startswith("labels ")


FORMS = {
    "bytes": lambda x: x,
    "int": lambda x: x.astype(int),
    "0 to 255": lambda x: x.astype(np.float32),
    "0 to 1": lambda x: x / np.float32(255),
    "-1 to 1": lambda x: x.astype(np.float32) / 127.5 - 1,
    "standardised": lambda x: (x / 255 - 0.1307) / 0.3081,
    "half": lambda x: (x / 255).astype(np.float16),
    "a channel": lambda x: x[..., None] / 255,
    "rows": lambda x: x.reshape(len(x), -1) / 255,
}


@pytest.mark.parametrize("form", FORMS)
def test_pictures_are_the_same_in_whatever_form_a_model_reads_them(form, rng):
    images = rng.integers(0, 256, (20, 8, 8), np.uint8)
    images[0, 0, :2] = 0, 255
    labels = rng.integers(0, 10, 20)
    assert identity.identify(labels, FORMS[form](images)) == identity.identify(labels, images)
    other = images.copy()
    other[3, 3, 3] ^= 1
    assert identity.identify(labels, other) != identity.identify(labels, images)


def test_other_pictures_with_known_labels_are_other_digits(mnist):
    images, labels = mnist.part("test")
    assert identity.identify(labels, images / 255) == ("mnist", mnist.test_sha256)
    assert identity.identify(labels, np.rot90(images, axes=(1, 2)))[0] == identity.OWN_DIGITS


def test_pictures_that_are_no_pixels_leave_the_labels(rng):
    labels = load_predictions("digits-mlp-15").labels
    assert identity.identify(labels, rng.normal(size=(len(labels), 8, 8)))[0] == "digits"
    assert identity.pixels(np.full((2, 3), np.nan)) is None
    assert identity.pixels(np.array(["a"])) is None
    assert identity.pixels(np.full((2, 2), 300)) is None

"""The neighbours that are shown of a digit are those by which the classifier decided."""

import numpy as np

from models import deformed
from models.classifiers import DeformableNeighbours
from training import runs

SETTINGS = {"neighbours": 5, "candidates": 60, "fade": 0.15}


def shares(found: deformed.Nearest, labels: np.ndarray) -> np.ndarray:
    return np.bincount(labels[found.place], found.share, minlength=10)


def test_they_vote_as_the_classifier_does(digits, monkeypatch):
    monkeypatch.setattr(deformed, "PART", 100)  # parts that do not come out even
    train, test = digits.where("train", None)[:730], digits.where("test", None)[:12]
    classifier = DeformableNeighbours(10, **SETTINGS)
    classifier.fit(digits.images[train], digits.labels[train])
    expected = classifier.predict(digits.images[test])
    for number, row in zip(test, expected, strict=True):
        found = deformed.nearest(digits.images[number], digits.images[train], **SETTINGS)
        assert (np.diff(found.distance) >= 0).all()
        np.testing.assert_allclose(shares(found, digits.labels[train]), row, atol=1e-5)


def test_a_training_digit_is_its_own_nearest(digits):
    train = digits.where("train", None)
    found = deformed.nearest(digits.images[train[3]], digits.images[train], **SETTINGS)
    assert (found.place[0], found.distance[0]) == (3, 0)
    assert found.share[0] == 1


def test_the_shipped_run_voted_so(mnist):
    record, kept = runs.load_record("knn-deform"), runs.load_predictions("knn-deform").probabilities
    train, test = mnist.where("train", None), mnist.where("test", None)
    assert len(train) == record.dataset["train"]
    hard = np.argsort(kept.max(axis=1), kind="stable")[:3]  # digits whose neighbours disagree
    for place in (0, 1, *hard):
        found = deformed.nearest(mnist.images[test[place]], mnist.images[train], **record.network["options"])
        np.testing.assert_allclose(shares(found, mnist.labels[train]), kept[place], atol=2e-3)

"""The nearest digits are the nearest, and what is far from all is told."""

import io

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from models import calls, neighbours, prediction
from tests.conftest import TOY
from training import publishing, trainer
from training.datasets import outliers
from training.datasets.generator import generate


@pytest.fixture
def embeddings(rng):
    return rng.normal(size=(300, 12)).astype(np.float32)


def test_the_nearest_are_those_of_an_independent_search(embeddings, rng):
    kept = _kept(embeddings, embeddings[:50])
    asked = rng.normal(size=(20, 12)).astype(np.float32)
    places, distances = kept.nearest(asked, 5)
    stored = kept.embeddings.astype(np.float32)
    expected, _ = NearestNeighbors(n_neighbors=5).fit(stored).kneighbors(neighbours.unit(asked))
    np.testing.assert_allclose(distances, expected, atol=2e-3)
    exact = np.linalg.norm(stored[places] - neighbours.unit(asked)[:, None], axis=2)
    np.testing.assert_allclose(exact, expected, atol=2e-3)  # two that are equally near may stand in either order


def _kept(embeddings, held_out, confidence=None):
    confidence = np.ones(len(held_out)) if confidence is None else confidence
    return neighbours.choose(np.arange(300), np.zeros(300, np.uint8), embeddings, held_out, confidence)


def test_each_limit_lets_nearly_all_held_out_digits_pass(embeddings, rng):
    held_out, confidence = rng.normal(size=(4000, 12)).astype(np.float32), rng.uniform(size=4000)
    kept = _kept(embeddings, held_out, confidence)
    distance = kept.nearest(held_out)[1][:, -1]
    sure, near = np.eye(10)[np.zeros(4000, int)], np.zeros(4000)
    unsure = np.stack([confidence, *[(1 - confidence) / 99] * 99], axis=1)
    assert kept.doubtful(distance, sure).mean() == pytest.approx(1 - neighbours.USUAL, abs=0.0005)
    np.testing.assert_array_equal(kept.doubtful(distance, sure), distance > kept.limit)
    np.testing.assert_array_equal(kept.doubtful(near, unsure), unsure.max(axis=1) < kept.least_confidence)
    assert (confidence < kept.least_confidence).mean() == pytest.approx(1 - neighbours.USUAL, abs=0.0005)


def test_references_come_back_from_their_file(embeddings):
    labels = np.arange(300).astype(np.uint8) % 10
    kept = neighbours.choose(np.arange(300), labels, embeddings, embeddings[:50], np.linspace(0.5, 1, 50))
    again = neighbours.load(io.BytesIO(kept.to_bytes()))
    np.testing.assert_array_equal(again.embeddings, kept.embeddings)
    np.testing.assert_array_equal(again.labels, kept.labels)
    assert (again.limit, again.least_confidence) == (kept.limit, kept.least_confidence)
    assert kept.least_confidence == pytest.approx(0.5 + 0.5 * (1 - neighbours.USUAL))


def test_an_embedding_of_nothing_has_no_direction_and_no_error():
    assert not neighbours.unit(np.zeros((1, 4))).any()


def test_a_run_keeps_the_embeddings_of_its_training_digits(digits, keras, shelf):
    recipe = TOY.model_copy(update={"references": 40})
    run = trainer.train(recipe, digits)
    record = publishing.save(run)
    kept = neighbours.load(shelf / record.run_id / neighbours.FILE)
    images, labels = digits.part("train")
    embed = prediction.load(shelf / record.run_id).embed
    assert len(kept.index) == 40
    assert not set(kept.index) & set(run.predictions.held_out_index)
    np.testing.assert_array_equal(kept.labels, labels[kept.index])
    np.testing.assert_allclose(kept.embeddings, neighbours.unit(embed(images[kept.index])[0]), atol=1e-3)


def test_what_is_no_digit_is_doubted_whichever_model_reads_it(keras):
    strange, digits = outliers.generate(60, seed=3), generate(60, seed=3)[0]
    for run in ("cnn-large", "linear-pairwise"):
        assert calls.read(run, strange).doubtful.mean() > 0.6
        assert calls.read(run, digits).doubtful.mean() < 0.2
        np.testing.assert_array_equal(calls.read(run, digits).probabilities, calls.predict(run, digits).probabilities)


def test_without_the_default_run_nobody_tells(keras, shelf, toy_run):
    run = publishing.save(toy_run).run_id
    assert calls.read(run, np.zeros((1, 8, 8), np.uint8)).doubtful is None

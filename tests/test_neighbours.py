"""The nearest digits are the nearest, and what is far from all is told."""

import io

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from models import neighbours, prediction
from tests.conftest import TOY
from training import publishing, trainer


@pytest.fixture
def embeddings(rng):
    return rng.normal(size=(300, 12)).astype(np.float32)


def test_the_nearest_are_those_of_an_independent_search(embeddings, rng):
    kept = neighbours.choose(np.arange(300), np.zeros(300, np.uint8), embeddings, embeddings[:50])
    asked = rng.normal(size=(20, 12)).astype(np.float32)
    places, distances = kept.nearest(asked, 5)
    stored = kept.embeddings.astype(np.float32)
    expected, _ = NearestNeighbors(n_neighbors=5).fit(stored).kneighbors(neighbours.unit(asked))
    np.testing.assert_allclose(distances, expected, atol=2e-3)
    exact = np.linalg.norm(stored[places] - neighbours.unit(asked)[:, None], axis=2)
    np.testing.assert_allclose(exact, expected, atol=2e-3)  # two that are equally near may stand in either order


def test_the_limit_lets_99_of_100_held_out_digits_pass(embeddings, rng):
    held_out = rng.normal(size=(1000, 12)).astype(np.float32)
    kept = neighbours.choose(np.arange(300), np.zeros(300, np.uint8), embeddings, held_out)
    assert (kept.nearest(held_out)[1][:, -1] > kept.limit).mean() == pytest.approx(0.01, abs=0.002)


def test_references_come_back_from_their_file(embeddings):
    kept = neighbours.choose(np.arange(300), np.arange(300).astype(np.uint8) % 10, embeddings, embeddings[:50])
    again = neighbours.load(io.BytesIO(kept.to_bytes()))
    np.testing.assert_array_equal(again.embeddings, kept.embeddings)
    np.testing.assert_array_equal(again.labels, kept.labels)
    assert again.limit == kept.limit


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

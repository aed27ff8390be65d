"""Maps: alike digits stand close together, the neighbours are exact, and a file that is no map is a sentence."""

import dataclasses
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from models import ROOT
from training.__main__ import main
from training.analysis import projections
from training.publishing import save


@pytest.fixture(scope="module")
def made(digits):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projections, "ITERATIONS", 250)  # enough for so few digits
        return projections.tsne(projections.points(digits, projections.PIXELS))


def same_label(positions, labels) -> float:
    """Share of digits whose nearest neighbour in the plane has their label."""
    nearest = NearestNeighbors(n_neighbors=2).fit(positions).kneighbors(positions, return_distance=False)
    return float((labels[nearest[:, 1]] == labels).mean())


def test_neighbours_in_the_plane_have_the_same_label(made, digits):
    assert same_label(made.positions, digits.labels) > 0.95
    assert same_label(projections.pca(digits).positions, digits.labels) > 0.4


def test_positions_fill_the_frame(made, digits):
    for positions in (made.positions, projections.pca(digits).positions):
        assert positions.shape == (len(digits.labels), 2)
        assert positions.min() >= 0
        assert np.ptp(positions, axis=0).max() == pytest.approx(1, abs=1e-5)


def test_pca_spreads_as_scikit_learns_does(digits):
    from sklearn.decomposition import PCA

    flat = digits.images.reshape(len(digits.images), -1).astype(float)
    expected, found = PCA(2).fit_transform(flat), projections.pca(digits).positions
    for column in (0, 1):
        assert abs(np.corrcoef(expected[:, column], found[:, column])[0, 1]) > 0.9999


@given(*[st.floats(0, 1, width=32)] * 4)
def test_a_rectangle_encloses_what_lies_between_its_sides(left, right, low, high):
    places = np.random.default_rng(0).random((500, 2))
    found = projections.inside(places, np.array([(left, low), (right, low), (right, high), (left, high)]))
    x, y = places.T
    between = (x > min(left, right)) & (x < max(left, right)) & (y > min(low, high)) & (y < max(low, high))
    np.testing.assert_array_equal(found, between)


def test_a_hollow_of_a_polygon_is_outside():
    mouth = np.array([(0, 0), (1, 0), (0.5, 0.4), (1, 1), (0, 1)])
    assert projections.inside(np.array([(0.2, 0.5), (0.9, 0.4), (2.0, 0.4)]), mouth).tolist() == [True, False, False]
    assert not projections.inside(np.array([(0.2, 0.5)]), np.empty((0, 2))).any()


def test_the_neighbours_are_exact(made, digits):
    exact = pairwise_distances(projections.points(digits, projections.PIXELS).astype(float))
    np.fill_diagonal(exact, np.inf)
    np.testing.assert_allclose(made.distances, np.sort(exact, axis=1)[:, : projections.NEIGHBOURS], atol=1e-3)
    chosen = np.take_along_axis(exact, made.nearest.astype(int), axis=1)
    np.testing.assert_allclose(chosen, made.distances, atol=1e-3)


def test_many_duplicates_are_neighbours_of_each_other_and_never_of_themselves():
    points = np.repeat(np.eye(20, dtype=np.float32), 20, axis=0)
    nearest, distances = projections._nearest(points, 10, lambda share: None)
    assert (nearest != np.arange(400)[:, None]).all()
    assert distances.max() == pytest.approx(0, abs=1e-3)


def test_a_map_comes_back_from_its_file(made, digits, shelf):
    projections.save(made, digits, projections.PIXELS)
    kept = projections.load(digits, projections.PIXELS)
    np.testing.assert_allclose(kept.positions, made.positions, atol=1e-5)
    np.testing.assert_array_equal(kept.nearest, made.nearest)
    np.testing.assert_allclose(kept.outlier_scores, made.outlier_scores, rtol=1e-3)
    assert projections.made(digits) == [projections.PIXELS]


@pytest.mark.parametrize("damage", [b"", b"not an archive", None])
def test_a_damaged_map_is_a_sentence(damage, made, digits, shelf):
    path = projections.save(made, digits, projections.PIXELS)
    path.write_bytes(path.read_bytes()[:-500] if damage is None else damage)
    with pytest.raises(projections.MapError, match="make it again"):
        projections.load(digits, projections.PIXELS)


@pytest.mark.parametrize(
    ("of", "said"),
    [("nobody", "There is no run"), ("svm", "is not a network"), ("canvas", "another size than 8 x 8")],
)
def test_what_no_map_can_be_made_of_is_a_sentence(of, said, digits):
    with pytest.raises(projections.MapError, match=said):
        projections.points(digits, of)


def test_the_command_makes_a_map(shelf, digits, capsys, monkeypatch):
    monkeypatch.setattr(projections, "ITERATIONS", 20)
    main(["map", "digits"])
    assert projections.load(digits, projections.PIXELS).positions.shape == (1797, 2)
    assert ".maps" in capsys.readouterr().out


def test_the_shipped_maps_are_of_mnist(mnist):
    shelf = ROOT / "models" / "saved"
    assert {projections.PIXELS, "canvas"} <= set(projections.made(mnist, shelf))
    for of, least in ((projections.PIXELS, 0.94), ("canvas", 0.98)):
        kept = projections.load(mnist, of, shelf)
        assert (mnist.labels[kept.nearest[:, 0]] == mnist.labels).mean() > least


def test_a_map_belongs_to_the_weights_that_made_it(made, digits, shelf, toy_run):
    record = save(toy_run)
    projections.save(made, digits, record.run_id)
    assert projections.made(digits) == [record.run_id]
    shutil.rmtree(shelf / record.run_id)
    assert projections.made(digits) == []
    assert save(replaced_weights(toy_run)).run_id == record.run_id
    assert projections.made(digits) == []
    with pytest.raises(FileNotFoundError):
        projections.load(digits, record.run_id)


def replaced_weights(run):
    """The same run after another training: its model is another one."""
    return dataclasses.replace(run, files=run.files | {"model.keras": run.files["model.keras"] + b"\0"})

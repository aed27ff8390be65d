"""Ensembles and agreement against scikit-learn and plain counting, on shipped runs and at the edges."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from training.analysis.agreement import agreement, clustered, ensemble, misses, select_members
from training.runs import list_runs, load_predictions

RUNS = ("canvas", "cnn-large", "mlp-800", "svm")


@pytest.fixture(scope="module")
def answers():
    return [load_predictions(run) for run in RUNS]


def test_an_ensemble_of_shipped_runs(answers):
    labels = answers[0].labels
    members = [answer.probabilities.astype(np.float32) for answer in answers]
    found = ensemble(labels, members)
    mean = np.mean([member.astype(float) for member in members], axis=0)
    np.testing.assert_allclose(found.probabilities, mean, atol=1e-6)
    assert found.error == pytest.approx(1 - accuracy_score(labels, mean.argmax(1)), abs=1e-4)
    for place, error in enumerate(found.without):
        others = np.mean([m.astype(float) for i, m in enumerate(members) if i != place], axis=0)
        assert error == pytest.approx(1 - accuracy_score(labels, others.argmax(1)), abs=2e-4)


def test_an_ensemble_of_one_is_its_member_and_of_none_is_refused(answers):
    found = ensemble(answers[1].labels, [answers[1].probabilities.astype(np.float32)])
    assert found.error == (answers[1].classes != answers[1].labels).mean()
    assert np.isnan(found.without).all()
    with pytest.raises(ValueError, match="member"):
        ensemble(answers[1].labels, [])


def test_agreement_is_the_share_classified_alike(answers):
    found = agreement([answer.classes for answer in answers])
    for a, first in enumerate(answers):
        for b, second in enumerate(answers):
            assert found[a, b] == pytest.approx(accuracy_score(first.classes, second.classes))


def test_those_who_agree_stand_together(rng):
    base = rng.integers(0, 10, (2, 500))
    noisy = [np.where(rng.random(500) < 0.1, rng.integers(0, 10, 500), base[i % 2]) for i in range(6)]
    order = clustered(agreement(noisy))
    assert sorted(order) == list(range(6))
    sides = [place % 2 for place in order]
    assert sides in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    assert clustered(agreement(noisy[:1])).tolist() == [0]


def test_misses_are_counted(answers):
    missed = misses([answer.classes != answer.labels for answer in answers])
    expected = sum(int(answer.classes[7] != answer.labels[7]) for answer in answers)
    assert missed[7] == expected
    assert missed.max() <= len(RUNS)


def test_members_are_chosen_by_what_they_held_out():
    """Against every choice tried one by one, on real shipped runs of a study."""
    study = [record.run_id for record in list_runs()[0] if record.recipe.group == "cnn-study"][:8]
    found = {run: load_predictions(run) for run in study}
    labels = found[study[0]].held_out_labels
    rows = {run: answer.held_out_probabilities.astype(np.float32) for run, answer in found.items()}

    def judged(members):
        mean = np.mean([rows[member].astype(float) for member in members], axis=0)
        mean = np.clip(mean, 1e-7, 1)
        loss = log_loss(labels, mean / mean.sum(axis=1, keepdims=True), labels=range(10))
        return round((mean.argmax(1) != labels).sum()), round(loss, 4)

    chosen = select_members(labels, rows, 24)
    assert judged(chosen[:1]) == min(judged([run]) for run in study)
    for count in range(1, len(chosen)):
        others = [run for run in study if run not in chosen[:count]]
        assert judged(chosen[: count + 1])[0] == min(judged([*chosen[:count], run]) for run in others)[0]
        assert judged(chosen[: count + 1]) < judged(chosen[:count])
    assert select_members(labels, rows, 2) == chosen[:2]


def test_no_member_joins_that_does_not_help_and_of_none_nothing_is_selected():
    labels = np.arange(10)
    perfect, constant = np.eye(10, dtype=np.float32), np.full((10, 10), 0.1, np.float32)
    assert select_members(labels, {"constant": constant, "perfect": perfect, "twin": perfect}, 24) == ["perfect"]
    assert select_members(labels, {"constant": constant}, 24) == ["constant"]
    with pytest.raises(ValueError, match="member"):
        select_members(labels, {}, 24)

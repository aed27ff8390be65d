"""What a study found is reckoned from its runs, and agrees with an independent reckoning."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from dashboard.sections import study_conclusions
from tests.conftest import TOY
from training import publishing
from training.analysis.significance import SIGNIFICANCE_LEVEL
from training.commands.study import print_study
from training.runs import Predictions, Run
from training.studies import conclusions, findings
from training.studies.grids import STUDIES, Study

SHIPPED = ("optimizer-study", "mlp-study", "cnn-study")
GRIDS = (
    {"hidden": ((4,), (4, 4), (16,), (16, 16)), "learning_rate": (0.001, 0.01)},
    {"batch_size": (16, 64), "learning_rate": (0.001, 0.01)},
    {"dropout": (0.0, 0.5), "batch_normalization": (False, True)},
    {"patience": (0, 3), "dropout": (0.0, 0.5)},
)


def told(found) -> str:
    """The whole conclusion as the page Results words it."""
    best, *parts = conclusions.conclude(found)
    sections = map(study_conclusions.section, parts)
    return "\n".join([*study_conclusions.best(best), *(f"{part.sentence} {part.details}" for part in sections)])


def _answers(rng, labels, error):
    """Probabilities (n, 10) that miss about that share of the labels."""
    guessed = np.where(rng.random(len(labels)) < error, (labels + 1) % 10, labels)
    return (np.eye(10)[guessed] * 0.8 + 0.02).astype(np.float16)


def _publish(recipes, toy_run):
    """A run of each recipe, with answers drawn by lot instead of trained."""
    rng = np.random.default_rng(5)
    held, test = rng.integers(0, 10, 600).astype(np.uint8), rng.integers(0, 10, 1000).astype(np.uint8)
    for number, recipe in enumerate(recipes):
        error = 0.02 + 0.006 * number
        probabilities = _answers(rng, test, error)
        held_out = np.arange(600, dtype=np.uint32), held, _answers(rng, held, error)
        epochs = 4
        history = [
            {"epoch": e, "loss": 1 / e, "accuracy": 0.9, "train_loss": 0.5 / e, "val_loss": 0.4 + 0.1 * abs(e - 2)}
            | {"val_accuracy": 1 - error, "learning_rate": recipe.learning_rate, "seconds": 1.0}
            for e in range(1, epochs + 1)
        ]
        classes = np.repeat(probabilities.argmax(1)[None].astype(np.uint8), epochs, axis=0)
        record = toy_run.record.model_copy(
            update={"recipe": recipe, "run_id": recipe.run_id(), "parameters": 100 * sum(recipe.hidden)}
            | {"dataset": toy_run.record.dataset | {"test": len(test)}}
        )
        publishing.save(Run(record, history, Predictions(test, probabilities, classes, *held_out), {}))


@pytest.fixture
def study(shelf, toy_run, monkeypatch):
    """A study of small perceptrons under the name of the big one, with its runs on the shelf."""
    base = TOY.model_copy(
        update={"name": "mlp-study", "group": "mlp-study", "dropout": 0.0, "batch_normalization": False}
    )
    small = Study("How wide?", base, GRIDS)
    monkeypatch.setitem(STUDIES, "mlp-study", small)
    _publish(small.recipes(), toy_run)
    return small


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_asks_nothing_twice(name):
    recipes = STUDIES[name].recipes()
    assert len({recipe.model_copy(update={"name": "same"}) for recipe in recipes}) == len(recipes)
    assert len({recipe.name for recipe in recipes}) == len(recipes)
    assert {recipe.group for recipe in recipes} == {name}
    assert {recipe.validation for recipe in recipes} == {"split"}
    assert sum(recipe == STUDIES[name].base for recipe in recipes) == 1


def test_the_table_agrees_with_an_independent_reckoning(study):
    found = findings.find("mlp-study")
    table = found.table
    assert len(table) == len(study.recipes())
    assert table["val_error"].is_monotonic_increasing
    for row in table.to_dict("records"):
        run = findings.load_predictions(row["run"])
        assert row["test_error"] == pytest.approx(1 - accuracy_score(run.labels, run.probabilities.argmax(1)))
        held = 1 - accuracy_score(run.held_out_labels, run.held_out_probabilities.argmax(1))
        assert row["val_error"] == pytest.approx(held)
        assert row["best_epoch"] == 2
        kept = 2 if row["patience"] else 4  # the epoch whose weights were kept
        assert row["gap"] == pytest.approx(0.4 + 0.1 * (kept - 2) - 0.5 / kept)
    chances = []
    for run in table["run"][1:]:
        a, b = found.held_out_wrong[table["run"][0]], found.held_out_wrong[run]
        counts = [[(~a & ~b).sum(), (~a & b).sum()], [(a & ~b).sum(), (a & b).sum()]]
        chances.append(mcnemar(counts, exact=True).pvalue)
    told_apart = multipletests(chances, alpha=SIGNIFICANCE_LEVEL, method="holm")[0]
    np.testing.assert_array_equal(table["tied"][1:], ~told_apart)
    assert table["tied"].sum() > 1
    assert not table["tied"].all()


def test_a_setting_is_said_in_words(study):
    said = set(findings.find("mlp-study").table["label"])
    assert {"16", "4-4, learning rate 0.001", "16, dropout 0.5, batch normalization", "16, patience 3"} <= said


def test_the_conclusion_says_what_the_table_holds(study):
    found = findings.find("mlp-study")
    text, best = told(found), found.table.iloc[0]
    assert f"Of {len(found.table)} trainings, **{best['label']}** makes the fewest errors" in text
    assert "Chosen on the 600 digits held out of the training set alone" in text
    assert f"**{100 * best['test_error']:.2f} %**" in text
    tied = found.table["tied"].sum() - 1
    assert f"{tied} other{' is' if tied == 1 else 's are'} not significantly different" in text
    plain = found.best_with()
    assert (
        f"its loss is {plain['train_loss']:.4f} nats on training digits and {plain['val_loss']:.4f} on held-out digits"
        in text
    )
    assert "early stopping ended after 4 epochs" in text
    titles = [study_conclusions.section(part).title for part in conclusions.conclude(found)]
    assert titles[1:4] == ["Width and depth", "Learning rate and batch size", "What reduces overfitting"]


def test_the_numbers_of_a_conclusion_are_those_of_the_table(study):
    found = findings.find("mlp-study")
    parts = {type(part): part for part in conclusions.conclude(found)}
    shapes = parts[conclusions.Shapes]
    single = found.around("shape", "learning_rate").query("depth == 1").groupby("width")["val_error"].min()
    assert shapes.by_width == single.to_dict()
    assert shapes.from_width == pytest.approx(single[4] - single[16])
    small, large = parts[conclusions.Steps].batches
    assert (small["batch_size"], large["batch_size"]) == (16, 64)
    stopping = parts[conclusions.Stopping]
    assert stopping.trainings == (found.table["patience"] == 0).sum()
    assert [stopped["dropout"] == like["dropout"] for stopped, like in stopping.pairs] == [True, True]
    best = parts[conclusions.Best]
    assert (best.trainings, best.planned, best.held_out) == (len(found.table), len(study.recipes()), 600)


def test_a_study_that_has_just_begun_has_a_short_conclusion(shelf, toy_run):
    assert findings.find("mlp-study") is None
    recipes = STUDIES["mlp-study"].recipes()
    _publish(recipes[:1], toy_run)
    found = findings.find("mlp-study")
    assert f"{len(recipes) - 1} of the {len(recipes)} planned trainings have no run" in told(found)
    assert conclusions.Shapes not in map(type, conclusions.conclude(found))


def test_a_setting_without_words_of_its_own_is_said_by_its_field():
    base = TOY.model_copy(update={"augmentation": ()})
    grids = ({"schedule": ("constant", "cosine"), "augmentation": ((), ("shift",))}, {"seed": (1, 2)})
    study = Study("Does it help?", base, grids)
    assert study.varied() == ("augmentation", "schedule", "seed")
    labels = {findings.label(study, recipe) for recipe in study.recipes()}
    assert labels == {
        "no augmentation, constant learning rate",
        "shift, constant learning rate",
        "no augmentation, cosine schedule",
        "shift, cosine schedule",
        "no augmentation, constant learning rate, seed 2",
    }
    alone = Study("Which?", base, ({"seed": (1, 2)}, {"dropout": (None, 0.25)}))
    assert {findings.label(alone, recipe) for recipe in alone.recipes()} == {
        "the base recipe",
        "seed 2",
        "dropout 0.25",
    }


CHANGES = (
    {"augmentation": (("shift",), (), ("shift", "thickness"))},
    {"averaging": (0.9, 0.0)},
    {"schedule": ("cosine", "constant")},
    {"label_smoothing": (0.0, 0.1)},
    {"dropout": (0.5, 0.0)},
)


@pytest.fixture
def one_at_a_time(shelf, toy_run, monkeypatch):
    """A study that changes one ingredient at a time, with its runs and three seeds of its base on the shelf."""
    setting = {"augmentation": ("shift",), "averaging": 0.9, "schedule": "cosine", "dropout": 0.5}
    setting |= {"loss": "categorical_crossentropy", "name": "ingredients", "group": "ingredients"}
    study = Study("Which ingredients?", TOY.model_copy(update=setting), CHANGES)
    monkeypatch.setitem(STUDIES, "ingredients", study)
    others = [{"seed": 2, "name": "member", "group": ""}, {"seed": 3}, {"seed": 1, "name": "again", "group": ""}]
    _publish([*study.recipes(), *(study.base.model_copy(update=change) for change in others)], toy_run)
    return study


def test_one_change_at_a_time_is_said_in_words(one_at_a_time):
    labels = [findings.label(one_at_a_time, recipe) for recipe in one_at_a_time.recipes()]
    assert labels == [
        "the base recipe",
        "no augmentation",
        "shift, thickness",
        "no averaging",
        "constant learning rate",
        "label smoothing 0.1",
        "no dropout",
    ]


def test_each_change_is_compared_with_the_base(one_at_a_time):
    found = findings.find("ingredients")
    best, part = conclusions.conclude(found)  # and no part that would need a base without dropout
    assert isinstance(best, conclusions.Best)
    assert isinstance(part, conclusions.Ingredients)
    assert part.base["label"] == "the base recipe"
    assert set(part.changes["label"]) == set(found.table["label"]) - {"the base recipe"}
    wrong = found.held_out_wrong
    counts = [np.histogram2d(wrong["ingredients"], wrong[run], 2)[0] for run in part.changes["run"]]
    expected = multipletests([mcnemar(each, exact=True).pvalue for each in counts], method="holm")[1]
    np.testing.assert_allclose(part.changes["p_value"], expected)
    told_apart = list(part.changes["label"][expected < SIGNIFICANCE_LEVEL])
    assert list(part.significant["label"]) == told_apart
    assert 0 < len(told_apart) < len(expected)
    section = study_conclusions.section(part)
    for label in part.changes["label"]:
        assert (f"{label} (" in section.sentence) == (label in told_apart)
        assert f"| {label} |" in section.details


def test_seeds_of_a_setting_are_summed_up_whatever_they_are_called(one_at_a_time):
    row = findings.find("ingredients").table.set_index("label").loc["the base recipe"]
    errors = [
        findings.load_predictions(run).wrong.mean() for run in ("ingredients", "member-seed2", "ingredients-seed3")
    ]
    assert row["seeds"] == 3  # the same seed again is no other
    assert row["mean_error"] == pytest.approx(np.mean(errors))
    assert row["deviation"] == pytest.approx(np.std(errors, ddof=1))
    assert "3 seeds of the base recipe misclassify" in told(findings.find("ingredients"))


def test_the_table_of_a_study_is_printed_as_markdown(one_at_a_time, capsys):
    print_study("ingredients")
    head, rule, *rows = capsys.readouterr().out.splitlines()
    table = findings.find("ingredients").table
    assert len({line.count("|") for line in (head, rule, *rows)}) == 1
    for line, row in zip(rows, table.to_dict("records"), strict=True):
        assert line.startswith(f"| {row['label']} | {100 * row['val_error']:.2f} % | {100 * row['test_error']:.2f} % (")
        p = (
            "the base"
            if row["run"] == "ingredients"
            else "< 0.0001"
            if row["p_value"] < 1e-4
            else f"{row['p_value']:.2g}"
        )
        assert line.endswith(f" {p} |")
        assert ("3 seeds: " in line) == (row["run"] == "ingredients")


def test_a_study_whose_base_has_no_run_has_no_p_values(shelf, toy_run, capsys):
    _publish(STUDIES["mlp-study"].recipes()[:2], toy_run)
    assert findings.find("mlp-study").table["p_value"].isna().all()
    print_study("mlp-study")
    assert all(line.endswith(" |  |") for line in capsys.readouterr().out.splitlines()[2:])
    with pytest.raises(SystemExit):
        print_study("cnn-study")
    assert "no runs yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    "grids",
    [
        ({"optimizer": ("sgd", "adam")},),
        ({"optimizer": ("sgd", "adam"), "learning_rate": (0.01, 0.1)},),
        ({"hidden": ((4,), (8, 8), (16,), (16, 16))},),
        ({"hidden": ((4, 4), (8, 8, 8))},),
        ({"learning_rate": (0.001, 0.01), "epochs": (2, 3)},),
        ({"batch_size": (16, 32)}, {"patience": (0, 2)}),
        ({"batch_normalization": (False, True), "validation_fraction": (0.1, 0.2)},),
    ],
    ids=lambda grids: " ".join(name for grid in grids for name in grid),
)
@pytest.mark.parametrize("trained", [1, 2, None])
def test_a_study_of_any_fields_comes_to_a_conclusion(grids, trained, shelf, toy_run, monkeypatch):
    study = Study("Which?", TOY.model_copy(update={"name": "new", "group": "new"}), grids)
    monkeypatch.setitem(STUDIES, "new", study)
    _publish(study.recipes()[:trained], toy_run)
    found = findings.find("new")
    assert found.table["label"].is_unique
    text = told(found)
    many = "1 training" if len(found.table) == 1 else f"{len(found.table)} trainings"
    assert f"Of {many}, **{found.table['label'][0]}** makes the fewest errors" in text
    assert "nan" not in text


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_studies_come_to_a_conclusion(name):
    found = findings.find(name)
    sections = conclusions.conclude(found)
    assert len(found.table) >= 0.8 * len(STUDIES[name].recipes())  # some optimizers diverge at some rates
    assert len(sections) >= 3
    assert "nan" not in told(found)

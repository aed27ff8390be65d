"""The path in seven steps: each says one thing to do on its page, and leads to the one before and after."""

import itertools

import pytest

from dashboard import address, cache
from dashboard.sections import path
from dashboard.sections.concepts.learning import RATES
from dashboard.sections.path import STEPS
from models import ROOT
from tests import pages
from tests.test_views import as_served, fresh_caches, html, nothing_left, said, visit  # noqa: F401
from training.analysis import significance
from training.concepts.perceptron import Settings
from training.runs import load_predictions, load_record

NUMBERS = range(1, len(STEPS) + 1)


def links(app) -> dict[str, str]:
    """The links of the step, by their labels."""
    return {
        one.proto.label: one.proto.query_string for one in app.get("page_link") if "step=" in one.proto.query_string
    }


@pytest.mark.parametrize("number", NUMBERS)
def test_a_step_says_what_to_do_on_its_page_and_leads_on(number):
    step = STEPS[number - 1]
    app = visit(step.page, **step.named, step=str(number))
    assert f"**Step {number} of {len(STEPS)}.** {step.do}" in said(app)
    assert not app.toast
    assert not app.warning
    expected = {"Back": number - 1, "Next": number + 1}
    for label in [label for label, to in expected.items() if to in NUMBERS]:
        app = visit(step.page, **step.named, step=str(number))
        if query := links(app).get(label):
            assert f"step={expected[label]}" in query
        else:  # to another question of the same page
            next(button for button in app.button if button.label == label).click().run()
            assert f"**Step {expected[label]} of" in said(app)
            assert app.query_params[address.CONCEPT] == STEPS[expected[label] - 1].named[address.CONCEPT]


def test_the_steps_are_seven_each_with_one_thing_to_do():
    assert len(STEPS) == 7
    assert all(len(step.do.split()) <= 16 and len(step.know.split()) <= 22 for step in STEPS)
    runs = [name for step in STEPS for key in (address.RUN, address.RUNS) for name in _listed(step.named.get(key, []))]
    assert all((ROOT / "models" / "saved" / run).is_dir() for run in runs)
    # what is seen is told for each, and on the page that is open a step can set what is no control: the open question alone
    assert all(step.seen for step in STEPS)
    for before, after in itertools.pairwise(STEPS):
        assert before.page != after.page or before.page == "concepts"


def test_what_one_should_have_seen_of_learning_rates_is_so(digits):
    labels = digits.part("test")[1]
    trained = {rate: cache.small_training(Settings(rate=rate)).probabilities for rate in RATES}
    wrong = {rate: float((rows.argmax(axis=1) != labels).mean()) for rate, rows in trained.items()}
    assert 0.5 < wrong[1.0] < 0.85
    assert all(0.85 < wrong[rate] < 0.95 for rate in RATES if rate >= 3)
    last = {rate: float(cache.small_training(Settings(rate=rate)).train_losses[-1]) for rate in RATES}
    assert sorted(last, key=last.get)[:1] == [0.3]
    assert all(last[low] > last[high] for low, high in itertools.pairwise([rate for rate in RATES if rate <= 0.3]))
    assert all(last[rate] > 2 for rate in RATES if rate >= 1)


def test_what_one_should_have_seen_of_two_networks_is_so():
    first, second = (load_predictions(run).wrong for run in ("mlp-800", "cnn-large"))
    assert second.sum() < first.sum()
    assert significance.mcnemar(first, second) > significance.SIGNIFICANCE_LEVEL
    parameters = [load_record(run).parameters for run in ("mlp-800", "cnn-large")]
    assert 9 < parameters[0] / parameters[1] < 11


def _listed(value) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_on_another_page_a_step_leads_to_its_own():
    app = visit("results", step="4")
    assert list(links(app)) == ["To this step"]
    assert "concept=learning-rate" in links(app)["To this step"]


@pytest.mark.parametrize("damaged", ["", "0", "8", "-1", "x", "99999999999999999999"])
def test_what_is_no_step_shows_none(damaged):
    assert "Step " not in said(visit("results", step=damaged))


def test_the_page_without_a_path_is_home():
    assert pages.listed()[""] == path.HOME


def test_the_path_begins_on_the_page_concepts():
    assert "Path in seven steps" in links(visit("concepts"))
    assert 'href="./?step=1" target="_self">New here? Seven steps' in html(visit("draw"))
    assert "Seven steps" not in html(visit("draw", step="1"))
    assert "Path in seven steps" not in links(visit("concepts", step="3"))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_short_address_of_a_step_leads_to_it(number):
    step = STEPS[number - 1]
    page = visit("draw", step=str(number))
    assert step.do in said(page)
    assert "To this step" not in said(page)
    assert page.query_params.get("step") in (str(number), [str(number)])
    assert page.title[0].value == step.page.capitalize()


def test_a_step_opens_its_own_part_whatever_was_left_open_on_an_earlier_one():
    app = visit("evaluate", evaluated="Epoch by epoch", run="cnn-large", step="5")
    assert "After epoch" in said(app)
    for key, value in {"step": "6", "runs": ["mlp-800", "cnn-large"]}.items():
        app.query_params[key] = value
    app.switch_page("views/compare.py").run()
    app.query_params.clear()
    app.query_params["step"] = "7"
    app.switch_page("views/evaluate.py").run()
    assert not app.exception
    assert "Step 7 of 7" in said(app)
    assert "misclassified" in said(app)
    assert "After epoch" not in said(app)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_step_opens_on_an_empty_shelf(number, shelf):
    step = STEPS[number - 1]
    assert step.do in said(visit(step.page, step=str(number)))

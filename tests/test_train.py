"""The page Train: a form made from Recipe, trainings as their files tell them, and what can be done with each."""

import numpy as np
import pytest

from dashboard import address, cache, wording
from models.worker import Worker
from tests import pages
from tests.conftest import TOY
from training import background
from training.recipe import Recipe
from training.recipes import FIRST, RECIPES

STARTED = background.start


@pytest.fixture(autouse=True)
def without_models(monkeypatch):
    """No models' process starts, which would keep the shelf of this test."""
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    yield
    cache.worker.clear()


@pytest.fixture
def started(shelf, monkeypatch):
    """Every training that the page starts, which no process follows."""
    recipes = []

    def start(wanted, shelf=None):
        recipes.extend(wanted)
        return STARTED(wanted, shelf)

    monkeypatch.setattr(background, "_launch", lambda folder: None)
    monkeypatch.setattr(background, "start", start)
    return recipes


def visit(**named):
    page = pages.app("train", named).run()
    assert not page.exception
    return page


def press(page, label):
    button = next(one for one in page.button if one.label == label)
    button.click()
    page.run()
    assert not page.exception
    return page


def said(page):
    return " ".join(
        one.value.replace("\\", "") for kind in (page.markdown, page.caption, page.info, page.error) for one in kind
    )


def control(page, field, recipe=FIRST.name):
    key = address.setting_key(recipe, field)
    kinds = (page.number_input, page.text_input, page.selectbox, page.multiselect, page.toggle)
    return next(one for kind in kinds for one in kind if one.key == key)


def test_the_first_click_starts_the_short_training(started):
    page = press(visit(), "Start")
    assert started == [FIRST]
    assert FIRST.run_id() in [header.value for header in page.header]


@pytest.mark.parametrize("name", [FIRST.name, *RECIPES])
def test_every_named_recipe_starts_as_it_is(started, name):
    page = visit(recipe=name)
    assert "Changed" not in said(page)
    press(page, "Start")
    assert started == [FIRST if name == FIRST.name else RECIPES[name]]


def test_every_field_of_a_recipe_has_a_control_or_is_set_by_the_repeats(started):
    page = visit(recipe="canvas")
    kinds = (page.number_input, page.text_input, page.selectbox, page.multiselect, page.toggle)
    shown = {one.key.split()[-1] for kind in kinds for one in kind if one.key.startswith("setting ")}
    options = {name for name, field in Recipe.model_fields.items() if field.default is None}
    assert shown | options >= set(Recipe.model_fields) - {"folds", "fold", "group"}


def test_what_was_changed_is_marked_said_and_trained(started):
    page = visit()
    control(page, "learning_rate").set_value(0.01)
    control(page, "filters").set_value("8, 16")
    page.run()
    assert "Changed: filters 8, 16 and learning rate 0.01." in said(page)
    assert "**Learning rate**" in control(page, "learning_rate").label
    press(page, "Start")
    assert (started[0].learning_rate, started[0].filters) == (0.01, (8, 16))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("filters", "eight", "This recipe is not possible: filters"),
        ("name", "My run", "This recipe is not possible: name"),
        ("learning_rate", 0.0, "This recipe is not possible: learning rate"),
        ("momentum", 0.9, "takes no momentum"),
    ],
)
def test_what_is_not_possible_is_said_and_does_not_start(started, field, value, sentence):
    page = visit()
    control(page, field).set_value(value)
    page.run()
    assert sentence in said(page)
    assert next(one for one in page.button if one.label == "Start").disabled


def test_seeds_folds_and_grids_start_as_one_group(started):
    page = visit()
    page.button_group(key=address.REPEAT_HOW).set_value("Several seeds")
    page.run()
    press(page, "Start 3 trainings")
    assert [recipe.seed for recipe in started] == [1, 2, 3]
    assert len({one.group for one in background.trainings()}) == 1


def test_a_grid_has_a_training_for_each_value(started):
    page = visit()
    page.button_group(key=address.REPEAT_HOW).set_value("A grid")
    page.run()
    next(one for one in page.text_input if one.key == "repeat values learning_rate").set_value("0.001, 0.01")
    page.run()
    press(page, "Start 2 trainings")
    assert [recipe.learning_rate for recipe in started] == [0.001, 0.01]
    assert len({recipe.name for recipe in started}) == 2


def status(**changes):
    measured = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.5, "val_accuracy": 0.8, "seconds": 2.0, "test_error": 0.2}
    rows = [{"epoch": epoch} | measured for epoch in (1, 2)]
    stands = {"state": background.TRAINING, "history": rows, "epoch": 3, "step": 5, "steps": 10}
    return background.Status(**stands | {"class_names": [*"0123456789"]} | changes)


def training(digits, **changes):
    """The folder of a training of the toy recipe that stands so."""
    (name,) = background.start([TOY.model_copy(update={"epochs": 4})])
    folder = background.folder_of(name)
    background.write_status(folder, status(**changes))
    np.save(folder / "classes.npy", np.stack([digits.part("test")[1]] * 3))
    return name


def labels(page):
    return {button.label for button in page.button}


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (background.PAUSED, {"Resume", "Stop and keep", "Discard"}),
        (background.FAILED, {"Resume", "Stop and keep", "Discard"}),
        (background.TRAINING, {"Resume", "Stop and keep", "Discard"}),  # no process holds its lock: it is lost
        (background.STARTING, {"Pause", "Stop and keep", "Discard"}),
        (background.FINISHED, {"Train it with another seed", "Remove from the list"}),
    ],
)
def test_what_can_be_done_is_offered(started, digits, state, offered):
    training(digits, state=state)
    page = visit()
    assert offered <= labels(page)
    assert not ({"Resume", "Pause", "Train it with another seed"} - offered) & labels(page)
    assert "After epoch 2, **0** of 797 test digits are misclassified" in said(page)


def test_the_address_opens_a_training_and_no_other_in_the_place_of_one_that_is_gone(started, digits):
    older, newer = (
        training(digits, state=background.PAUSED),
        training(digits, state=background.FAILED, message="No *disk*."),
    )
    assert "Failed after epoch 2 of 4" in said(visit())
    page = visit(training=older)
    assert page.header[0].value == wording.plain(TOY.run_id())
    assert "No *disk*." not in said(page)
    assert f"open {newer}" in {button.key for button in page.button}
    # whoever discards the open one finds no buttons of another's where those of this one were
    background.discard(older)
    for gone in (older, "../../etc"):
        page = visit(training=gone)
        assert "no longer in the list" in said(page)
        assert {button.key for button in page.button if str(button.key).startswith("open ")} == {f"open {newer}"}
        assert "Discard" not in {button.label for button in page.button}


def test_no_button_comes_later_beside_the_popover_that_it_would_close(started, digits):
    training(digits, state=background.FAILED, history=[])
    first = {button.label: button.disabled for button in visit().button}
    assert first["Stop and keep"]
    training(digits, state=background.FAILED)
    second = {button.label: button.disabled for button in visit().button}
    assert not second["Stop and keep"]


def test_one_that_was_stopped_is_not_called_finished(started, digits):
    training(digits, state=background.FINISHED)
    assert any(bar.proto.text == "Stopped: test error 20.00 % after 2 of 4 epochs" for bar in visit().get("progress"))


def test_a_training_whose_run_was_deleted_leads_to_no_other_run(started, digits, shelf):
    training(digits, state=background.FINISHED, run_id="gone")
    page = visit()
    assert page.header[0].value == "gone"
    assert "Its run was deleted or renamed." in said(page)
    assert not page.get("page_link")


def test_discard_takes_it_from_the_list(started, digits):
    training(digits, state=background.PAUSED)
    page = press(visit(), "Discard")
    assert not background.trainings()
    assert "Press Start" in said(page)


def test_a_shelf_that_cannot_be_written_is_a_sentence(shelf, monkeypatch):
    def full(recipes):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(background, "start", full)
    assert "could not be started: No space left on device" in said(press(visit(), "Start"))

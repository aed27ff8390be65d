"""The table of runs on Compare: what it lists in which order, what a change in it does, and what can be done with runs."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from dashboard import address, cache
from dashboard.sections import runs_table
from models.worker import Worker
from tests import pages
from training import annotations, publishing
from training import shelf as shelves
from training.annotations import Annotation
from training.recording import record
from training.runs import list_runs


@pytest.fixture(autouse=True)
def without_models(monkeypatch):
    """No models' process starts, which would keep the shelf of this test."""
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    yield
    cache.worker.clear()


def table(*names, **columns):
    known = {
        "error": 0.02,
        "dataset": "mnist",
        "last_epoch": 3.0,
        "parameters": 10.0,
        "seconds": 2.0,
        "optimizer": "adam",
        "origin": "trained",
        "settings": {"learning_rate": 0.1},
    }
    rows = [{"run": name, "created": f"2026-01-0{n + 1}T00:00:00+00:00"} | known for n, name in enumerate(names)]
    return pd.DataFrame(rows).assign(**columns)


def listed(found, entries=None, beside=None, ticked=()):
    entries = entries or {run: (run,) for run in found["run"]}
    return runs_table.rows(list(entries), entries, found, beside or {}, ticked)


def test_ticked_then_starred_then_newest():
    found = listed(table("a", "b", "c", "d"), beside={"b": Annotation(starred=True)}, ticked=["a"])
    assert list(found["run"]) == ["a", "b", "d", "c"]
    assert list(found["shown"]) == [True, False, False, False]


def test_repeats_are_one_row_with_their_mean_error():
    found = listed(table("a", "b", "c", error=[0.01, 0.03, np.nan]), entries={"both": ("a", "b", "c")})
    assert found["error"].item() == pytest.approx(2.0)


def test_only_what_can_be_changed_is_changed():
    found = listed(table("a", "b"))
    changed = runs_table.applied(
        found, {0: {"shown": True, "error": 0.0, "run": "x"}, 1: {"note": "slow"}, 9: {"shown": True}}
    )
    assert list(changed["shown"]) == [True, False]
    assert list(changed["note"]) == ["", "slow"]
    assert list(changed["run"]) == list(found["run"])
    assert list(changed["error"]) == list(found["error"])
    assert not found["shown"].any()


def told(*settings):
    """A table of runs, each with these settings."""
    return table(*"abcdefgh"[: len(settings)], settings=list(settings))


def between(found, *ticked):
    """The columns that stand between the error and the tags."""
    entries = {run: (run,) for run in found["run"]}
    order = runs_table.order(listed(found, ticked=ticked), entries, found)
    return [name.removeprefix("setting ") for name in order[order.index("error") + 1 : order.index("tags")]]


def test_settings_that_differ_between_ticked_runs_are_columns_and_go_again():
    found = told({"rate": 0.1, "batch": 32}, {"rate": 0.2, "batch": 32}, {"rate": 0.2, "batch": 64})
    assert between(found, "a", "b") == ["rate"]
    assert between(found, "b", "c") == ["batch"]
    assert between(found, "a", "b", "c") == between(found) == between(found, "a") == ["rate", "batch"]
    assert between(told(*[{"rate": 0.1}] * 3), "a", "b") == between(told(*[{"rate": 0.1}] * 3)) == []


def test_no_more_settings_than_find_room_and_none_that_has_a_column_already():
    found = told(*({f"setting{n}": value for n in range(9)} | {"epochs": value} for value in (1, 2)))
    assert len(between(found)) == 6
    assert "epochs" not in between(told({"epochs": 1}, {"epochs": 2}))


def test_the_data_of_the_table_are_the_same_whatever_is_ticked():
    found = told({"rate": 0.1, "batch": 32}, {"rate": 0.2, "batch": 32}, {"rate": 0.2, "batch": 64})
    assert set(listed(found, ticked=["a", "b"])) == set(listed(found))


def test_a_setting_is_a_number_where_it_is_one_in_all_runs_and_else_a_text():
    found = listed(told({"rate": 0.1, "hidden": (128, 64), "norm": True, "bits": 8}, {"rate": None, "bits": "none"}))
    values = found.set_index("run")
    assert values["setting rate"].dtype == float
    assert found["setting rate"].isna().sum() == 1
    # a run that does not have a setting says nothing, so two values are needed for a column
    assert "setting hidden" not in found
    assert values["setting bits"].to_dict() == {"a": "8", "b": "none"}
    both = listed(told({"hidden": (128, 64), "norm": True}, {"hidden": (8,), "norm": False})).set_index("run")
    assert both.loc["a", ["setting hidden", "setting norm"]].to_list() == ["128, 64", "on"]


def test_the_table_of_the_page_has_columns_of_settings(shelf, toy_run):
    for rate in (0.01, 0.02):
        recipe = toy_run.record.recipe.model_copy(update={"learning_rate": rate})
        publishing.save(dataclasses.replace(toy_run, record=toy_run.record.model_copy(update={"recipe": recipe})))
    page = visit()
    assert sorted(page.session_state[address.TABLE]["setting learning_rate"]) == [0.01, 0.02]


@pytest.fixture
def three(shelf, toy_run):
    return [publishing.save(toy_run).run_id for _ in range(3)]


def visit(**named):
    page = pages.app("compare", named).run()
    assert not page.exception
    return page


def said(page):
    return " ".join(
        one.value.replace("\\", "") for kind in (page.markdown, page.caption, page.info, page.error) for one in kind
    )


def press(page, label):
    next(one for one in page.button if one.label == label).click()
    page.run()
    assert not page.exception
    return page


def edit(page, monkeypatch, edits):
    """Change the table as Streamlit's editor tells it, which the test library cannot do, then run the page."""
    version = page.session_state[address.TABLE_VERSION]
    state = {address.TABLE: page.session_state[address.TABLE], address.RUNS: list(page.multiselect(key="runs").value)}
    monkeypatch.setattr(runs_table.st, "session_state", state | {address.table_key(version): {"edited_rows": edits}})
    runs_table._take(version)
    chosen = runs_table.st.session_state[address.RUNS]
    monkeypatch.undo()
    return chosen


def test_a_tick_chooses_and_a_note_is_kept(three, monkeypatch):
    page = visit(runs=three[0])
    order = list(page.session_state[address.TABLE]["run"])
    with monkeypatch.context() as patch:
        chosen = edit(page, patch, {1: {"shown": True, "note": "slow"}, 2: {"starred": True, "tags": ["best"]}})
    assert chosen == [three[0], order[1]]
    assert annotations.load() == {order[1]: Annotation(note="slow"), order[2]: Annotation(starred=True, tags=("best",))}


def test_tags_of_a_recording_are_shown_and_those_typed_come_to_them(shelf, monkeypatch):
    recorded = record("mine", [0, 1], [0, 1], tags=["eng"], class_names=["a", "b"])
    page = visit(runs=recorded.run_id)
    assert list(page.session_state[address.TABLE]["tags"]) == [["eng"]]
    for typed in (["eng", "best"], []):
        with monkeypatch.context() as patch:
            edit(page, patch, {0: {"tags": typed, "note": "slow"}})
        assert annotations.load() == {"mine": Annotation(tags=tuple(typed), note="slow")}
        assert list(visit(runs=recorded.run_id).session_state[address.TABLE]["tags"]) == [typed]


def test_a_note_alone_leaves_the_tags_those_of_the_recording(shelf, monkeypatch):
    record("mine", [0, 1], [0, 1], tags=["eng"], class_names=["a", "b"])
    with monkeypatch.context() as patch:
        edit(visit(runs="mine"), patch, {0: {"note": "slow"}})
    assert annotations.load() == {"mine": Annotation(note="slow")}


def test_a_renamed_run_stays_chosen(three):
    page = visit(runs=three[0])
    page.text_input(key=f"rename {three[0]}").set_value("Mine").run()
    page = press(page, "Rename")
    assert page.multiselect(key="runs").value == ["mine"]
    assert [toast.value for toast in page.toast] == ["Renamed to mine."]


def test_one_of_several_is_deleted_and_the_ticks_of_the_others_stay(three):
    page = visit(runs=three)
    page.selectbox(key=address.managed_run_key(0)).select(three[1]).run()
    page = press(page, "Delete this run")
    assert page.multiselect(key="runs").value == [three[0], three[2]]
    assert [toast.value for toast in page.toast] == ["Deleted, restore it under Manage."]
    page = press(page, f"Restore {three[1]}")
    assert page.multiselect(key="runs").value == [three[0], three[2], three[1]]
    assert [toast.value for toast in page.toast] == [f"Restored {three[1]}."]


def test_what_was_done_with_runs_closes_the_popover_so_that_nothing_else_stands_where_one_clicked(three):
    page = visit(runs=three[0])
    page = press(page, "Delete this run")
    page = press(page, f"Restore {three[0]}")
    assert page.session_state[address.MANAGED] == 2


def test_runs_that_nobody_ticked_are_deleted_one_at_a_time(three):
    page = visit()
    assert page.selectbox(key=address.managed_run_key(0)).value is None
    assert not [button for button in page.button if button.label.startswith("Delete")]


def test_hidden_runs_are_not_listed_until_they_are_shown_again(three):
    page = press(visit(runs=three[:2]), "Hide these 2 runs")
    assert set(page.session_state[address.TABLE]["run"]) & set(three) == {three[2]}
    page = press(page, "Show the 2 hidden")
    assert set(three) <= set(page.session_state[address.TABLE]["run"])


def test_what_was_deleted_can_be_restored(three):
    page = press(visit(runs=three[1]), "Delete this run")
    assert three[1] not in {record.run_id for record in list_runs()[0]}
    page = press(page, f"Restore {three[1]}")
    assert page.multiselect(key="runs").value == [three[1]]
    assert shelves.deleted() == []


def test_a_name_that_is_taken_when_restoring_is_said(three, toy_run):
    page = press(visit(runs=three[0]), "Delete this run")
    publishing.save(toy_run)
    press(page, f"Restore {three[0]}")
    assert f"There is another run '{three[0]}' by now" in said(page)


def test_a_run_that_appears_is_offered_and_chosen(three, toy_run):
    page = visit(runs=three[0])
    new = publishing.save(toy_run).run_id
    cache.look_again()
    page.session_state[address.NEW_RUNS] = [new]
    page.run()
    assert page.multiselect(key="runs").value == [three[0], new]


def test_a_filter_keeps_what_holds_every_word_and_what_is_ticked():
    found = table("cnn-a", "mlp-b", "svm", dataset=["mnist", "digits", "mnist"])
    entries = {run: (run,) for run in found["run"]}
    beside = {"svm": Annotation(tags=("Best",), note="slow CNN")}

    def left(typed, *ticked):
        return runs_table.matching(list(entries), entries, found, beside, typed, ticked)

    assert left("") == ["cnn-a", "mlp-b", "svm"]
    assert left("CNN") == ["cnn-a", "svm"]
    assert left("cnn best mnist") == ["svm"]
    found["tags"] = [("night",), (), ("night",)]  # with which they were recorded; others stand beside svm by now
    assert left("night") == ["cnn-a"]
    assert left("digits", "cnn-a") == ["cnn-a", "mlp-b"]
    assert left("nothing of that kind") == []


def test_all_are_unticked_and_a_filter_that_holds_nothing_is_said(three):
    page = visit(runs=three[:2])
    page.button(key="untick").click().run()
    assert page.multiselect(key="runs").value == []
    page.text_input(key=address.FILTER).set_value("nothing of that kind").run()
    assert not page.exception
    assert "No run holds these words." in said(page)
    page.text_input(key=address.FILTER).set_value(three[1]).run()
    assert list(page.session_state[address.TABLE]["run"]) == [three[1]]


def test_the_newest_runs_of_ones_own_are_ticked_at_first(shelf, toy_run):
    names = []
    for year in (2094, 2092, 2099, 2091, 2095, 2098, 2093):
        record = toy_run.record.model_copy(update={"created": f"{year}-01-01T00:00:00+00:00"})
        names.append(publishing.save(dataclasses.replace(toy_run, record=record)).run_id)
    annotations.change({names[5]: {"hidden": True}})
    assert visit().multiselect(key="runs").value == [names[place] for place in (2, 4, 0, 6, 1)]

"""How runs were trained, by one rule for recipes and for settings from elsewhere, and in which of them runs differ."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models.architectures import options_of
from training.recipe import Recipe
from training.runs import Record, Setting

Value = Setting | tuple[Any, ...]
MOST = 6  # settings that differ, of those that are named
NAMES = ("name", "group")  # of a recipe: what it is called, not how it trains
REPEATS = ("seed", "split_seed", "folds", "fold")  # which repeat of a training it is, not what was tried
NOTES = (
    "about",
    "group",
    "imported_from",
    "input_values",
    "outputs",
    "stopped",
)  # of settings from elsewhere: what is no setting
FEW = 5  # runs of which each may have a text of its own that is a setting


def settings(record: Record) -> dict[str, Value]:
    """How a run was trained, by the names of the fields of Recipe, or as it was told of a run from elsewhere.

    What changes nothing under the other settings is left out; options that a recipe leaves open have the architecture's default.
    """
    if record.recipe is None:
        return {name: _plain(value) for name, value in record.settings.items() if name not in NOTES}
    return _of_recipe(record.recipe)


def _of_recipe(recipe: Recipe) -> dict[str, Value]:
    fields, taken = type(recipe).model_fields, options_of(recipe.architecture)
    optional = {name for name, field in fields.items() if field.default is None}
    without = {*NAMES, *recipe.idle(), *(optional - set(taken))}
    without |= set() if recipe.schedule == "exponential" else {"decay"}
    without |= set() if recipe.validation == "split" else {"split_seed"}
    values = {name: getattr(recipe, name) for name in fields if name not in without}
    return {name: _plain(taken.get(name) if value is None else value) for name, value in values.items()}


def _plain(value: Any) -> Value:
    """A value that can be compared: a tuple for a list, nothing for what is no number."""
    return tuple(value) if isinstance(value, list | tuple) else None if value != value else value


def shared(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The origin and the settings of an entry: those that all its runs share. rows: of its runs, one or more, as run_row gives
    them."""
    first, *others = rows
    same = {
        name: value
        for name, value in first["settings"].items()
        if all(name in one["settings"] and _distinct(one["settings"][name]) == _distinct(value) for one in others)
    }
    return {"origin": first["origin"], "settings": same}


def differing(rows: Iterable[Mapping[str, Any]], without: Sequence[str] = ()) -> list[str]:
    """The settings in which runs differ, the most telling first: those in which the most runs differ from most others, then which
    repeat of a training a run is.

    rows: each with the origin and the settings of a run, as run_row gives them; without: settings to leave out. What a run of our
    trainer does not have changes nothing in it, and makes no difference; what one run from elsewhere tells and another does not
    makes one.
    """
    rows = list(rows)
    free = dict.fromkeys(name for row in rows if row["origin"] != "trained" for name in row["settings"])
    by_run = [({} if row["origin"] == "trained" else free) | row["settings"] for row in rows]
    names = dict.fromkeys(name for own in by_run for name in own if name not in without)
    counts = {name: Counter(_distinct(own[name]) for own in by_run if name in own) for name in names}
    return sorted((name for name in names if len(counts[name]) > 1), key=lambda name: _rank(name, counts[name]))


def _distinct(value: Value) -> tuple[bool, Value]:
    """Different for 1 and True, which Python takes for equal."""
    return isinstance(value, bool), value


def _rank(name: str, counts: Counter) -> tuple[bool, bool, int]:
    (_, most), *_ = counts.most_common(1)
    texts = all(isinstance(value, str) for _, value in counts)
    return name in REPEATS, texts and len(counts) == counts.total() > FEW, most - counts.total()

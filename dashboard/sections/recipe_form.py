"""A form made from Recipe: a named recipe, then any of its fields, those that were changed marked; and how often it is trained."""

import math
import re
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from dashboard import address, wording
from dashboard.sections import own_dataset
from models.architectures import ARCHITECTURES, options_of
from models.classifiers import CLASSIFIERS
from training import runs, sweep
from training.augmentation import AUGMENTATIONS
from training.datasets import kept, registry
from training.recipe import OF_NETWORKS, Recipe
from training.recipes import FIRST, RECIPES

NAMED = {recipe.name: recipe for recipe in (FIRST, *RECIPES.values())}
GROUPS = {  # of fields, by the title under which they stand; whatever is in none of them stands under the last
    "Model": ("architecture",),
    "Digits": ("dataset", "digits", "augmentation", "validation", "validation_fraction"),
    "Training": ("epochs", "batch_size", "optimizer", "learning_rate", "schedule", "momentum", "patience", "seed"),
    "More": (),
}
OF_REPEATS = ("folds", "fold", "group", "name")  # what the control of repeats sets, and the field for the name
OF_CLASSIFIERS = ("dataset", "digits", "validation", "validation_fraction", "seed", "split_seed")  # what they can use
ONCE, SEEDS, FOLDS, GRID = "Once", "Several seeds", "Cross-validation", "A grid"
LONGEST_GROUP = 60  # trainings that are started at once


def choose() -> Recipe | None:
    """The named recipe with what was changed in it; None, with a sentence on the page, where that is not possible."""
    base = NAMED[_choose_named()]
    with st.popover("Settings", icon=":material/tune:", width="content"):
        changed = _settings(base)
    try:
        return Recipe.model_validate(base.model_dump() | changed)
    except ValidationError as error:
        st.error(wording.impossible(error), icon=":material/error:")
        return None


def describe(recipe: Recipe) -> str:
    """What a recipe changes in the named one it began with, in a sentence; nothing where it changes nothing."""
    base = NAMED[st.session_state.get(address.RECIPE, FIRST.name)]
    changes = [name for name in Recipe.model_fields if getattr(recipe, name) != getattr(base, name)]
    if not changes:
        return ""
    phrases = (f"{wording.field(name)} {wording.setting(getattr(recipe, name))}" for name in changes if name != "name")
    idle = [wording.field(name) for name in recipe.unused() if name in changes]
    said = [f"Changed: {wording.listed(phrases)}."] if changes != ["name"] else []
    return " ".join([*said, *([f"Not used by this recipe: {wording.listed(idle)}."] if idle else [])])


def repeats(recipe: Recipe) -> list[Recipe]:
    """The trainings that the visitor wants: one, several seeds, the folds of a cross-validation, or every value of a field; empty,
    with a sentence, where a value is not possible."""
    how = st.segmented_control(
        "Trainings", (ONCE, SEEDS, FOLDS, GRID), default=ONCE, required=True, key=address.REPEAT_HOW
    )
    try:
        if how == SEEDS:
            count = st.slider(
                "Seeds", 2, 10, 3, key=address.REPEAT_SEEDS, help="Each is another start of all random choices."
            )
            return sweep.expand(recipe, {}, seeds=count)
        if how == FOLDS:
            count = st.slider(
                "Folds", 2, 10, 5, key=address.REPEAT_FOLDS, help="Each fold of the digits is held out once."
            )
            return sweep.expand(recipe, {}, folds=count)
        return _grid(recipe) if how == GRID else [recipe]
    except (ValidationError, ValueError) as error:
        st.error(wording.impossible(error) if isinstance(error, ValidationError) else str(error))
        return []


def _choose_named() -> str:
    named = st.query_params.get(address.RECIPE)
    index = list(NAMED).index(named) if named in NAMED else 0
    return st.selectbox(
        "Recipe",
        list(NAMED),
        index=index,
        key=address.RECIPE,
        bind="query-params",
        width=260,
        help="A named recipe says which network is trained, on which digits and how; its settings can be changed.",
    )


def _settings(base: Recipe) -> dict[str, Any]:
    """A control for each field, in groups; gives the values."""
    name = st.text_input(
        "Name", value=base.name, key=_key(base, "name"), help=Recipe.model_fields["name"].description, max_chars=60
    )
    values: dict[str, Any] = {"name": name.strip()}
    tabs = dict(zip(GROUPS, st.tabs(list(GROUPS)), strict=True))
    with tabs["Model"]:
        architecture = values["architecture"] = _control(base, "architecture")
        values |= {option: _control(base, option, architecture) for option in _options(architecture)}
    fitted = architecture in CLASSIFIERS
    for title, fields in [(title, fields) for title, fields in GROUPS.items() if title != "Model"]:
        with tabs[title]:
            useful = [field for field in fields or _others() if not fitted or field in OF_CLASSIFIERS]
            values |= {field: _control(base, field) for field in useful}
            if not useful:
                st.caption("This model is fitted once, so there is nothing to set here.")
    return _fitting(values, architecture)


def _fitting(values: dict[str, Any], architecture: str) -> dict[str, Any]:
    """The values without those that the architecture has no use for: a classifier is fitted once."""
    values |= {name: None for name in _all_options() if name not in _options(architecture)}
    if architecture in CLASSIFIERS:
        values |= {name: Recipe.model_fields[name].default for name in OF_NETWORKS} | {"epochs": 1, "references": 0}
    return values


def _all_options() -> list[str]:
    """The fields that are options of some architecture."""
    return [name for name, field in Recipe.model_fields.items() if field.default is None]


def _options(architecture: str) -> list[str]:
    return [name for name in _all_options() if name in options_of(architecture)]


def _others() -> list[str]:
    """The fields that stand under none of the titles."""
    placed = {*OF_REPEATS, *_all_options(), *(name for fields in GROUPS.values() for name in fields)}
    return [name for name in Recipe.model_fields if name not in placed]


def _key(base: Recipe, field: str) -> str:
    return address.setting_key(base.name, field)


def _control(base: Recipe, name: str, architecture: str | None = None) -> Any:
    """A control for a field of its kind, its label marked where its value is another than the recipe's."""
    field, default, key = Recipe.model_fields[name], getattr(base, name), _key(base, name)
    before = (
        options_of(architecture)[name]
        if architecture and default is None and field.annotation == bool | None
        else default
    )
    marked = st.session_state.get(key, _shown(before)) != _shown(before)
    label = wording.field(name).capitalize()
    label = f"**{label}** :material/edit:" if marked else label
    settings = {"key": key, "help": field.description}
    choices = _choices(name, field)
    if choices is not None and name == "augmentation":
        return tuple(st.multiselect(label, choices, default=list(default), **settings))
    if choices is not None:
        options = choices if default in choices else [default, *choices]
        return st.selectbox(
            label, options, index=options.index(default), format_func=lambda one: one or "none", **settings
        )
    return _typed(field, default, label, settings, options_of(architecture)[name] if architecture else None)


def _typed(field: FieldInfo, default: Any, label: str, settings: dict[str, Any], otherwise: Any) -> Any:
    """A control for a switch, a number or a list of numbers. otherwise: the value that counts where none is given."""
    kinds = {get_origin(kind) or kind for kind in (get_args(field.annotation) or (field.annotation,))}
    if bool in kinds:
        on = st.toggle(label, value=bool(otherwise if default is None else default), **settings)
        return default if default is None and on == otherwise else on
    if tuple in kinds:
        hint = wording.setting(tuple(otherwise or ()))
        return _numbers(st.text_input(label, value=_shown(default), placeholder=hint, **settings)) or None
    kind = int if int in kinds else float
    return st.number_input(
        label,
        min_value=_end(field, kind, "ge", "gt"),
        max_value=_end(field, kind, "le", "lt"),
        value=default,
        step=1 if kind is int else 10.0 ** math.floor(math.log10(default or 0.1)),
        format="%d" if kind is int else "%.6g",
        placeholder="" if otherwise is None else wording.setting(otherwise),
        **settings,
    )


def _end(field: FieldInfo, kind: type, *names: str) -> int | float | None:
    """An end of what is allowed. Where the end itself is not allowed, Recipe's own check says so."""
    ends = (getattr(limit, name, None) for limit in field.metadata for name in names)
    return next((kind(end) for end in ends if end is not None), None)


def _shown(value: Any) -> Any:
    """A value as its control holds it."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) if value and not isinstance(value[0], str) else list(value)
    return value


def _numbers(text: str | None) -> tuple[int, ...]:
    """The whole numbers in a text; -1, which no field takes, for what is not a number."""
    words = [word for word in re.split(r"[\s,;x]+", text or "") if word]
    return tuple(int(word) if word.isdecimal() else -1 for word in words)


def _choices(name: str, field: FieldInfo) -> list[str] | None:
    """What a field can be chosen among; None where it is written."""
    named: dict[str, Callable[[], list[str]]] = {
        "architecture": lambda: [*ARCHITECTURES, *CLASSIFIERS],
        "dataset": lambda: [*registry.DATASETS, *(f"{kept.PREFIX}:{one}" for one in own_dataset.names())],
        "augmentation": lambda: list(AUGMENTATIONS),
        "teacher": lambda: ["", *_teachers()],
    }
    if name in named:
        return named[name]()
    return list(get_args(field.annotation)) if get_origin(field.annotation) is Literal else None


def _teachers() -> list[str]:
    """The runs with a network that another can learn from."""
    networks = (one for one in runs.list_runs()[0] if one.weights and one.network.get("architecture") in ARCHITECTURES)
    return [record.run_id for record in networks]


def _grid(recipe: Recipe) -> list[Recipe]:
    """Every value of one field."""
    fields = [name for name in Recipe.model_fields if name not in OF_REPEATS and name not in _all_options()]
    fields += _options(recipe.architecture)
    name = st.selectbox(
        "Vary", fields, index=fields.index("learning_rate"), format_func=wording.field, key=address.REPEAT_FIELD
    )
    text = st.text_input("Values", key=f"repeat values {name}", placeholder=wording.setting(getattr(recipe, name)))
    values = [_parsed(word) for word in re.split(r"[,;]\s*", text.strip()) if word]
    if not values:
        return [recipe]
    if len(values) > LONGEST_GROUP:
        raise ValueError(f"A grid has {LONGEST_GROUP} values at most.")
    return sweep.expand(recipe, {name: values})


def _parsed(word: str) -> Any:
    """A value as it is written: a number, a switch, several numbers as 64x32, or a name."""
    word = word.strip()
    if word.lower() in ("true", "on", "false", "off"):
        return word.lower() in ("true", "on")
    if re.fullmatch(r"\d+(x\d+)+", word):
        return tuple(map(int, word.split("x")))
    try:
        return int(word) if re.fullmatch(r"-?\d+", word) else float(word)
    except ValueError:
        return word

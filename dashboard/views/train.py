"""Start a training, watch it, stop it and go on with it; or bring runs that were trained elsewhere."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, wording
from dashboard.sections import choices, import_runs, opening, recipe_form, trainings
from training import background
from training.recipe import Recipe

TRAIN = "New training"
RECORDER = """# in the project's folder, or with PYTHONPATH set to it
from training import RunRecorder

model.fit(x, y, epochs=5, callbacks=[RunRecorder("my run", test=(x_test, y_test), save_model=True)])
"""


def main() -> None:
    table = opening.page(
        "Train",
        "Train a network here and watch it learn, or bring runs of your own.",
        help="The training is a process of its own: close the page, and it goes on. One trains at a time; the others wait.",
    )
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        part = choices.choose_part((TRAIN, address.IMPORT_RUNS), address.PART_OF_TRAIN)
    if part == TRAIN:
        _train(table, row)
    else:
        st.markdown(
            "Drop the files of runs that were trained elsewhere: a model, its history, its predictions, whichever there are.",
        )
        import_runs.show()
        st.markdown("Or have a notebook record its training while it goes on:")
        st.code(RECORDER, language=None, wrap_lines=True)


def _train(table: pd.DataFrame, row: DeltaGenerator) -> None:
    """The form, what it would take, and the trainings. table: of all runs; row: where the controls go."""
    with row:
        recipe = recipe_form.choose()
        recipes = []
        if recipe:
            with st.popover("Repeats", icon=":material/repeat:", width="content"):
                recipes = recipe_form.repeats(recipe)
        st.button(
            "Start" if len(recipes) < 2 else f"Start {len(recipes)} trainings",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not recipes,
            on_click=_start,
            args=(recipes,),
        )
    if recipe and recipes:
        st.caption(_expected(recipe, recipes))
    if said := st.session_state.pop(address.START_MESSAGE, None):
        st.error(wording.plain(said), icon=":material/error:")
    trainings.show(table)


def _start(recipes: list[Recipe]) -> None:
    try:
        names = background.start(recipes)
    except OSError as error:
        st.session_state[address.START_MESSAGE] = f"The training could not be started: {error.strerror or error}."
        return
    trainings.open_one(names[0])


def _expected(recipe: Recipe, recipes: list[Recipe]) -> str:
    """What is trained, on how many digits, and how long that will take."""
    digits = cache.trained_digits(recipe)
    if isinstance(digits, str):
        return wording.plain(digits)
    epochs = f"{recipe.epochs} epochs" if recipe.epochs > 1 else "one epoch"
    what = [recipe.architecture, *([] if digits is None else [f"{digits:,} digits"]), epochs]
    return f"{', '.join(what)}: {_time(recipe, digits, len(recipes))} {recipe_form.describe(recipe)}"


def _time(recipe: Recipe, digits: int | None, trainings: int) -> str:
    estimate = None if digits is None else cache.duration(recipe.model_dump_json(), digits)
    if estimate is None:
        return "how long that takes is known after its first steps."
    return f"about {wording.duration(estimate.seconds * trainings)}, as the run {wording.plain(estimate.like)} took."


main()

"""The command `python -m training import`."""

from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.table import Table

from models.architectures import ARCHITECTURES
from models.command_line import stop
from training.analysis import significance
from training.commands.terminal import console, load_dataset
from training.importers import checking, importing, plan
from training.importers.grouping import Group
from training.importers.parts import Answers, History, Network
from training.recipes import RECIPES
from training.runs import Record, load_predictions


def _help(text: str, **options) -> object:
    return tyro.conf.arg(help=text, **options)


def import_runs(
    paths: Annotated[
        tyro.conf.Positional[tuple[Path, ...]], _help("files, folders and zip archives", metavar="PATH...")
    ],
    name: Annotated[str | None, _help("what the run is called; everything is taken to be of one run")] = None,
    architecture: Annotated[
        str | None, _help("the network or named recipe that weights without a description belong to", metavar="NAME")
    ] = None,
    dataset: Annotated[str, _help("whose test digits models are asked about")] = "mnist",
    dry_run: Annotated[bool, _help("show what was recognised, and import nothing")] = False,
) -> int:
    """Import runs from elsewhere: models, histories and predictions, recognised by their content."""
    if not paths:
        stop("Name at least one file or folder.")
    try:
        recognised = plan.recognise(paths, _architecture(architecture), name)
    except ValueError as error:
        stop(str(error))
    _show(recognised)
    if dry_run:
        _foretell(recognised, dataset)
    if dry_run or not recognised.runs:
        return 0 if recognised.runs else 1
    if any(group.of(Network) for group in recognised.runs):
        load_dataset(dataset)
    saved = 0
    try:
        with console.status("Importing"):
            for outcome in importing.import_(recognised, dataset):
                saved += outcome.record is not None
                _tell(outcome)
    except KeyboardInterrupt:
        stop(f"Stopped. {saved} of {len(recognised.runs)} runs were imported.", 130)
    return 0 if saved else 1


def _architecture(name: str | None) -> dict[str, Any] | None:
    """The network of that name, or that of the recipe of that name. Raises ValueError."""
    if name is None:
        return None
    if name in RECIPES and RECIPES[name].architecture in ARCHITECTURES:
        return {"architecture": RECIPES[name].architecture, "options": RECIPES[name].options()}
    if name not in ARCHITECTURES:
        raise ValueError(f"There is no architecture '{name}'. Choose one of: {', '.join([*ARCHITECTURES, *RECIPES])}.")
    return {"architecture": name, "options": {}}


def _show(recognised: plan.Plan) -> None:
    """What was recognised, and what was not."""
    table = Table("run", "what", "from", box=None, pad_edge=False)
    for group in recognised.runs:
        for number, part in enumerate(group.parts):
            table.add_row(group.name if not number else "", _what(group, number), part.path.name)
    console.print(table if recognised.runs else "No run was recognised.", markup=False, highlight=False)
    for refused in recognised.refused:
        console.print(refused.sentence, soft_wrap=True, markup=False, highlight=False)


def _what(group: Group, number: int) -> str:
    part = group.parts[number]
    rows = len(part.content.scores) if isinstance(part.content, Answers) else 0
    epochs = len(part.content.table) if isinstance(part.content, History) else 0
    return part.form + (
        f", {epochs:,} epochs" if epochs > 1 else ", 1 epoch" if epochs else f", {rows:,} rows" if rows else ""
    )


def _foretell(recognised: plan.Plan, dataset: str) -> None:
    """What would be made of each run, and whose test digits its predictions are."""
    for group in recognised.runs:
        sentences = checking.foretell(group, dataset)
        if sentences:
            console.print(f"{group.name}: {' '.join(sentences)}", soft_wrap=True, markup=False, highlight=False)


def _tell(outcome: importing.Outcome) -> None:
    """What became of a run, in a line."""
    remarks = " ".join(outcome.remarks)
    if outcome.record is None:
        console.print(f"{outcome.name} was not imported: {remarks}", soft_wrap=True, markup=False, highlight=False)
        return
    line = f"{outcome.record.run_id}: {_result(outcome.record)} {remarks}"
    console.print(line.strip(), soft_wrap=True, markup=False, highlight=False)


def _result(record: Record) -> str:
    if record.diverged is not None:
        return f"diverged in epoch {record.diverged}." if record.diverged else "diverged."
    if not record.evaluated:
        return "imported without test digits."
    predictions = load_predictions(record.run_id)
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    low, high = significance.interval(wrong, digits)
    return f"test error {100 * wrong / digits:.2f} % (95 % interval {100 * low:.2f} to {100 * high:.2f} %)."

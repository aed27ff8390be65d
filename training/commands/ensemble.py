"""The command `python -m training ensemble`."""

from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import tyro

from models.command_line import stop
from training import sweep as trainings
from training.analysis import significance
from training.commands.sweep import train
from training.commands.terminal import console, load_dataset
from training.runs import RunError
from training.studies import ensembles

NAMES = tyro.extras.literal_type_from_choices(list(ensembles.ENSEMBLES))


def make_ensemble(
    name: Annotated[tyro.conf.Positional[str], tyro.conf.arg(help="the ensemble", constructor=NAMES)],
    jobs: Annotated[int, tyro.conf.arg(help="trainings at once")] = 1,
    threads: Annotated[int, tyro.conf.arg(help="threads of each training; 0 is one per core")] = 0,
) -> None:
    """Train the members of an ensemble that have no run yet, save it, and print its protocol and what it reaches."""
    if jobs < 1 or threads < 0:
        stop("Jobs must be at least 1, threads at least 0.")
    plan = ensembles.ENSEMBLES[name]
    waiting = trainings.missing(plan.members)
    console.print(f"{len(plan.members)} members, {len(plan.members) - len(waiting)} of them trained already")
    load_dataset(plan.members[0].dataset)
    with ThreadPoolExecutor(jobs) as executor:
        failed = train(waiting, executor, threads)
    if failed:
        stop(f"{failed} of {len(waiting)} trainings failed; the same command tries them again.", 1)
    try:
        result = ensembles.save(plan)
    except (RunError, ValueError) as error:
        stop(str(error))
    console.print("\n".join(f"{number}. {rule}" for number, rule in enumerate(ensembles.PROTOCOL, start=1)))
    for part, (wrong, digits) in (("held-out", result.held_out), ("test", result.test)):
        low, high = significance.interval(wrong, digits)
        console.print(
            f"{name}: {part} error {100 * wrong / digits:.2f} % ({wrong} of {digits:,}, "
            f"95 % interval {100 * low:.2f} to {100 * high:.2f} %)"
        )

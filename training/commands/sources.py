"""The command `python -m training sources`."""

from training.runs import list_runs
from training.studies.sources import SOURCES, Measured, Source, measure

HEADINGS = ("recipe", "source", "system", "claimed error", "measured here", "parameters", "training")


def print_sources() -> None:
    """Print the systems of the sources, claim beside measurement, as a Markdown table."""
    records = list_runs()[0]
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(source, measure(source, records)) for source in SOURCES)]
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _row(source: Source, measured: Measured | None) -> tuple[str, ...]:
    claim = "not stated" if source.claim is None else f"{100 * source.claim:.2f} %"
    parameters = f"{measured.first.parameters:,}" if measured and measured.first.parameters else ""
    seconds = f"{measured.first.seconds:.0f} s" if measured else ""
    return f"`{source.recipe}`", source.title, source.system, claim, measured_error(measured), parameters, seconds


def measured_error(measured: Measured | None) -> str:
    """The measured error in percent: with its interval, or mean and range over several seeds, and that of the folds."""
    if measured is None:
        return "no run yet"
    low, high = measured.range
    between, seeds = f"{100 * low:.2f} to {100 * high:.2f}", len(measured.errors)
    text = f"{100 * measured.mean:.2f} % ({f'mean of {seeds} seeds, ' if seeds > 1 else ''}{between})"
    if measured.chosen_among > 1:
        text += f", the best of {measured.chosen_among} on held-out digits"
    if measured.folds:
        mean, deviation = measured.folds
        text += f"; {len(measured.fold_errors)} folds: {100 * mean:.2f} % ± {100 * deviation:.2f}"
    return text

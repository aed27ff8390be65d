"""The systems of the sources that stand behind this project: what each claims, and what its runs here reached."""

from dataclasses import dataclass

from training import metrics
from training.analysis import significance
from training.runs import Record, list_runs, load_predictions
from training.studies.findings import find
from training.studies.grids import STUDIES


@dataclass(frozen=True)
class Source:
    """A system as its source describes it. recipe: its name here; claim: test error, 0 to 1, None where none is stated."""

    recipe: str
    title: str
    system: str
    claim: float | None

    @property
    def command(self) -> str:
        """What trains it."""
        return f"python -m training {'sweep' if self.recipe in STUDIES else 'run'} {self.recipe}"


SOURCES = (
    Source("mlp-128x2", "TensorFlow course", "784-128-128-10 on rows of unit length, Adam, 3 epochs", None),
    Source("cnn-kfold", "handwritten number report", "three convolutions, 5 folds, then one fit of 10 epochs", None),
    Source("digits-mlp-15", "physics teachers' tutorial", "64-15-10 on the 8 x 8 digits, first 1,000 to train", 0.118),
    Source("linear-pairwise", "digits brief", "45 linear classifiers, one for each pair of classes, voting", 0.076),
    Source("knn-deform", "digits brief", "nearest neighbours under non-linear deformation", 0.0052),
    Source("svm", "digits brief", "support vector machine, Gaussian kernel, deslanted pixels", 0.008),
    Source("random-forest", "digits brief", "random forest on raw pixels", 0.028),
    Source("mlp-800", "digits brief", "784-800-10", 0.016),
    Source("cnn-6layer", "digits brief", "784-50-100-500-1000-10-10 with elastic and affine distortions", 0.0027),
    Source("mlp-study", "digits brief", "perceptrons of many widths, depths, rates, and so on", None),
    Source("cnn-study", "digits brief", "networks with convolutions of many widths, depths, rates, and so on", None),
    Source("cnn-small", "CNN workshop", "convolutions of 64 and 32 maps, SGD, 10 epochs", None),
    Source("cnn-medium", "CNN workshop", "one convolution, pooling, dropout, dense 128, SGD, 10 epochs", None),
    Source("cnn-large", "CNN workshop", "two convolutions, pooling, dropout, dense 128 and 50, SGD, 10 epochs", None),
    Source("optimizer-study", "CNN workshop", "`cnn-medium` under every optimizer of Keras, 5 epochs", None),
)


@dataclass(frozen=True)
class Measured:
    """What the runs of one recipe reached. errors: (run id, error 0 to 1) by seed; low, high: of the first run, 95 %.

    fold_errors: on the held-out digits of each fold, where the recipe was cross-validated. of: how many runs of a study
    `first` was chosen among, by its errors on held-out digits.
    """

    first: Record
    errors: tuple[tuple[str, float], ...]
    low: float
    high: float
    fold_errors: tuple[float, ...] = ()
    of: int = 1

    @property
    def mean(self) -> float:
        """Mean test error over the seeds."""
        return sum(error for _, error in self.errors) / len(self.errors)


def measure(source: Source, records: list[Record] | None = None) -> Measured | None:
    """What the runs on the shelf reached for a source's system, or None where there is no run of it."""
    records = list_runs()[0] if records is None else records
    if source.recipe in STUDIES:
        return _study(source.recipe, records)
    own = sorted((r for r in records if r.recipe.name == source.recipe), key=lambda r: (r.recipe.seed, r.recipe.fold))
    fits = [record for record in own if record.recipe.validation != "fold"]
    if not fits:
        return None
    predictions = [(record.run_id, load_predictions(record.run_id)) for record in fits]
    errors = tuple((run_id, metrics.error(found.labels, found.probabilities)) for run_id, found in predictions)
    digits = len(predictions[0][1].labels)
    folds = [load_predictions(record.run_id) for record in own if record.recipe.validation == "fold"]
    fold_errors = tuple(metrics.error(found.held_out_labels, found.held_out_probabilities) for found in folds)
    return Measured(fits[0], errors, *significance.interval(round(errors[0][1] * digits), digits), fold_errors)


def _study(name: str, records: list[Record]) -> Measured | None:
    """The best run of a study."""
    found = find(name, records)
    if found is None:
        return None
    best = found.table.iloc[0]
    first = next(record for record in records if record.run_id == best["run"])
    return Measured(first, ((best["run"], best["test_error"]),), best["low"], best["high"], of=len(found.table))


def in_words(found: Measured | None) -> str:
    """The measured error in one phrase, in percent with its interval, or mean and range over several seeds."""
    if found is None:
        return "no run yet"
    rates = [100 * error for _, error in found.errors]
    if len(rates) > 1:
        text = f"{100 * found.mean:.2f} % (mean of {len(rates)} seeds, {min(rates):.2f} to {max(rates):.2f})"
    else:
        text = f"{rates[0]:.2f} % ({100 * found.low:.2f} to {100 * found.high:.2f})"
    if found.of > 1:
        text += f", the best of {found.of} on held-out digits"
    if found.fold_errors:
        folds = [100 * error for error in found.fold_errors]
        mean = sum(folds) / len(folds)
        deviation = (sum((fold - mean) ** 2 for fold in folds) / (len(folds) - 1)) ** 0.5
        text += f"; {len(folds)} folds: {mean:.2f} % ± {deviation:.2f}"
    return text


def markdown() -> str:
    """The table of the README."""
    lines = ["| recipe | source | system | claimed error | measured here | parameters | training |", "|" + " --- |" * 7]
    records = list_runs()[0]
    for source in SOURCES:
        found = measure(source, records)
        claim = "not stated" if source.claim is None else f"{100 * source.claim:.2f} %"
        parameters = f"{found.first.parameters:,}" if found and found.first.parameters else ""
        seconds = f"{found.first.seconds:.0f} s" if found else ""
        cells = (f"`{source.recipe}`", source.title, source.system, claim, in_words(found), parameters, seconds)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)

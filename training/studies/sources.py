"""The systems of the sources that stand behind this project: what each claims, and what its runs here reached."""

import statistics
from dataclasses import dataclass

from training import metrics
from training.analysis import significance
from training.runs import Record, list_runs, load_predictions, with_recipes
from training.studies.findings import find
from training.studies.grids import STUDIES


@dataclass(frozen=True)
class Source:
    """A system as its source describes it. recipe: its name here; claim: test error, 0 to 1, None if none is stated."""

    recipe: str
    title: str
    system: str
    claim: float | None

    @property
    def command(self) -> str:
        """The command that trains it."""
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

    fold_errors: on the held-out digits of each fold, where the recipe was cross-validated. chosen_among: how many runs of a
    study `first` was chosen among, by its errors on held-out digits.
    """

    first: Record
    errors: tuple[tuple[str, float], ...]
    low: float
    high: float
    fold_errors: tuple[float, ...] = ()
    chosen_among: int = 1

    @property
    def mean(self) -> float:
        """Mean test error over the seeds."""
        return statistics.fmean(error for _, error in self.errors)

    @property
    def range(self) -> tuple[float, float]:
        """The 95 % interval of one run, or the lowest and the highest error of several seeds."""
        rates = [error for _, error in self.errors]
        return (min(rates), max(rates)) if len(rates) > 1 else (self.low, self.high)

    @property
    def folds(self) -> tuple[float, float] | None:
        """Mean and standard deviation of the errors of the folds, None if there are not two."""
        errors = self.fold_errors
        return (statistics.fmean(errors), statistics.stdev(errors)) if len(errors) > 1 else None


def measure(source: Source, records: list[Record] | None = None) -> Measured | None:
    """The results of the saved runs for a source's system, or None if there is no run of it."""
    records = list_runs()[0] if records is None else records
    if source.recipe in STUDIES:
        return _study(source.recipe, records)
    own = [(record, recipe) for record, recipe in with_recipes(records) if recipe.name == source.recipe]
    own.sort(key=lambda pair: (pair[1].seed, pair[1].fold))
    fits = [record for record, recipe in own if recipe.validation != "fold"]
    if not fits:
        return None
    predictions = [(record.run_id, load_predictions(record.run_id)) for record in fits]
    errors = tuple((run_id, metrics.error(answers.labels, answers.probabilities)) for run_id, answers in predictions)
    digits = len(predictions[0][1].labels)
    folds = [load_predictions(record.run_id) for record, recipe in own if recipe.validation == "fold"]
    fold_errors = tuple(metrics.error(fold.held_out_labels, fold.held_out_probabilities) for fold in folds)
    return Measured(fits[0], errors, *significance.interval(round(errors[0][1] * digits), digits), fold_errors)


def _study(name: str, records: list[Record]) -> Measured | None:
    """The best run of a study."""
    findings = find(name, records)
    if findings is None:
        return None
    best = findings.table.iloc[0]
    first = next(record for record in records if record.run_id == best["run"])
    return Measured(
        first, ((best["run"], best["test_error"]),), best["low"], best["high"], chosen_among=len(findings.table)
    )

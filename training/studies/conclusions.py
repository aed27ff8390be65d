"""What a study comes to, in numbers: each part selects the runs and differences that its conclusion quotes.

A row is one of Findings.table. The sentences stand in dashboard/sections/study_conclusions.py.
"""

from dataclasses import dataclass

import pandas as pd

from training.analysis import significance
from training.studies.findings import Findings, find
from training.studies.ingredients import Ingredients, ingredients

COMPARED_STUDIES = ("mlp-study", "cnn-study")  # whose best networks are compared with each other
MAX_LEARNED_ERROR = 0.5  # a training with a higher error on held-out digits has learned next to nothing
MUCH_LOWER_LOSS = 0.7  # of the loss without regularisation
LITTLE_LOWER_ERROR = 0.4  # of the error without regularisation


@dataclass(frozen=True)
class Best:
    """The row with the fewest errors on held-out digits.

    trainings, planned: how many runs there are, and would be; held_out: digits; tied: how many others are not significantly
    different; smallest: of those, the row with the fewest parameters, where it has fewer than the best.
    """

    best: pd.Series
    trainings: int
    planned: int
    held_out: int
    tied: int
    smallest: pd.Series | None


@dataclass(frozen=True)
class Shapes:
    """Errors on held-out digits, 0 to 1, of one layer by its width, and beginning with the widest by the number of layers.

    from_width, from_depth: by how much the error falls from the narrowest to the widest, and from one layer to the best depth.
    """

    convolutional: bool
    by_width: dict[int, float]
    by_depth: dict[int, float]
    from_width: float
    from_depth: float


@dataclass(frozen=True)
class Steps:
    """Rows with the fewest and the most errors over learning rates and batch sizes, and those of the smallest and the
    largest batch at the base's learning rate, where there are two."""

    best: pd.Series
    worst: pd.Series
    batches: tuple[pd.Series, pd.Series] | None


@dataclass(frozen=True)
class Regularisation:
    """Rows without any regularisation, with the smallest gap of the losses, the lowest validation loss, and the lowest
    error; probability of the difference of errors by chance."""

    plain: pd.Series
    smallest_gap: pd.Series
    lowest_loss: pd.Series
    lowest_error: pd.Series
    probability: float

    @property
    def error_fell(self) -> bool:
        """Whether any regularisation lowered the error."""
        return self.lowest_error["val_error"] < self.plain["val_error"]

    @property
    def mainly_loss_fell(self) -> bool:
        """Whether the loss fell much, and the error little."""
        fallen = self.plain["val_error"] - self.lowest_error["val_error"]
        much = self.lowest_loss["val_loss"] < MUCH_LOWER_LOSS * self.plain["val_loss"]
        return bool(much and fallen < LITTLE_LOWER_ERROR * self.plain["val_error"])


@dataclass(frozen=True)
class Stopping:
    """Of the trainings without early stopping: how many, the median of their best epochs, the mean errors of that epoch and
    of the last. pairs: the rows with early stopping, each with its like without."""

    trainings: int
    epochs: int
    best_epoch: float
    best_error: float
    last_error: float
    pairs: list[tuple[pd.Series, pd.Series]]


@dataclass(frozen=True)
class Kinds:
    """The best perceptron and the best convolutional network, their errors on so many test digits, and the probability of
    their difference by chance; smallest: the convolutional network with the fewest parameters."""

    perceptron: pd.Series
    convolutional: pd.Series
    errors: tuple[int, int]
    digits: int
    probability: float
    smallest: pd.Series


@dataclass(frozen=True)
class Optimizers:
    """The best row of each optimizer that learned, best first.

    trainings, failed: how many there are, and how many of them learned next to nothing; robust: the optimizer whose errors
    vary least with the rate, robust_errors its lowest and highest; idle: those that learned at no rate; at_limit: those
    whose best rate is the largest tried.
    """

    best: pd.DataFrame
    trainings: int
    failed: int
    robust: str
    robust_errors: tuple[float, float]
    idle: list[str]
    at_limit: list[str]


@dataclass(frozen=True)
class Start:
    """The row of the study's base, the best row, and the probability of the difference of their test errors by chance."""

    base: pd.Series
    best: pd.Series
    probability: float


Part = Best | Shapes | Steps | Regularisation | Stopping | Kinds | Optimizers | Start | Ingredients


def conclude(findings: Findings) -> list[Part]:
    """The conclusion of a study, as far as its runs go: the best, and a part for each of the fields that it varies."""
    varied = set(findings.study.varied())
    parts: list[Part | None] = [_best(findings)]
    for fields, functions in PARTS.items():
        if varied & set(fields):
            parts += [function(findings) for function in functions]
    if findings.study.base.name in COMPARED_STUDIES:
        parts.append(_kinds())
    return [part for part in parts if part]


def regularised(findings: Findings) -> pd.DataFrame:
    """The runs that differ from the base in dropout, batch normalisation and patience alone."""
    return findings.around("dropout", "batch_normalization", "patience").sort_values("val_loss", ascending=False)


def _best(findings: Findings) -> Best:
    table, best = findings.table, findings.table.iloc[0]
    tied = table[table["tied"]].iloc[1:].sort_values(["parameters", "val_error"])
    smaller = tied[tied["parameters"] < best["parameters"]]
    return Best(
        best=best,
        trainings=len(table),
        planned=len(findings.study.recipes()),
        held_out=len(findings.held_out_wrong[best["run"]]),
        tied=len(tied),
        smallest=None if smaller.empty else smaller.iloc[0],
    )


def _shapes(findings: Findings) -> Shapes | None:
    # each at its best rate, for best come first
    rows = findings.around("shape", "learning_rate").drop_duplicates("shape")
    grid = rows.pivot_table(index="depth", columns="width", values="val_error")
    if min(grid.shape) < 2 or 1 not in grid.index or grid.isna().any(axis=None):
        return None
    narrowest, widest = grid.columns.min(), grid.columns.max()
    return Shapes(
        convolutional=bool(findings.study.base.filters),
        by_width=grid.loc[1].to_dict(),
        by_depth=grid[widest].to_dict(),
        from_width=grid.loc[1, narrowest] - grid.loc[1, widest],
        from_depth=grid.loc[1, widest] - grid[widest].min(),
    )


def _steps(findings: Findings) -> Steps | None:
    rows = findings.around("learning_rate", "batch_size")
    if rows["learning_rate"].nunique() < 2 or "optimizer" in findings.study.varied():  # each has its own rate
        return None
    at_base = rows[rows["learning_rate"] == findings.study.base.learning_rate].sort_values("batch_size")
    batches = (at_base.iloc[0], at_base.iloc[-1]) if len(at_base) > 1 else None
    return Steps(rows.iloc[0], rows.iloc[-1], batches)


def _regularisation(findings: Findings) -> Regularisation | None:
    plain, rows = findings.best_with(), regularised(findings)
    if plain is None or plain["dropout"] or plain["batch_normalization"] or plain["patience"] or len(rows) < 2:
        return None
    others = rows[rows["run"] != plain["run"]]
    gap, loss, error = (others.loc[others[column].idxmin()] for column in ("gap", "val_loss", "val_error"))
    wrong = findings.held_out_wrong
    return Regularisation(plain, gap, loss, error, significance.mcnemar(wrong[plain["run"]], wrong[error["run"]]))


def _stopping(findings: Findings) -> Stopping:
    rows = findings.table[findings.table["patience"] == 0]
    pairs = []
    for _, stopped in findings.table[findings.table["patience"] > 0].iterrows():
        like = findings.best_with(dropout=stopped["dropout"])
        if like is not None:
            pairs.append((stopped, like))
    means = rows["best_epoch"].median(), rows["best_val_error"].mean(), rows["val_error"].mean()
    return Stopping(len(rows), findings.study.base.epochs, *means, pairs)


def _kinds() -> Kinds | None:
    dense, convolutional = map(find, COMPARED_STUDIES)
    if dense is None or convolutional is None:
        return None
    first, second = dense.table.iloc[0], convolutional.table.iloc[0]
    wrong = dense.test_wrong[first["run"]], convolutional.test_wrong[second["run"]]
    errors = int(wrong[0].sum()), int(wrong[1].sum())
    smallest = convolutional.table.sort_values("parameters").iloc[0]
    return Kinds(first, second, errors, len(wrong[0]), significance.mcnemar(*wrong), smallest)


def _optimizers(findings: Findings) -> Optimizers | None:
    learned = findings.table["val_error"] < MAX_LEARNED_ERROR
    table = findings.table[learned]
    best = table.drop_duplicates("optimizer")  # each at its best rate, for best come first
    several = table.groupby("optimizer").size() > 1
    lowest = table.groupby("optimizer")["val_error"].min()[several]
    if lowest.empty:
        return None
    highest = findings.table.groupby("optimizer")["val_error"].max()[lowest.index]
    robust = (highest - lowest).idxmin()
    return Optimizers(
        best=best,
        trainings=len(learned),
        failed=int((~learned).sum()),
        robust=robust,
        robust_errors=(lowest[robust], highest[robust]),
        idle=sorted(set(findings.table["optimizer"]) - set(table["optimizer"])),
        at_limit=list(best.loc[best["learning_rate"] == table["learning_rate"].max(), "optimizer"]),
    )


def _start(findings: Findings) -> Start | None:
    base = findings.best_with()
    if base is None:
        return None
    best, wrong = findings.table.iloc[0], findings.test_wrong
    return Start(base, best, significance.mcnemar(wrong[base["run"]], wrong[best["run"]]))


PARTS = {  # fields of Recipe -> the parts of a study that varies one of them
    ("optimizer",): (_optimizers, _start),
    ("hidden", "filters"): (_shapes,),
    ("learning_rate", "batch_size"): (_steps,),
    ("dropout", "batch_normalization", "patience"): (_regularisation,),
    ("patience",): (_stopping,),
    ("augmentation", "averaging", "label_smoothing"): (ingredients,),
}

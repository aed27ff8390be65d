"""The conclusions of the studies, in plain words: every figure in them comes from the runs, and the words follow the figures."""

from dataclasses import dataclass

import pandas as pd

from training.analysis import significance
from training.studies.findings import Findings, find

RIVALS = ("mlp-study", "cnn-study")  # which are compared with each other
NOTHING = 0.5  # share of digits missed from which on a training has learned next to nothing


@dataclass(frozen=True)
class Section:
    """A part of a conclusion. figure: name of the figure that shows it, or ''."""

    title: str
    text: str
    figure: str = ""


def conclude(findings: Findings) -> list[Section]:
    """The conclusion of a study, as far as its runs go: a part for each of the fields that it varies."""
    varied = set(findings.study.varied())
    parts: list[Section | None] = [_best(findings)]
    for fields, found in PARTS.items():
        if varied & set(fields):
            parts += [part(findings) for part in found]
    if findings.study.base.name in RIVALS:
        parts.append(_rivals())
    return [part for part in parts if part]


def markdown(findings: Findings) -> str:
    """The whole conclusion as a text."""
    parts = [f"## {part.title}\n\n{part.text}\n" for part in conclude(findings)]
    return "\n".join([f"# {findings.study.question}\n", *parts])


def percent(rate: float) -> str:
    """A rate from 0 to 1 as text."""
    return f"{100 * rate:.2f} %"


def listed(words) -> str:
    """Words with commas and an 'and'."""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _best(findings: Findings) -> Section:
    table, best = findings.table, findings.table.iloc[0]
    held, missing = len(findings.held_wrong[best["run"]]), len(findings.study.recipes()) - len(table)
    many = "1 training" if len(table) == 1 else f"{len(table)} trainings"
    text = (
        f"Of {many}, **{best['label']}** reads the {held:,} digits held out of the training set best: it misses "
        f"{percent(best['val_error'])} of them. It was chosen by that alone. Of the test digits, by which nothing was chosen, it "
        f"misses **{percent(best['test_error'])}** (95 % interval {percent(best['low'])} to {percent(best['high'])})."
    )
    tied = table[table["tied"]].iloc[1:]
    if len(tied):
        text += (
            f" To be the best of so many is partly luck: {len(tied)} others cannot be told from it on these digits (exact "
            f"McNemar test, corrected by Holm's method for {len(table) - 1} comparisons)."
        )
        small = tied.sort_values(["parameters", "val_error"]).iloc[0]
        if small["parameters"] < best["parameters"]:
            text += (
                f" The smallest of them is {small['label']}, with {small['parameters']:,} parameters instead of "
                f"{best['parameters']:,}."
            )
    if missing:
        text += f" {missing} of the {missing + len(table)} trainings planned gave no run: diverged, or not made yet."
    return Section("The best, and those as good", text)


def _shapes(findings: Findings) -> Section | None:
    # each at its best rate, for best come first
    rows = findings.around("shape", "learning_rate").drop_duplicates("shape")
    grid = rows.pivot_table(index="depth", columns="width", values="val_error")
    if min(grid.shape) < 2 or 1 not in grid.index or grid.isna().any(axis=None):
        return None
    narrow, wide = grid.columns.min(), grid.columns.max()
    what, unit = ("convolutions", "maps") if findings.study.base.filters else ("hidden layers", "units")
    widths = listed(f"{percent(grid.loc[1, width])} with {width} {unit}" for width in grid.columns)
    depths = listed(f"{percent(grid.loc[depth, wide])} with {depth}" for depth in grid.index)
    wider, deeper = grid.loc[1, narrow] - grid.loc[1, wide], grid.loc[1, wide] - grid[wide].min()
    verdict = "Width was worth more than depth" if wider > deeper else "Depth was worth more than width"
    return Section(
        "Width and depth",
        f"Each shape stands for its best learning rate. One layer misses {widths} of the held-out digits: {_points(wider)} "
        f"from the narrowest to the widest. Beginning with {wide} {unit}, the error is {depths} {what}: {_points(deeper)} from "
        f"one layer to the best depth. {verdict}.",
        "shapes",
    )


def _points(change: float) -> str:
    """A change of an error rate in words."""
    return f"{100 * abs(change):.2f} percentage points {'fewer' if change >= 0 else 'more'}"


def _steps(findings: Findings) -> Section | None:
    rows = findings.around("learning_rate", "batch_size")
    if rows["learning_rate"].nunique() < 2 or "optimizer" in findings.study.varied():  # of each its own rate
        return None
    best, worst, base = rows.iloc[0], rows.iloc[-1], findings.study.base
    text = (
        f"With nothing else changed, the learning rate {best['learning_rate']:g} with batches of {best['batch_size']} misses the "
        f"fewest held-out digits, {percent(best['val_error'])}; {worst['learning_rate']:g} with batches of "
        f"{worst['batch_size']} the most, {percent(worst['val_error'])}."
    )
    at_base = rows[rows["learning_rate"] == base.learning_rate].sort_values("batch_size")
    if len(at_base) > 1:
        first, last = at_base.iloc[0], at_base.iloc[-1]
        text += (
            f" Small batches make more steps and take longer: at the rate {base.learning_rate:g}, batches of "
            f"{first['batch_size']} took {first['seconds']:.0f} s and missed {percent(first['val_error'])}, batches of "
            f"{last['batch_size']} took {last['seconds']:.0f} s and missed {percent(last['val_error'])}."
        )
    return Section("Learning rate and batch size", text, "steps")


def _regularisation(findings: Findings) -> Section | None:
    plain, rows = findings.one(), regularised(findings)
    if plain is None or way(plain) != "nothing" or len(rows) < 2:
        return None
    others = rows[rows["run"] != plain["run"]]
    calm, sharp = others.loc[others["gap"].idxmin()], others.loc[others["val_error"].idxmin()]
    low = others.loc[others["val_loss"].idxmin()]
    chance = significance.mcnemar(findings.held_wrong[plain["run"]], findings.held_wrong[sharp["run"]])
    text = (
        f"Left alone, the network learns the training digits by heart: after {plain['epochs']} epochs its loss on them is "
        f"{plain['train_loss']:.4f} nats, and on the held-out digits {plain['val_loss']:.4f}. That gap of {plain['gap']:.4f} nats "
        f"was lowest with {way(calm)}: {calm['gap']:.4f}. The validation loss itself was lowest with {way(low)}: "
        f"{low['val_loss']:.4f}. "
    )
    better = plain["val_error"] - sharp["val_error"]
    if better <= 0:
        text += f"But no way lowered the error on the held-out digits, {percent(plain['val_error'])}."
    else:
        text += (
            f"The error on the held-out digits fell most with {way(sharp)}, from {percent(plain['val_error'])} to "
            f"{percent(sharp['val_error'])}, which {_believable(chance)}."
        )
    text += (
        " A loss punishes a sure mistake more than a hesitant one; so what calms a network lowers the loss at once and the "
        "error only a little."
        if low["val_loss"] < 0.7 * plain["val_loss"] and better < 0.4 * plain["val_error"]
        else ""
    )
    text += " (Both losses are measured after the epoch and without dropout, so that they can be compared.)"
    return Section("What keeps it from learning by heart", text, "gaps")


def regularised(findings: Findings) -> pd.DataFrame:
    """The runs that differ from the base in dropout, batch normalisation and patience alone."""
    return findings.around("dropout", "batch_normalization", "patience").sort_values("val_loss", ascending=False)


def way(row: pd.Series) -> str:
    """How a run was regularised, in words."""
    ways = [f"dropout {row['dropout']:g}"] if row["dropout"] else []
    ways += ["batch normalization"] if row["batch_normalization"] else []
    ways += ["early stopping"] if row["patience"] else []
    return listed(ways) or "nothing"


def _believable(chance: float) -> str:
    """A probability that a difference is chance, as the end of a sentence."""
    said = f"p = {chance:.2g}" if chance >= 0.0001 else "p < 0.0001"
    return (
        f"is more than chance ({said})"
        if chance < significance.SIGNIFICANCE_LEVEL
        else f"could be chance ({said}, exact McNemar test)"
    )


def _stopping(findings: Findings) -> Section | None:
    rows = findings.table[findings.table["patience"] == 0]
    text = (
        f"The {len(rows)} trainings without early stopping had their lowest validation loss in epoch "
        f"{rows['best_epoch'].median():.0f} of {findings.study.base.epochs} (median). The weights of that epoch would have missed "
        f"{percent(rows['best_val_error'].mean())} of the held-out digits on average, those of the last epoch miss "
        f"{percent(rows['val_error'].mean())}."
    )
    for stopped in findings.table[findings.table["patience"] > 0].to_dict("records"):
        twin = findings.one(dropout=stopped["dropout"])
        if twin is not None:
            text += (
                f" With {'dropout ' + format(stopped['dropout'], 'g') if stopped['dropout'] else 'no dropout'}, early stopping "
                f"ended after {stopped['epochs']} epochs: validation loss {stopped['val_loss']:.4f} instead of "
                f"{twin['val_loss']:.4f}, error {percent(stopped['val_error'])} instead of {percent(twin['val_error'])}, "
                f"{stopped['seconds']:.0f} s instead of {twin['seconds']:.0f} s."
            )
    return Section("Stopping early", text, "stopping")


def _rivals() -> Section | None:
    dense, convolutional = map(find, RIVALS)
    if dense is None or convolutional is None:
        return None
    first, second = dense.table.iloc[0], convolutional.table.iloc[0]
    wrong = dense.test_wrong[first["run"]], convolutional.test_wrong[second["run"]]
    chance = significance.mcnemar(*wrong)
    small = convolutional.table.sort_values("parameters").iloc[0]
    text = (
        f"The best perceptron ({first['label']}) misses {wrong[0].sum()} of {len(wrong[0]):,} test digits with "
        f"{first['parameters']:,} parameters, the best network with convolutions ({second['label']}) {wrong[1].sum()} with "
        f"{second['parameters']:,}, and the difference {_believable(chance)}. Even the smallest network with convolutions "
        f"({small['label']}, {small['parameters']:,} parameters) misses {percent(small['test_error'])}. A convolution looks for "
        "the same stroke everywhere in the picture, so it need not learn it anew for every place. The price is time: the two "
        f"took {first['seconds']:.0f} s and {second['seconds']:.0f} s to train."
    )
    return Section("Perceptrons against convolutions", text, "rivals")


def _rates(findings: Findings) -> Section | None:
    learned = findings.table["val_error"] < NOTHING
    table, idle = findings.table[learned], set(findings.table["optimizer"]) - set(findings.table["optimizer"][learned])
    best = table.drop_duplicates("optimizer")  # each at its best rate, for best come first
    tied = best[best["tied"]]
    spread = table.groupby("optimizer")["val_error"].agg(["min", "max"])
    spread = spread[table.groupby("optimizer").size() > 1]
    if spread.empty:
        return None
    spread["max"] = findings.table.groupby("optimizer")["val_error"].max()
    robust, last = (spread["max"] - spread["min"]).idxmin(), best.iloc[-1]
    by_rate = listed(
        f"{rate:g} for {listed(best.loc[best['learning_rate'] == rate, 'optimizer'])}"
        for rate in sorted(best["learning_rate"].unique())
    )
    text = (
        f"At its best rate, each of {len(best)} optimizers learns to read, but not equally well: from "
        f"{percent(best.iloc[0]['val_error'])} ({best.iloc[0]['label']}) to {percent(last['val_error'])} ({last['label']}) of the "
        f"held-out digits are missed. {len(tied)} of them cannot be told from the best: {listed(tied['optimizer'])}. "
        f"The rate counts as much as the optimizer: {(~learned).sum()} of the {len(learned)} trainings learned next to nothing. "
        f"Of the rates tried, the best is {by_rate}. The least particular is {robust}, whose errors range from "
        f"{percent(spread.loc[robust, 'min'])} to {percent(spread.loc[robust, 'max'])}."
    )
    if idle:
        text += f" {listed(sorted(idle))} learned nothing at any rate."
    edge = best.loc[best["learning_rate"] == table["learning_rate"].max(), "optimizer"]
    if len(edge):
        text += f" For {listed(edge)} the best rate is the largest tried, so a larger one might do better still" + (
            " (Adadelta's paper, Zeiler 2012, uses 1)." if "adadelta" in set(edge) else "."
        )
    return Section("The optimizer and its learning rate", text, "optimizers")


def _starts(findings: Findings) -> Section | None:
    base = findings.one()
    if base is None:
        return None
    best = findings.table.iloc[0]
    chance = significance.mcnemar(findings.test_wrong[base["run"]], findings.test_wrong[best["run"]])
    text = (
        f"The study starts from {base['label']}. In the same {base['epochs']} epochs it misses {percent(base['test_error'])} of "
        f"the test digits, and {best['label']} {percent(best['test_error'])}: a difference that {_believable(chance)}. "
        "With more epochs, an optimizer that is slow at first may still arrive."
    )
    return Section("The starting point and the best", text, "starts")


PARTS = {  # fields of Recipe -> what is said of a study that varies one of them
    ("optimizer",): (_rates, _starts),
    ("hidden", "filters"): (_shapes,),
    ("learning_rate", "batch_size"): (_steps,),
    ("dropout", "batch_normalization", "patience"): (_regularisation,),
    ("patience",): (_stopping,),
}

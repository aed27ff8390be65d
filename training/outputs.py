"""What the rows are that a model gives for digits, probabilities, percentages or logits, and the probabilities they mean."""

import numpy as np

PROBABILITIES, SCALED, PERCENTAGES = "probabilities", "scores from 0 to 1", "percentages"
SHARES, LOGARITHMS, LOGITS = "shares", "log-probabilities", "logits"
TOLERANCE = 0.02  # by which the probabilities of a digit, in half precision or less, may miss 1
MAX_ROUNDING = 20.0  # per cent by which rows of many rounded percentages may miss 100
MIN_ROWS = 10  # below which equal sums may be a coincidence
HALF = 50.0  # no logit is this high where none is negative
REMARKS = {  # what was made of rows that are no probabilities yet, in a sentence
    SCALED: "Its values lie from 0 to 1, but its rows do not sum to 1: each was divided by its sum.",
    PERCENTAGES: "Its rows sum to 100, so they are percentages: they were divided by 100.",
    SHARES: "All its rows have the same sum, so they are shares of it: they were divided by it.",
    LOGARITHMS: "Its rows are logarithms of probabilities: their exponentials were taken.",
    LOGITS: "Its rows are neither probabilities nor percentages, so they are taken for logits: a softmax was applied.",
}


def meaning(outputs: np.ndarray) -> str:
    """What outputs (n, outputs) of any real type are: one of the names above.

    Rows with NaN count for nothing. Non-negative rows that sum to 100, but for rounding, are percentages; whatever else lies
    outside 0 to 1 and has no sum in common is logits.
    """
    rows = np.asarray(outputs, np.float32)
    rows = rows[~np.isnan(rows).any(axis=1)]
    if not rows.size:
        return PROBABILITIES
    low, high, sums = float(rows.min()), float(rows.max()), rows.sum(axis=1)
    within = low >= -TOLERANCE and high <= 1 + TOLERANCE
    if rows.shape[1] == 1:
        return PROBABILITIES if within else PERCENTAGES if low >= 0 and HALF < high <= 100 else LOGITS
    if within:
        return _within(sums)
    if low >= -TOLERANCE:
        return _not_negative(rows, sums)
    if high <= TOLERANCE and (np.abs(np.exp(rows).sum(axis=1) - 1) <= TOLERANCE).all():
        return LOGARITHMS
    return LOGITS


def _within(sums: np.ndarray) -> str:
    """What rows from 0 to 1 with these sums are."""
    if (np.abs(sums - 1) <= TOLERANCE).all():
        return PROBABILITIES
    return LOGITS if (sums < TOLERANCE).any() else SCALED


def _not_negative(rows: np.ndarray, sums: np.ndarray) -> str:
    """What rows without a negative number are, some of them above 1."""
    whole = bool((rows == np.round(rows)).all())
    rounding = min(0.5 * rows.shape[1], MAX_ROUNDING) if whole else 0.0
    if (np.abs(sums - 100) <= max(100 * TOLERANCE, rounding)).all():
        return PERCENTAGES
    alike = len(rows) >= MIN_ROWS and np.ptp(sums) <= TOLERANCE * sums.mean()
    return SHARES if alike else LOGITS


def as_probabilities(outputs: np.ndarray, kind: str | None = None) -> np.ndarray:
    """A model's outputs (n, outputs) as probabilities (n, classes) float32. A single output is that of the second of two classes.
    Rows with NaN are NaN. kind: what they are, as `meaning` tells it by default."""
    rows = np.asarray(outputs, np.float32)
    kind = kind or meaning(rows)
    if rows.shape[1] == 1:
        second = 1 / (1 + np.exp(-rows)) if kind == LOGITS else rows / (100 if kind == PERCENTAGES else 1)
        return np.hstack([1 - second, second])
    if kind == PROBABILITIES:
        return rows
    if kind in (SCALED, PERCENTAGES, SHARES):
        return rows / rows.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        powers = np.exp(rows - rows.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

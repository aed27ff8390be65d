"""Numbers and facts in the words that visitors read."""

from training.analysis import significance


def percent(rate: float, digits: int = 2) -> str:
    """A rate from 0 to 1 as text."""
    return f"{100 * rate:.{digits}f} %"


def likely(wrong: int, digits: int) -> str:
    """An error rate in words, with its 95 % interval."""
    low, high = (percent(end) for end in significance.interval(wrong, digits))
    return f"{percent(wrong / digits)}; on other digits like these probably {low} to {high} (95 % interval)"

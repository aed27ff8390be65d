"""Numbers and facts in the words that visitors read."""

import re
from collections.abc import Sequence

import numpy as np

from training.analysis import significance
from training.analysis.dataset_statistics import Balance, Drift, Pixels

MARKDOWN = re.compile(r"([\\`*_\[\]<>$:~|#]|(?<=www)\.)")


def plain(text: object) -> str:
    """Text from elsewhere, such as an address or a file's name, so that Markdown shows it as it is and on one line."""
    return MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def percent(rate: float, digits: int = 2) -> str:
    """A rate from 0 to 1 as text."""
    return f"{100 * rate:.{digits}f} %"


def likely(wrong: int, digits: int) -> str:
    """An error rate in words, with its 95 % interval."""
    low, high = (percent(end) for end in significance.interval(wrong, digits))
    return f"{percent(wrong / digits)}; on other digits like these probably {low} to {high} (95 % interval)"


def pixels(found: Pixels) -> str:
    """Which pixels are never used, and where the digits differ most."""
    never = int((found.used == 0).sum())
    row, column = np.unravel_index(found.deviation.argmax(), found.deviation.shape)
    background = found.levels[0] / max(1, found.levels.sum())
    return (
        f"{never} of the {found.used.size} pixels are zero in every digit, and {background:.0%} of all pixels are background. The "
        f"digits differ most in row {row}, column {column}: standard deviation {found.deviation.max():.0f} of 255."
    )


def balance(found: Balance, class_names: Sequence[str]) -> str:
    """Whether the classes are equally frequent, and alike in both parts."""
    most, least = int(found.shares.argmax()), int(found.shares.argmin())
    differ = "differ significantly" if found.significant else "do not differ significantly"
    return (
        f"The most frequent class is {class_names[most]} with {found.shares[most]:.1%}, the rarest {class_names[least]} with "
        f"{found.shares[least]:.1%}. The shares of the two parts {differ} (chi-squared test, p = {found.probability:.2g})."
    )


def drift(found: Drift, name: str, unit: str) -> str:
    """What the distributions of a measure in the two parts say."""
    both = f"Mean {name}: {found.train:.3g} {unit} in the training part, {found.test:.3g} in the test part."
    if not found.significant:
        return f"{both} No significant difference."
    much = "plain to see" if found.visible else "significant, but too small to see"
    return f"{both} The distributions are at most {found.distance:.1%} apart: {much}."

"""The questions of the page Concepts: each an entry with its text, its source and a figure that a visitor can handle.

To add one: a function with @concept in a module of this folder, which shows the handles, the figure and what it says.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

PERCEPTRON, TRAINING, CONVOLUTION, POOLING, JUDGING = GROUPS = (
    "The perceptron",
    "Training",
    "Convolution",
    "Pooling and the end",
    "Judging",
)
MAX_WORDS = 80  # of a text


@dataclass(frozen=True)
class Link:
    """Where something of ours shows it. page: the stem of its file in views/; label: of the link; named: what its address says;
    run: the run that must be there."""

    page: str
    label: str
    named: Mapping[str, str]
    run: str | None = None


@dataclass(frozen=True)
class Concept:
    """A question. key: in the address; group: one of GROUPS; name: in the list; text: the answer, in Markdown, at most MAX_WORDS
    words; formula: in LaTeX, or ""; letters: what its letters mean;
    source: what the answer rests on; words: others by which it is found; show: the figure."""

    key: str
    group: str
    name: str
    question: str
    text: str
    source: str
    show: Callable[[], None]
    formula: str = ""
    letters: str = ""
    words: str = ""
    links: Sequence[Link] = ()


CONCEPTS: dict[str, Concept] = {}


def concept(**settings) -> Callable:
    """Enter a question under its function's name; settings: the other fields of Concept."""

    def enter(function: Callable[[], None]) -> Callable[[], None]:
        key = function.__name__.replace("_", "-")
        CONCEPTS[key] = Concept(key=key, show=function, **settings)
        return function

    return enter


def of_group(group: str, among: Sequence[str]) -> list[Concept]:
    """The questions of a group, in their order, of those with these keys."""
    return [one for one in CONCEPTS.values() if one.group == group and one.key in among]


def find(words: str) -> list[str]:
    """The keys of the questions in which each of these words begins a word of the name, the question, the text, the source or the
    further words; those that have them in name or question first. All where there are none."""
    wanted = _words(words)
    title = [key for key, one in CONCEPTS.items() if _holds(f"{one.name} {one.question}", wanted)]
    rest = [key for key, one in CONCEPTS.items() if key not in title and _holds(_all_text(one), wanted)]
    return title + rest


def _all_text(entry: Concept) -> str:
    return " ".join((entry.name, entry.question, entry.text, entry.source, entry.words, entry.group))


def _holds(text: str, wanted: Sequence[str]) -> bool:
    there = _words(text)
    return all(any(word.startswith(want) for word in there) for want in wanted)


def _words(text: str) -> list[str]:
    # Americans write normalization and optimizer
    return re.findall(r"\w+", text.lower().replace("iz", "is"))


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

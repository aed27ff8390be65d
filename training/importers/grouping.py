"""Which parts belong to one run: those that lie side by side under one name, or without a name of their own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.importers.from_npz import LABELS
from training.importers.parts import TENSORBOARD, Answers, History, Network, Part, Whole
from training.importers.row_order import with_labels

# words of a file's name that say what it holds and not whose it is
WORDS = """
    model models network net nn history hist histories log logs logger csvlogger csv training train trained weights weight final
    best last predictions prediction predicted predict preds pred probs probabilities proba labels label y true test results
    result output outputs metrics metric architecture arch config saved save my mnist digits the keras tf checkpoint ckpt events
    wandb export exported trackio json npy npz h5 hdf5 pkl pickle data file run curves loss acc accuracy
"""
# of these, what a name may end with and still be that of the run: my-run-history.csv
ENDS = re.compile(
    r"([ _.-]+(history|hist|logs?|csvlogger|predictions?|preds?|probabilities|probs|labels|metrics|model|weights|curves))+$"
)
GENERIC = frozenset(WORDS.split())
PREFERRED = ("Keras model", "Keras model in HDF5")  # of several files with the same network, the first


@dataclass(frozen=True)
class Group:
    """A run to be: its name, and its parts, of each kind at most one; spare: parts that it does not need."""

    name: str
    parts: tuple[Part, ...]
    spare: tuple[Part, ...] = ()

    def of(self, kind: type) -> Part | None:
        """The part of that kind, if it has one."""
        return next((part for part in self.parts if isinstance(part.content, kind)), None)

    def fits(self) -> bool:
        """Whether no kind is there twice."""
        kinds = [type(part.content) for part in self.parts]
        return len(set(kinds)) == len(kinds)


def groups(parts: Sequence[Part], folder: str, named: bool) -> list[Group]:
    """The runs of a folder. folder: its name; named: whether it was named as a folder, so that its name may be a run's."""
    whole = [Group(part.content.record.run_id, (part,)) for part in parts if isinstance(part.content, Whole)]
    rest = [part for part in parts if not isinstance(part.content, Whole)]
    by_name: dict[str, list[Part]] = {}
    for part in rest:
        by_name.setdefault((part.name and f"={part.name}") or key(part.path), []).append(part)
    if "" in by_name and len(by_name) == 2:
        # what has no name of its own belongs to the only run that has one
        other = next(name for name in by_name if name)
        if _complements(by_name[""], by_name[other]):
            by_name[other] = by_name.pop("") + by_name[other]
    alone = len(by_name) == 1 and not whole
    runs = list(whole)
    for name, members in by_name.items():
        runs.append(as_one(_name(name, members, folder if named and alone else ""), members))
    return runs


def key(path: Path) -> str:
    """What of a file's name says whose it is: model_small.h5 and history-small.npy are both small's."""
    if path.name.startswith("events.out.tfevents"):
        return ""
    stem = re.sub(r"(\.\w{1,8})+$", "", path.name)
    words = re.findall(r"[^\W_]+", stem.lower())
    return "-".join(word for word in words if word not in GENERIC)


def _complements(first: Sequence[Part], second: Sequence[Part]) -> bool:
    return not {type(part.content) for part in first} & {type(part.content) for part in second}


def _name(name: str, members: Sequence[Part], folder: str) -> str:
    if name.startswith("="):
        return name[1:]
    generic = not set(re.findall(r"[^\W_]+", folder.lower())) - GENERIC
    return (folder if not generic else "") or name or ENDS.sub("", members[0].path.stem)


def as_one(name: str, members: Sequence[Part]) -> Group:
    """Parts as one run: of each kind it takes one, a whole network before its pieces, the longest history, answers with labels."""
    networks = _networks([part for part in members if isinstance(part.content, Network)])
    answers = _answers([part for part in members if isinstance(part.content, Answers)])
    histories = _histories([part for part in members if isinstance(part.content, History)])
    used = [*networks[:1], *histories[:1], *answers[:1]]
    usable = [part for part in used if not _incomplete(part)]
    spare = [part for part in [*networks, *histories, *answers] if part not in usable]
    return Group(name, tuple(usable), tuple(spare))


def _histories(parts: list[Part]) -> list[Part]:
    """The longest first; the event files of a run, for training and validation and after each start, are one."""
    events = [part for part in parts if part.form == TENSORBOARD]
    rest = [part for part in parts if part.form != TENSORBOARD]
    if events:
        table = events[-1].content.table.set_index("epoch")
        for part in reversed(events[:-1]):
            table = table.combine_first(part.content.table.set_index("epoch"))
        remarks = tuple(dict.fromkeys(remark for part in events for remark in part.remarks))
        rest.append(replace(events[0], content=History(table.reset_index()), remarks=remarks))
    return sorted(rest, key=lambda part: -len(part.content.table))


def _incomplete(part: Part) -> bool:
    network = part.content
    return isinstance(network, Network) and (network.described is None or network.weights is None)


def _networks(parts: list[Part]) -> list[Part]:
    """Complete networks first; a description and the weights of it that lie beside it are one."""
    complete = sorted((part for part in parts if not _incomplete(part)), key=lambda part: _rank(part.form))
    rest = [part for part in parts if _incomplete(part)]
    described = next((part for part in rest if part.content.weights is None), None)
    weights = next((part for part in rest if part.content.described is None), None)
    if described is not None and weights is not None:
        joined = replace(
            described,
            form="Keras model as JSON and weights",
            content=replace(described.content, weights=weights.content.weights),
            settings={**weights.settings, **described.settings},
        )
        return [*complete, joined, *(part for part in rest if part not in (described, weights))]
    return [*complete, *rest]


def _rank(form: str) -> int:
    return PREFERRED.index(form) if form in PREFERRED else len(PREFERRED)


def _answers(parts: list[Part]) -> list[Part]:
    """Answers with labels first; labels in a file of their own belong to the answers beside it."""
    labels = next((part for part in parts if part.content.labels is None and _holds_labels(part)), None)
    rest = [part for part in parts if part is not labels]
    open_ = next((part for part in rest if part.content.labels is None), None)
    if labels is not None and open_ is not None and len(labels.content.scores) == len(open_.content.scores):
        joined = replace(open_, content=with_labels(open_.content, labels.content.scores))
        return [joined, *(part for part in rest if part is not open_)]
    return sorted(parts, key=lambda part: part.content.labels is None)


def _holds_labels(part: Part) -> bool:
    """Whether an array in a file of its own is called as labels are."""
    words = set(re.findall(r"[^\W_]+", part.path.stem.lower()))
    scores = np.asarray(part.content.scores)
    called = part.path.stem.lower() in LABELS or bool(words & {"labels", "label", "truth", "true", "targets"})
    return called and (scores.ndim == 1 or set(np.unique(scores[:100])) <= {0, 1})

"""What is in the files and folders that somebody brings: which of them belong to one run, and which cannot be read, before anything
is imported."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.importers import find, foreign
from training.importers.from_mlflow import ARTIFACTS
from training.importers.from_tensorboard import TRAINING, VALIDATION
from training.importers.grouping import Group, as_one, groups
from training.importers.parts import TENSORBOARD, Answers, Network, Part, UnreadableError, Whole
from training.importers.unpacking import MAX_BYTES, is_archive, unpack

MAX_FILES, MAX_DEPTH = 2_000, 8  # that are looked at, and folders in folders


@dataclass(frozen=True)
class Refused:
    """A file that is not imported, as it was named, and why, in a sentence; foreign: whether it is of no known format at all."""

    path: str
    sentence: str
    foreign: bool = False


@dataclass(frozen=True)
class Plan:
    """runs: what would be imported; refused: what would not; keeps: the folder in which archives were unpacked, for as long as the
    plan is there."""

    runs: tuple[Group, ...]
    refused: tuple[Refused, ...]
    keeps: Any = None


def recognise(paths: Sequence[Path], architecture: dict[str, Any] | None = None, name: str | None = None) -> Plan:
    """What files and folders hold, without importing it.

    paths: as they were named; architecture: of weights that come alone, as Network.described has it; name: of the one run that
    everything is part of, where it is.
    """
    walk = _Walk(architecture)
    for path in paths:
        walk.see(path, path.name or str(path), path.parent)
    candidates = [
        group for folder, parts in walk.parts.items() for group in groups(parts, folder.name, folder in walk.named)
    ]
    if name is not None:
        candidates = _together(candidates, name)
    lost = [part for group in candidates for part in group.spare]
    refused = [*walk.refused, *(Refused(part.path.name, _alone(part)) for part in lost)]
    runs = [group for group in candidates if group.parts]
    return Plan(tuple(runs), tuple(refused), walk.unpacked)


class _Walk:
    """The way through folders and archives: parts by the folder that they lie in, and what is refused."""

    def __init__(self, architecture: dict[str, Any] | None):
        self.architecture = architecture
        self.parts: dict[Path, list[Part]] = {}
        self.named: set[Path] = set()
        self.refused: list[Refused] = []
        self.unpacked: tempfile.TemporaryDirectory | None = None
        self.files = 0
        self.left = MAX_BYTES

    def see(self, path: Path, shown: str, folder: Path, depth: int = 0) -> None:
        """Look at a file or folder. shown: what it is called in sentences; folder: whose runs it belongs to."""
        try:
            self._see(path, shown, folder, depth)
        except UnreadableError as error:
            self._refuse(shown, f"{error}.")
        except FileNotFoundError:
            self._refuse(shown, "is not there.")
        except PermissionError:
            self._refuse(shown, "may not be read.")
        except (OSError, ValueError, MemoryError, RecursionError) as error:
            self._refuse(shown, f"is damaged ({type(error).__name__}).")

    def _refuse(self, shown: str, why: str, unknown: bool = False) -> None:
        self.refused.append(Refused(shown, f"{shown} {why}", unknown))

    def _see(self, path: Path, shown: str, folder: Path, depth: int) -> None:
        self.files += 1
        if self.files > MAX_FILES:
            if self.files == MAX_FILES + 1:
                self._refuse(shown, f"and what follows is left out: {MAX_FILES:,} files at most are looked at.")
            return
        if not path.exists():
            raise FileNotFoundError(path)
        if is_archive(path):
            self.unpacked = self.unpacked or tempfile.TemporaryDirectory(prefix="import-")
            inside = Path(self.unpacked.name) / f"{self.files}" / path.stem
            self.left -= unpack(path, inside, self.left)
            self._enter(inside, shown, depth)
        elif path.is_dir() and find(path) is None:
            self._enter(path, shown, depth)
        elif not path.is_dir() and not path.stat().st_size:
            self._refuse(shown, "is empty.")
        else:
            self._read(path, shown, folder)

    def _enter(self, folder: Path, shown: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise UnreadableError("lies in too many folders")
        before = self._seen()
        self.named.add(folder)
        for path in _inside(folder):
            self.see(path, f"{shown}/{path.name}", folder, depth + 1)
        if before == self._seen():
            self._refuse(shown, "holds no file that could be a run.")

    def _seen(self) -> tuple[int, int]:
        return sum(map(len, self.parts.values())), len(self.refused)

    def _read(self, path: Path, shown: str, folder: Path) -> None:
        form = find(path)
        if form is None:
            self._refuse(shown, foreign.told(path), unknown=True)
            return
        for part in form.read(path):
            network = part.content
            if isinstance(network, Network) and network.described is None and self.architecture:
                part = replace(part, content=replace(network, described=self.architecture))
            # Keras writes what it logs into a folder for training and one for validation
            inside = part.form == TENSORBOARD and folder.name.lower() in (*TRAINING, *VALIDATION)
            self.parts.setdefault(folder.parent if inside else folder, []).append(part)
            if form.name == "MLflow" and (path / ARTIFACTS).is_dir():
                self._artifacts(path / ARTIFACTS, folder, part.name)

    def _artifacts(self, path: Path, folder: Path, name: str) -> None:
        """The models that MLflow keeps with a run."""
        inner = _Walk(self.architecture)
        inner.files, inner.left, inner.unpacked = self.files, self.left, self.unpacked
        inner.see(path, path.name, path)
        self.files, self.left, self.unpacked = inner.files, inner.left, inner.unpacked
        parts = [
            replace(part, name=name)
            for folder_parts in inner.parts.values()
            for part in folder_parts
            if isinstance(part.content, Network)
        ]
        self.parts[folder] += parts


def _inside(folder: Path) -> Iterator[Path]:
    """What lies in a folder by name, without what is hidden and without links, which lead elsewhere."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith((".", "__")) and path.name != "meta.yaml" and not path.is_symlink():
            yield path


def _together(candidates: list[Group], name: str) -> list[Group]:
    """All as one run of that name. Raises ValueError where they are several."""
    parts = [part for group in candidates for part in (*group.parts, *group.spare)]
    used = Group(name, tuple(part for group in candidates for part in group.parts))
    if len(candidates) > 1 and (not used.fits() or used.of(Whole)):
        names = ", ".join(group.name for group in candidates[:4])
        raise ValueError(
            f"These are {len(candidates)} runs ({names}), and a name is for one: import them one by one, or without it."
        )
    if used.of(Whole):
        raise ValueError("A run that was exported keeps its own name: import it without --name.")
    return [as_one(name, parts)] if candidates else []


def _alone(part: Part) -> str:
    """Why a part is of no use without another."""
    network = part.content
    if isinstance(network, Network) and network.described is None:
        name = part.path.name
        return f"{name} holds weights alone: put the model.json of their network beside them, or name it with --architecture."
    if isinstance(network, Network) and network.weights is None:
        return f"{part.path.name} describes a network without weights: put its weights (.h5) beside it."
    kind = "model" if isinstance(network, Network) else "predictions" if isinstance(network, Answers) else "history"
    return f"{part.path.name} is left out: its run takes its {kind} from another file beside it."

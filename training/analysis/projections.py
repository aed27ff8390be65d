"""Maps: every digit of a dataset as a point in the plane, alike ones close together, and the digits nearest to each.

A map is made of the pixels or of what a run's last hidden layer makes of them, and kept in a file beside the runs. It belongs to
the weights it was made from, so their hash is in its name.
"""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models import neighbours, run_directory, saved_directory
from training.datasets import registry
from training.datasets.dataset import Dataset
from training.runs import Record, RunError, load_record

PIXELS = "pixels"  # what a map is of, where it is no run
NEIGHBOURS = 10  # nearest digits that a map tells of each
OUTLIER_NEIGHBOUR = 5  # the neighbour whose distance is the outlier score
PERPLEXITY = 30  # about how many neighbours each digit attends to
CHECKED = 40  # digits by which a map is known to be of a run
CHUNK = 2000  # digits that are compared with all others at a time
ITERATIONS = 750  # of t-SNE in all, the first third exaggerated
Report = Callable[[str, float], None]  # what is being done, share of it that is done


class MapError(Exception):
    """A map that cannot be had, in a sentence a user can act on."""


@dataclass(frozen=True)
class Map:
    """positions: (n, 2) float32, 0 to 1, y upwards; nearest: (n, NEIGHBOURS) uint32, other digits by number, nearest first, and
    distances (n, NEIGHBOURS) float32 to them; both have no columns in a map that tells no neighbours."""

    positions: np.ndarray
    nearest: np.ndarray
    distances: np.ndarray

    def nearest_to(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The digits nearest to one, (NEIGHBOURS,), and their distances (NEIGHBOURS,)."""
        return self.nearest[number], self.distances[number]

    @property
    def outlier_scores(self) -> np.ndarray:
        """The distance of each digit to its fifth nearest, (n,) float32: large for outliers."""
        return self.distances[:, OUTLIER_NEIGHBOUR - 1]


def pca(dataset: Dataset) -> Map:
    """The first two principal components of the pixels (Pearson, 1901). At once, and without neighbours."""
    side = int(np.prod(dataset.input_shape))
    parts = np.array_split(dataset.images.reshape(-1, side), max(1, len(dataset.images) // CHUNK))
    middle = np.mean([part.mean(axis=0) for part in parts], axis=0, dtype=np.float32)
    spread = np.zeros((side, side), np.float32)
    for part in parts:
        away = part - middle
        spread += away.T @ away
    directions = np.linalg.eigh(spread)[1][:, :-3:-1]
    directions *= np.where(directions.sum(axis=0) < 0, -1, 1)  # eigenvectors have no sign of their own
    none = np.empty((len(dataset.images), 0))
    return Map(_framed(np.concatenate([(part - middle) @ directions for part in parts])), none.astype(np.uint32), none)


def tsne(points: np.ndarray, report: Report = lambda what, share: None) -> Map:
    """t-SNE of points (n, size) float32 (van der Maaten and Hinton, 2008; with interpolation, Linderman et al., 2019).

    The neighbours are exact. The same points and processor give the same map.
    """
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    perplexity = min(PERPLEXITY, (len(points) - 2) // 3)
    nearest, distances = _nearest(points, 3 * perplexity, lambda share: report("neighbours", share))
    known = PrecomputedNeighbors(nearest.astype(np.int64), distances.astype(np.float64))
    done = iter(range(10, 10 * ITERATIONS, 10))

    def tell(*_):
        report("layout", min(1.0, next(done) / ITERATIONS))

    spread = TSNE(
        early_exaggeration_iter=ITERATIONS // 3,
        n_iter=ITERATIONS - ITERATIONS // 3,
        n_jobs=os.cpu_count(),
        random_state=1,
        callbacks=tell,
        callbacks_every_iters=10,
    ).fit(
        affinities=PerplexityBasedNN(perplexity=perplexity, knn_index=known, n_jobs=os.cpu_count()),
        initialization=_first_layout(points),
    )
    return Map(_framed(np.asarray(spread)), nearest[:, :NEIGHBOURS].astype(np.uint32), distances[:, :NEIGHBOURS])


def _first_layout(points: np.ndarray) -> np.ndarray:
    """Where t-SNE begins: the two principal components, as small as it wants them."""
    from sklearn.decomposition import PCA

    start = PCA(2, svd_solver="covariance_eigh").fit_transform(points)
    return (start / start[:, 0].std() * 1e-4).astype(np.float64)


def _nearest(points: np.ndarray, count: int, report: Callable[[float], None]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (n, count) of the other points nearest to each, nearest first, and Euclidean distances."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(points)
    found = []
    for start in range(0, len(points), CHUNK):
        distances, nearest = search.kneighbors(points[start : start + CHUNK])
        itself = nearest == np.arange(start, start + len(nearest))[:, None]
        itself[~itself.any(axis=1), -1] = True  # so many duplicates that the digit itself is not among them
        found.append((nearest[~itself].reshape(-1, count), distances[~itself].reshape(-1, count)))
        report(min(1.0, (start + CHUNK) / len(points)))
    numbers, lengths = zip(*found, strict=True)
    return np.concatenate(numbers), np.concatenate(lengths)


def inside(positions: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Which positions (n, 2) a polygon encloses, (n,) bool; corners: (k, 2) in order. The even-odd rule (Shimrat, 1962)."""
    found = np.zeros(len(positions), bool)
    x, y = positions.T
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            found ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def _framed(positions: np.ndarray) -> np.ndarray:
    """Positions moved and scaled alike in both directions, so that they fill 0 to 1."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    scale = max(float((high - low).max()), 1e-12)
    return (0.5 + (positions - (low + high) / 2) / scale).astype(np.float32)


def points(dataset: Dataset, of: str, report: Report = lambda what, share: None) -> np.ndarray:
    """What a map is made from, (n, size) float32: pixels 0 to 1, or embeddings of length 1. Raises MapError."""
    if of == PIXELS:
        return dataset.images.reshape(len(dataset.images), -1).astype(np.float32) / 255
    record = _record(of)
    if "model.keras" not in record.files:
        raise MapError(f"The run '{of}' is not a network that is kept here, so it has no last layer to make a map of.")
    if tuple(record.network.get("input_shape") or ()) != dataset.input_shape:
        wide, high = dataset.input_shape
        raise MapError(f"The run '{of}' reads pictures of another size than {wide} x {high} pixels.")
    return _embedded(dataset.images, of, report)


def _embedded(images: np.ndarray, of: str, report: Report = lambda what, share: None) -> np.ndarray:
    """What the last hidden layer of a run makes of pictures (n, height, width), (n, size) float32 of length 1."""
    from models import prediction

    try:
        embed = prediction.load(run_directory(of)).embed
        found = []
        for start in range(0, len(images), CHUNK):
            found.append(neighbours.unit(embed(images[start : start + CHUNK])[0]))
            report("embedding", min(1.0, (start + CHUNK) / len(images)))
    except ValueError as error:
        raise MapError(str(error)) from error
    return np.concatenate(found)


def _record(of: str, shelf: Path | None = None) -> Record:
    try:
        return load_record(of, shelf)
    except RunError as error:
        raise MapError(str(error)) from error


def place(dataset: Dataset, of: str, shelf: Path | None = None) -> Path:
    """The file of a t-SNE map. That of a run bears the hash of the run's weights, so that another training has another map.

    Raises MapError where there is no such run.
    """
    if of == PIXELS:
        return _folder(shelf) / f"{_start(dataset)}{PIXELS}.npz"
    return _folder(shelf) / f"{_start(dataset)}{of}-{(_record(of, shelf).weights or '')[:8]}.npz"


def _folder(shelf: Path | None) -> Path:
    return (shelf or saved_directory()) / ".maps"


def _start(dataset: Dataset) -> str:
    """How the names of all maps of a dataset begin."""
    known = dataset.name.partition(":")[0]
    return f"{known if known in registry.DATASETS else 'own'}-{dataset.sha256[:8]}-"


def save(found: Map, dataset: Dataset, of: str, shelf: Path | None = None) -> Path:
    """Put a map into its file, whole or not at all. Raises MapError."""
    path = place(dataset, of, shelf)
    beside, contents = path.with_suffix(f".{os.getpid()}"), io.BytesIO()
    positions = np.round(found.positions * 65535).astype(np.uint16)
    np.savez_compressed(
        contents, positions=positions, nearest=found.nearest, distances=found.distances.astype(np.float16)
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(contents.getvalue())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise MapError(f"The map could not be kept in {path.parent}: {error.strerror or error}.") from error
    return path


def load(dataset: Dataset, of: str, shelf: Path | None = None) -> Map:
    """The map of a dataset. Raises FileNotFoundError where it was not made yet, MapError where its file is damaged."""
    return _read(place(dataset, of, shelf), dataset)


def read_positions(path: Path) -> np.ndarray:
    """The positions (n, 2) of a map's file alone, 0 to 1, y upwards. Raises OSError, ValueError or KeyError where it is none."""
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["positions"].astype(np.float32) / 65535


def _read(path: Path, dataset: Dataset) -> Map:
    try:
        positions = read_positions(path)
        with np.load(path, allow_pickle=False) as arrays:
            found = Map(positions, arrays["nearest"], arrays["distances"].astype(np.float32))
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile's, zlib's and NumPy's own
        raise MapError(f"The map {path.name} is damaged ({type(error).__name__}): make it again.") from error
    if found.positions.shape != (len(dataset.images), 2) or found.nearest.max(initial=0) >= len(dataset.images):
        raise MapError(f"The map {path.name} is not of these digits: make it again.")
    return found


def made(dataset: Dataset, shelf: Path | None = None) -> list[str]:
    """What there are maps of: pixels first, then runs by name, those alone whose weights are still the ones of the map."""
    return sorted((of for of in _named(dataset, shelf) if _is_there(dataset, of, shelf)), key=lambda of: of != PIXELS)


def _named(dataset: Dataset, shelf: Path | None) -> list[str]:
    """What the maps of a dataset are of by their files' names, also where the run is another one by now."""
    rests = (path.stem.removeprefix(_start(dataset)) for path in _folder(shelf).glob(f"{_start(dataset)}*.npz"))
    return sorted({PIXELS if rest == PIXELS else rest.rpartition("-")[0] for rest in rests} - {""})


def _is_there(dataset: Dataset, of: str, shelf: Path | None) -> bool:
    try:
        return place(dataset, of, shelf).exists()
    except MapError:
        return False


def adopt(dataset: Dataset, of: str, shelf: Path | None = None) -> bool:
    """Give a map that was kept under a run's name alone the hash of the run's weights, if it was made from them.

    It was if a few digits lie as far from their nearest ones as the map tells. Raises MapError.
    """
    older = _folder(shelf) / f"{_start(dataset)}{of}.npz"
    if of == PIXELS or not older.exists():
        return False
    kept = _read(older, dataset)
    numbers = np.linspace(0, len(dataset.images) - 1, CHECKED).astype(int)
    own, other = (_embedded(dataset.images[chosen], of) for chosen in (numbers, kept.nearest[numbers, 0]))
    if np.abs(np.linalg.norm(own - other, axis=1) - kept.distances[numbers, 0]).max() > 0.01:
        return False
    older.replace(place(dataset, of, shelf))
    return True

"""The classifiers that are no neural networks, under a network's contract: raw pixels in, a row of scores that sum to 1 out.

Each function gives an untrained object with `fit(images, labels)` and `predict(images)`; images are (n, height, width)
uint8. `scores` says what a row is: the model's probabilities, or votes divided by their number, or duels: the votes of one
classifier for each pair of k classes, of which no class can win more than 2/k. Where the trained model is small,
`arrays()` gives it as arrays and `restore(arrays)` takes it back, so that it ships without pickle.
"""

import os
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import ndimage, special

from models.image_distortion import WARP, distortion, gradients

CLASSIFIERS: dict[str, Callable] = {}
VOTES, DUELS, PROBABILITIES = "votes", "duels", "probabilities"


def classifier(function: Callable) -> Callable:
    """Enter a classifier under its function's name: from the number of classes, the seed and its options to one not yet fitted."""
    CLASSIFIERS[function.__name__] = function
    return function


@classifier
def linear_pairwise(classes, seed):
    """A linear classifier for each pair of classes, fitted by least squares, that votes."""
    return LinearPairwise(classes)


@classifier
def dense_classifier(classes, seed, hidden=(15,)):
    """scikit-learn's MLPClassifier: relu layers on the raw pixels, fitted by Adam in at most 200 passes."""
    return DenseClassifier(tuple(hidden), seed)


@classifier
def random_forest(classes, seed, trees=500):
    """A forest of randomised decision trees on raw pixels (Breiman 2001)."""
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(trees, random_state=seed, n_jobs=-1)
    return Estimator(forest, flatten, forest.predict_proba, PROBABILITIES)


@classifier
def svm(classes, seed, penalty=5.0, gamma=0.025, virtual=0):
    """Support vector machine with a Gaussian kernel on deslanted pixels (Cortes and Vapnik 1995).

    With `virtual` it is fitted again on its support vectors and those shifted by so many pixels (DeCoste and Schoelkopf 2002).
    """
    from sklearn.svm import SVC

    return SupportVectorMachine(SVC(C=penalty, gamma=gamma, kernel="rbf", cache_size=2000), virtual)


@classifier
def knn_deform(classes, seed, neighbours=5, candidates=500, fade=0.15):
    """Nearest neighbours under the image distortion model (Keysers, Deselaers, Gollan and Ney 2007)."""
    return DeformableNeighbours(classes, neighbours, candidates, fade)


def flatten(images: np.ndarray) -> np.ndarray:
    """(n, height, width) uint8 to (n, pixels) float32 in [0, 1]."""
    return images.reshape(len(images), -1).astype(np.float32) / 255


def votes(decisions: np.ndarray) -> np.ndarray:
    """scikit-learn's one-against-one decisions, votes plus less than half a vote for confidence, as shares (n, classes)."""
    positive = np.clip(decisions, 0, None)
    return positive / positive.sum(axis=1, keepdims=True)


def deslant(images: np.ndarray) -> np.ndarray:
    """Each digit sheared so that its principal axis stands upright (LeCun et al. 1998, from image moments)."""
    height, width = images.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    upright = np.zeros_like(images)
    for number, image in enumerate(images.astype(np.float32)):
        total = image.sum()
        if not total:
            continue
        row, column = (image * rows).sum() / total, (image * columns).sum() / total
        variance = (image * (rows - row) ** 2).sum()
        slant = (image * (rows - row) * (columns - column)).sum() / variance if variance else 0.0
        matrix = np.array([[1, 0], [slant, 1]])
        middle = np.array([(height - 1) / 2, (width - 1) / 2])
        offset = np.array([row, column]) - matrix @ middle
        upright[number] = np.clip(ndimage.affine_transform(image, matrix, offset, order=1), 0, 255)
    return upright


class Estimator:
    """A scikit-learn estimator with the features it is given and the scores it gives."""

    def __init__(self, estimator, features: Callable, score: Callable, scores: str):
        self.estimator, self.features, self.score, self.scores = estimator, features, score, scores

    def fit(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Learn from images (n, height, width) uint8 and labels (n,)."""
        self.estimator.fit(self.features(images), labels)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Scores (n, classes) float32 that sum to 1, of images (n, height, width) uint8."""
        return np.asarray(self.score(self.features(images)), np.float32)


class SupportVectorMachine(Estimator):
    """scikit-learn's, on deslanted pixels, and its second fit on virtual support vectors."""

    def __init__(self, machine, virtual: int):
        super().__init__(
            machine, lambda images: flatten(deslant(images)), lambda x: votes(machine.decision_function(x)), DUELS
        )
        self.virtual = virtual

    def fit(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Learn from images (n, height, width) uint8 and labels (n,)."""
        upright = deslant(images)
        self.estimator.fit(flatten(upright), labels)
        if self.virtual:
            chosen = self.estimator.support_
            upright, labels = with_shifts(upright[chosen], self.virtual), np.tile(labels[chosen], 5)
            self.estimator.fit(flatten(upright), labels)


def with_shifts(images: np.ndarray, pixels: int) -> np.ndarray:
    """Images (n, height, width), and after them those shifted right, left, down and up, (5 n, height, width); 0 comes in."""
    wide = np.pad(images, ((0, 0), (pixels, pixels), (pixels, pixels)))
    height, width = images.shape[1:]
    starts = ((1, 1), (1, 0), (1, 2), (0, 1), (2, 1))
    cut = [wide[:, pixels * y : pixels * y + height, pixels * x : pixels * x + width] for y, x in starts]
    return np.concatenate(cut)


class LinearPairwise:
    """One linear function for each pair of classes; a class gets a vote for each pair that it wins."""

    scores = DUELS

    def __init__(self, classes: int):
        self.classes, self.pairs = classes, np.array([(a, b) for a in range(classes) for b in range(a + 1, classes)])

    def fit(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Learn from images (n, height, width) uint8 and labels (n,)."""
        from sklearn.linear_model import Ridge

        pixels, weights, biases = flatten(images), [], []
        for first, second in self.pairs:
            chosen = (labels == first) | (labels == second)
            fitted = Ridge(alpha=1.0).fit(pixels[chosen], np.where(labels[chosen] == first, 1.0, -1.0))
            weights.append(fitted.coef_)
            biases.append(fitted.intercept_)
        self.weights, self.biases = np.array(weights, np.float32), np.array(biases, np.float32)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Scores (n, classes) float32 that sum to 1, of images (n, height, width) uint8."""
        sides = flatten(images) @ self.weights.T + self.biases  # (n, pairs), positive where the first class wins
        won = np.zeros((len(images), self.classes), np.float32)
        for pair, (first, second) in enumerate(self.pairs):
            won[:, first] += sides[:, pair] > 0
            won[:, second] += sides[:, pair] <= 0
            won[:, first] += 1e-4 * np.tanh(sides[:, pair])  # the margins decide between classes with equal votes
            won[:, second] -= 1e-4 * np.tanh(sides[:, pair])
        won = np.clip(won, 0, None)
        return won / won.sum(axis=1, keepdims=True)

    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned, by name, for `restore`."""
        return {"weights": self.weights, "biases": self.biases}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take what `arrays` gave in place of learning."""
        self.weights, self.biases = arrays["weights"], arrays["biases"]


class DenseClassifier:
    """The network of scikit-learn's MLPClassifier, on pixels of 0 to 17 (those of the 8 x 8 digits are 0 to 16)."""

    scores = PROBABILITIES
    SCALE = 17  # the highest value of a pixel

    def __init__(self, hidden: tuple[int, ...], seed: int):
        self.hidden, self.seed = hidden, seed
        self.weights: list[np.ndarray] = []
        self.biases: list[np.ndarray] = []

    def fit(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Learn from images (n, height, width) uint8 and labels (n,)."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the source stops at 200 passes too
            fitted = MLPClassifier(self.hidden, random_state=self.seed).fit(flatten(images) * self.SCALE, labels)
        self.weights, self.biases = fitted.coefs_, fitted.intercepts_

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Scores (n, classes) float32 that sum to 1, of images (n, height, width) uint8."""
        values = flatten(images) * self.SCALE
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = np.maximum(values @ weights + biases, 0)
        return special.softmax(values @ self.weights[-1] + self.biases[-1], axis=1).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """What was learned, by name, for `restore`."""
        layers = enumerate(zip(self.weights, self.biases, strict=True))
        return {
            f"{kind} {n}": array for n, pair in layers for kind, array in zip(("weights", "biases"), pair, strict=True)
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take what `arrays` gave in place of learning."""
        count = len(self.hidden) + 1
        self.weights, self.biases = ([arrays[f"{kind} {n}"] for n in range(count)] for kind in ("weights", "biases"))


class DeformableNeighbours:
    """The nearest training digits where each pixel may match another up to two away, compared by their gradients.

    The image distortion model of Keysers et al., IEEE TPAMI 29(8), 2007: Sobel gradients, 3 x 3 pixels of context, warp
    range 2, after the Euclidean distance has chosen `candidates` digits. Scores are the shares of the `neighbours`, each weighing
    less the farther it is beyond the nearest: e times less for a distance that is greater by the share `fade`.
    """

    scores = VOTES

    def __init__(self, classes: int, neighbours: int, candidates: int, fade: float):
        self.classes, self.neighbours, self.candidates, self.fade = classes, neighbours, candidates, fade

    def fit(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Learn from images (n, height, width) uint8 and labels (n,)."""
        self.pixels, self.labels = flatten(images), labels
        reach = WARP + 1
        self.gradients = np.pad(gradients(images), ((0, 0), (0, 0), (reach, reach), (reach, reach)))
        self.lengths = (self.pixels**2).sum(axis=1)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Scores (n, classes) float32 that sum to 1, of images (n, height, width) uint8."""
        parts = np.array_split(images, max(1, len(images) // 250))
        with ThreadPoolExecutor(os.cpu_count()) as executor:
            return np.concatenate(list(executor.map(self._scores, parts)))

    def _scores(self, images: np.ndarray) -> np.ndarray:
        pixels, own = flatten(images), np.pad(gradients(images), ((0, 0), (0, 0), (1, 1), (1, 1)))
        distances = self.lengths - 2 * pixels @ self.pixels.T  # up to a constant for each digit
        count = min(self.candidates, len(self.labels))
        near = np.argpartition(distances, count - 1, axis=1)[:, :count]
        shares = np.zeros((len(images), self.classes), np.float32)
        for number, chosen in enumerate(near):
            warped = distortion(own[number], self.gradients[chosen], WARP)
            order = np.argsort(warped, kind="stable")[: self.neighbours]
            beyond = warped[order] - warped[order[0]]
            weights = np.exp(-beyond / max(self.fade * warped[order[0]], 1e-6))
            np.add.at(shares[number], self.labels[chosen[order]], weights)
        return shares / shares.sum(axis=1, keepdims=True)

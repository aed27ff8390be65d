"""A Keras network that trains one epoch at a time; its state can be saved and restored between epochs."""

import io
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models import architectures, classifiers, prediction
from training.augmentation import AUGMENTATIONS
from training.datasets import outliers
from training.recipe import Recipe
from training.teacher import Teacher
from training.temperature import fit_temperature

STEPS_PER_CALL = 16  # steps in one call of the compiled loop: the same mathematics with less overhead
Arrays = dict[str, np.ndarray]
Report = Callable[[int, int, dict[str, float]], None]  # step, steps, figures so far


class NetworkLearner:
    """A Keras network under a recipe. described: the arguments of models.architectures.build.

    Raises ValueError where the pictures do not fit the network.
    """

    scores = classifiers.PROBABILITIES

    def __init__(self, recipe: Recipe, described: Mapping[str, Any]):
        import keras

        self.keras, self.recipe, self.described = keras, recipe, described
        keras.utils.set_random_seed(recipe.seed)
        self.network = architectures.build(**described, precision=recipe.precision)
        self.network.compile(
            self._optimizer(),
            recipe.loss,
            metrics=[_accuracy_on_digits(keras) if recipe.outliers else "accuracy"],
            steps_per_execution=STEPS_PER_CALL,
            jit_compile=jit_compile(keras.backend.backend()),
        )
        self.outliers = outliers.generate(recipe.outliers, recipe.seed)
        if len(self.outliers) and self.outliers.shape[1:] != tuple(described["input_shape"]):
            raise ValueError(
                "The outliers have {} x {} pixels, the dataset {} x {}: set outliers to 0.".format(
                    *self.outliers.shape[1:], *described["input_shape"]
                )
            )
        self.network.optimizer.build(self.network.trainable_variables)
        self.average = self.network.get_weights() if recipe.averaging else []
        self.teacher: Teacher | None = None
        self.taught = np.zeros(0, bool)
        # the network that is stored and measured is float32 and averaged, whatever precision the training uses
        same = recipe.precision == "float32" and not recipe.averaging
        self.plain = self.network if same else architectures.build(**described)
        self.parameters = self.network.count_params()
        self._predict = prediction.compile_call(self.plain)

    def learn_from(self, teacher: Teacher, taught: np.ndarray) -> None:
        """Take a teacher's probabilities for targets from now on; taught: (n,) bool, for which of the training digits."""
        self.teacher, self.taught = teacher, taught

    def train_epoch(self, images: np.ndarray, labels: np.ndarray, epoch: int, report: Report) -> dict[str, float]:
        """One pass over the digits; every random choice follows from seed and epoch. Returns loss, accuracy, and so on."""
        rng, rate = np.random.default_rng([self.recipe.seed, epoch]), self._learning_rate(epoch)
        self.network.optimizer.learning_rate = rate
        self._reseed_dropout(rng.spawn(1)[0])
        started = time.perf_counter()
        images, targets = self._with_outliers(images, self._targets(labels))
        order = rng.permutation(len(images))
        images, targets = images[order], targets[order]
        images = self._vary(images, rng)
        steps = -(-len(images) // self.recipe.batch_size)
        if self.teacher:
            chosen = np.flatnonzero(order < len(self.taught))
            chosen = chosen[self.taught[order[chosen]]]
            targets[chosen] = self.teacher.targets(images[chosen], targets[chosen], lambda: report(0, steps, {}))

        def on_step(step, logs):
            done = min(step + 1, steps)
            report(done, steps, {name: float(value) for name, value in logs.items()})
            if self.recipe.averaging:
                self._average(callback.model.get_weights(), (epoch - 1) * steps + done, (done - 1) % STEPS_PER_CALL + 1)

        callback = self.keras.callbacks.LambdaCallback(on_train_batch_end=on_step)
        fitted = self.network.fit(
            images, targets, batch_size=self.recipe.batch_size, shuffle=False, verbose=0, callbacks=[callback]
        )
        self._fill_plain()
        figures = {name: values[-1] for name, values in fitted.history.items()}
        return {**figures, "learning_rate": rate, "seconds": time.perf_counter() - started}

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Probabilities (n, classes) float32."""
        return self._predict(images)

    def varied(self, images: np.ndarray) -> np.ndarray:
        """Images (n, height, width) uint8 varied once as in training, and always in the same way."""
        return self._vary(images, np.random.default_rng([self.recipe.seed, 0]))

    def finish(self, held_out: tuple[np.ndarray, np.ndarray] | None) -> bool:
        """After the last epoch: scale the logits and round the kernels, as far as the recipe asks for it.

        held_out: images and labels of the held-out digits. Returns whether the weights have changed.
        """
        if self.recipe.calibrate and held_out:
            self.calibrate(*held_out)
        if self.recipe.half:
            weights = self.plain.get_weights()
            # variances and offsets are few, and some are too small for half precision
            self.plain.set_weights([w.astype(np.float16).astype(np.float32) if w.ndim > 1 else w for w in weights])
        return self.recipe.calibrate or self.recipe.half

    def calibrate(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Divide the logits by the temperature that fits these digits, varied, best (Guo et al., 2017); no class changes."""
        temperature = fit_temperature(labels, self.predict(self.varied(images)))
        last = [layer for layer in self.plain.layers if layer.trainable_variables][-1]
        for variable in last.trainable_variables:
            variable.assign(variable / temperature)

    def embedding(self) -> prediction.Predict:
        """The function of images (n, height, width) uint8 to embeddings (n, size) float32."""
        embed = prediction.compile_embedding(self.plain)
        return lambda images: embed(images)[0]

    def files(self) -> dict[str, bytes]:
        """The network as a .keras file, without optimizer state."""
        saved = architectures.build(**self.described)
        saved.set_weights(self.plain.get_weights())
        with tempfile.TemporaryDirectory() as folder:
            saved.save(Path(folder) / "model.keras")
            content = (Path(folder) / "model.keras").read_bytes()
        return {"model.keras": _compressed(content) if self.recipe.half else content}

    def state(self) -> Arrays:
        """Weights, their averages and optimizer state, from which the next epoch starts."""
        variables = [*self.network.variables, *self.network.optimizer.variables]
        state = {f"variable {n}": self.keras.ops.convert_to_numpy(v) for n, v in enumerate(variables)}
        return state | {f"average {n}": array for n, array in enumerate(self.average)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Set the weights and the optimizer to what `state` gave."""
        variables = [*self.network.variables, *self.network.optimizer.variables]
        for number, variable in enumerate(variables):
            variable.assign(state[f"variable {number}"])
        self.average = [state[f"average {number}"] for number in range(len(self.average))]
        self._fill_plain()

    def _optimizer(self):
        recipe = self.recipe
        config = {"learning_rate": recipe.learning_rate} | ({"momentum": recipe.momentum} if recipe.momentum else {})
        return optimizers(self.keras)[recipe.optimizer](**config)

    def _average(self, weights: list[np.ndarray], step: int, count: int) -> None:
        """Move the averages towards the weights after `step` steps of the training, `count` of them since the last move.

        Early in a training the share is lower, as in tf.train.ExponentialMovingAverage: a long average would still hold
        the random weights of the start. The statistics of batch normalisation are averaged like weights.
        """
        share = min(self.recipe.averaging, (1 + step) / (10 + step)) ** count
        self.average = [share * old + (1 - share) * new for old, new in zip(self.average, weights, strict=True)]

    def _fill_plain(self) -> None:
        """Copy the weights, or their averages, into the network that is measured and stored."""
        if self.plain is not self.network:
            self.plain.set_weights(self.average or self.network.get_weights())

    def _learning_rate(self, epoch: int) -> float:
        if self.recipe.schedule == "exponential":
            return self.recipe.learning_rate * self.recipe.decay ** (epoch - 1)
        share = (epoch - 1) / self.recipe.epochs if self.recipe.schedule == "cosine" else 0.0
        return float(self.recipe.learning_rate * (1 + np.cos(np.pi * share)) / 2)

    def _targets(self, labels: np.ndarray) -> np.ndarray:
        if self.recipe.loss != "categorical_crossentropy":
            return labels
        classes, spread = self.described["classes"], np.float32(self.recipe.label_smoothing)
        return np.eye(classes, dtype=np.float32)[labels] * (1 - spread) + spread / classes

    def _with_outliers(self, images: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The digits, and behind them what is none, whose targets are spread evenly over all classes."""
        if not len(self.outliers):
            return images, targets
        spread = np.full((len(self.outliers), self.described["classes"]), 1 / self.described["classes"], np.float32)
        return np.concatenate([images, self.outliers]), np.concatenate([targets, spread])

    def _vary(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        for name in self.recipe.augmentation:
            images = AUGMENTATIONS[name](images, rng)
        return images

    def _reseed_dropout(self, rng: np.random.Generator) -> None:
        """Keras does not store the state of dropout's random generator, so each epoch seeds it again."""
        for layer in self.network.layers:
            if hasattr(layer, "seed_generator"):
                layer.seed_generator.state.assign(rng.integers(0, 2**32, 2, dtype=np.uint32))


def _accuracy_on_digits(keras):
    """Accuracy over the pictures that have a class; those with evenly spread targets do not count."""

    class Accuracy(keras.metrics.CategoricalAccuracy):  # type: ignore[name-defined]
        def update_state(self, y_true, y_pred, sample_weight=None):
            digits = keras.ops.cast(keras.ops.max(y_true, axis=-1) > 1.5 / y_true.shape[-1], "float32")
            super().update_state(y_true, y_pred, sample_weight=digits)

    return Accuracy(name="accuracy")


def _compressed(content: bytes) -> bytes:
    """A .keras file, which is a zip, with its parts deflated: rounded weights shrink to about half."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as stored, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as deflated:
        for part in stored.infolist():
            deflated.writestr(zipfile.ZipInfo(part.filename), stored.read(part), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def jit_compile(backend: str) -> bool | str:
    """Whether Keras compiles a training step with XLA: it makes TensorFlow's convolutions slower, and JAX is slow without."""
    return False if backend == "tensorflow" else "auto"


def optimizers(keras) -> dict[str, type]:
    """Keras's optimizers by their lower-case names (keras.optimizers.get does not know all of these)."""
    return {name.lower(): kind for name, kind in vars(keras.optimizers).items() if isinstance(kind, type)}

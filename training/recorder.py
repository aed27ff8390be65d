"""The callback RunRecorder, by which any model.fit of Keras becomes a run beside ours."""

import builtins
import contextlib
import functools
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training import history as histories
from training import identity, keras_fit, outputs, publishing
from training.kept_model import NotKeptError, keep
from training.predictions import Predictions
from training.recording import assemble, clean_name, kind_of, labels_of, plain_settings, scores_of, to_array
from training.runs import Record, Run
from training.unfinished import Unfinished, recover

BATCH = 500  # digits in one step of a prediction


def never_breaks(hook: Callable[..., None]) -> Callable[..., None]:
    """A method after whose error the training goes on: the recorder warns once and records no more."""

    @functools.wraps(hook)
    def safe(self: "RunRecorder", *arguments: Any) -> None:
        if self.failed:
            return
        try:
            hook(self, *arguments)
        except Exception as error:
            self.failed = True
            warnings.warn(f"The run '{self.name}' is recorded no further: {error}", stacklevel=2)

    return safe


class RunRecorder(keras.callbacks.Callback):
    """Records a training as a run: `model.fit(..., callbacks=[RunRecorder("my run", test=(x_test, y_test))])`.

    A training that is interrupted is saved with the epochs that it finished, and `stopped` among its settings; where its process
    dies, by the next recorder or by `python -m training runs`. Put it last among
    the callbacks, so that what others do at the end, such as restoring the best weights, is part of the run. `record` holds the
    Record of what was saved.

    What is kept: the history, the probabilities of the test digits, the classes after each epoch, what the training tells of itself
    (optimizer, learning_rate, loss, epochs, batch_size, steps_per_epoch, validation_size), the model's layers and their numbers of
    parameters, machine and versions; the model itself with `save_model` alone.
    """

    def __init__(
        self,
        name: str = "run",
        test: tuple[Any, Any] | None = None,
        tags: Sequence[str] = (),
        every: int = 1,
        class_names: Sequence[str] | None = None,
        shelf: Path | None = None,
        save_model: bool = False,
        **settings: Any,
    ):
        """What to record.

        Args:
            name: what the run is called; its folder is the same in lower-case letters, digits, dots and dashes.
            test: pictures as the model reads them, and labels (n,) or one-hot rows (n, classes). Without them the run has its
                history alone. What the model gives for them may be probabilities, percentages or logits, as `record` takes them.
            tags: words by which you find the run again.
            every: the test digits are predicted after each so many epochs, and at the end. On two busy processor cores the 10,000
                of MNIST took 3 to 8 % of an epoch of cnn-medium, all else less than 0.1 % (tests/benchmarks/recorder.py).
            class_names: one per class; their numbers by default.
            shelf: the folder of runs, the usual one by default.
            save_model: keep the model with the run, so that it classifies drawings, is explained by heatmaps and exported. It is
                rebuilt from its layers, as those are that are imported, and needs test digits; where it cannot be, or the training
                was interrupted, a warning says why, and the run is saved without it.
            settings: what else is to be known of the training, such as seed=3.

        Raises:
            ValueError: pictures and labels do not fit together, in a sentence.
        """
        super().__init__()
        if every < 1:
            raise ValueError("The test digits are predicted every epoch, or every so many: every is 1 or more.")
        self.name, self.tags, self.every, self.class_names, self.shelf = name, tags, every, class_names, shelf
        self.given, self.save_model = plain_settings(settings), save_model
        self.failed = False
        self.leave: Callable[[], None] | None = None
        self.record: Record | None = None
        self.images: Any = None
        self.labels, self.digits = np.zeros(0, np.uint8), (identity.OWN_DIGITS, "none")
        if test is not None:
            self._take(*test)
        self._reset()

    def _take(self, images: Any, y_true: Any) -> None:
        """Keep the test digits."""
        self.images, self.labels = images, labels_of(y_true)
        pictures = None if isinstance(images, dict | list | tuple) else to_array(images)
        if pictures is not None and len(pictures) != len(self.labels):
            raise ValueError(f"There are {len(self.labels):,} test labels, but {len(pictures):,} pictures.")
        self.digits = identity.identify(self.labels, pictures)

    def _reset(self) -> None:
        self.rows: list[dict[str, float]] = []
        self.epoch_classes: list[np.ndarray] = []
        self.epoch_numbers: list[int] = []
        self.probabilities: np.ndarray | None = None
        self.known: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.under_way, self.began, self.record = False, time.perf_counter(), None

    @never_breaks
    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Begin a run."""
        recover(self.shelf)
        self._reset()
        self.under_way, self.unfinished = True, Unfinished(self.shelf)
        # what calls the callbacks lives as long as fit does, however that ends
        self.watch = weakref.finalize(keras_fit.caller() or self, self._stop)
        notebook = getattr(builtins, "get_ipython", lambda: None)()
        if notebook is not None and threading.current_thread() is threading.main_thread():
            # a notebook keeps what failed, so that its cell ends before it is let go
            notebook.events.register("post_run_cell", self._stop)
            self.leave = functools.partial(notebook.events.unregister, "post_run_cell", self._stop)

    @never_breaks
    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Take the time."""
        self.epoch_began = time.perf_counter()

    @never_breaks
    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the epoch's figures, and what the model says of the test digits."""
        seconds = time.perf_counter() - self.epoch_began
        figures = {name: float(value) for name, value in (logs or {}).items() if np.ndim(value) == 0}
        if not self.known:
            self.known, self.settings = keras_fit.known(self.model), keras_fit.settings(self.model, self.params)
            if self.class_names and len(self.class_names) != self.known["outputs"]:
                warnings.warn(f"There are not {len(self.class_names)} classes: their names are left out.", stacklevel=2)
                self.class_names = None
        rate = keras_fit.learning_rate(self.model)
        row = {"epoch": epoch + 1, **({} if rate is None else {"learning_rate": rate}), **figures, "seconds": seconds}
        if (epoch + 1) % self.every == 0:
            self._predict(epoch + 1)
        self.rows.append(row)
        if self.unfinished.due():
            # the run itself says at the end that the disk is full
            with contextlib.suppress(OSError):
                self.unfinished.keep(self._run({"stopped": True}))

    @never_breaks
    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Predict the test digits once more, for another callback may have restored other weights, and save the run."""
        if self.rows:
            last = int(self.rows[-1]["epoch"])
            self._predict(None if last in self.epoch_numbers else last)
            self._publish()

    def _predict(self, epoch: int | None) -> None:
        """The model's probabilities of the test digits; epoch: that they are kept as classes of, if any."""
        if self.images is None:
            return
        try:
            rows = np.asarray(self.model.predict(self.images, batch_size=BATCH, verbose=0), np.float32)
            self.probabilities, _ = scores_of(rows, self.labels)
        except Exception as error:
            self.images, self.labels, self.probabilities = None, np.zeros(0, np.uint8), None
            self.epoch_classes, self.epoch_numbers = [], []
            why = str(error).partition("\n")[0]
            warnings.warn(f"The run '{self.name}' is recorded without its test digits: {why}", stacklevel=2)
            return
        self._tell_outputs(kind_of(rows))
        if epoch is not None and np.isfinite(self.probabilities).all():
            self.epoch_classes.append(self.probabilities.argmax(axis=1).astype(np.uint8))
            self.epoch_numbers.append(epoch)

    def _tell_outputs(self, kind: str) -> None:
        """Keep among the settings what the model's rows are, where not probabilities; a warning says, once, what was made of them.

        Of logits it says nothing, for a network may well be trained to give them.
        """
        if kind in outputs.REMARKS and kind != outputs.LOGITS and self.settings.get("outputs") != kind:
            warnings.warn(f"The run '{self.name}': {outputs.REMARKS[kind]}", stacklevel=2)
        self.settings.pop("outputs", None)
        if kind in outputs.REMARKS:
            self.settings["outputs"] = kind

    @never_breaks
    def _stop(self, *_: Any) -> None:
        """Save what was finished of a training that was interrupted."""
        if self.under_way and self.rows:
            self._publish({"stopped": True})
        self._end()

    def _publish(self, ending: Mapping[str, Any] | None = None) -> None:
        """Save the run."""
        self._end()
        run = self._run(ending or {})
        self.record = publishing.save(self._with_model(run) if self.save_model else run, self.shelf)
        self.unfinished.remove()

    def _with_model(self, run: Run) -> Run:
        """The run with its model, or after a warning without it."""
        try:
            if "stopped" in run.record.settings:
                raise NotKeptError("was interrupted within an epoch")
            images = None if self.images is None else to_array(self.images)
            network, content = keep(self.model, images, run.record.tested)
        except Exception as error:
            # whatever is wrong with a model, its run is saved
            why = str(error).partition("\n")[0].rstrip(".")
            warnings.warn(f"The run '{self.name}' is recorded without its model, which {why}.", stacklevel=2)
            return run
        settings = run.record.settings | {"input_values": network["options"]["before"]}
        record = run.record.model_copy(update={"network": network, "settings": settings})
        return replace(run, record=record, files={"model.keras": content})

    def _run(self, ending: Mapping[str, Any]) -> Run:
        """The run as far as it is; ending: further settings."""
        fields, probabilities = dict(self.known), self.probabilities
        classes = fields.pop("outputs")
        if probabilities is None:
            probabilities = np.zeros((0, classes), np.float32)
        predictions = Predictions(
            self.labels if len(probabilities) else np.zeros(0, np.uint8),
            probabilities,
            np.stack(self.epoch_classes) if self.epoch_classes else None,
            epoch_numbers=np.array(self.epoch_numbers, np.uint32) if self.epoch_classes else None,
        )
        return assemble(
            self.name,
            predictions,
            histories.table(self.rows),
            self.digits if len(probabilities) else (identity.OWN_DIGITS, f"none of {clean_name(self.name)}"),
            self.settings | self.given | dict(ending),
            self.class_names,
            self.tags,
            **fields | {"seconds": round(time.perf_counter() - self.began, 1)},
        )

    def _end(self) -> None:
        """Nothing waits for the end of the training any more."""
        self.under_way = False
        self.watch.detach()
        leave, self.leave = self.leave, None
        if leave:
            leave()

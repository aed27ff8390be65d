"""Recipe: all settings of a training, as one flat, validated, frozen object.

A hyperparameter is one field here; the command-line flag and the record follow from it. A hyperparameter of an
architecture is None here unless a recipe sets it; its default is that of the architecture's argument of the same name.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.architectures import options_of
from models.classifiers import CLASSIFIERS
from training.augmentation import AUGMENTATIONS

Optimizer = Literal[
    "sgd",
    "rmsprop",
    "adam",
    "adamw",
    "adadelta",
    "adagrad",
    "adamax",
    "adafactor",
    "nadam",
    "ftrl",
    "lion",
    "lamb",
    "muon",
    "schedulefreeadamw",
]
# fields that a classifier, which is fitted once, cannot use
OF_NETWORKS = ("augmentation", "averaging", "label_smoothing", "outliers", "calibrate", "half", "teacher")
A_NAME = "a name has small letters, digits, dots and hyphens, 60 at most, and begins with a letter or digit"
Loss = Literal["sparse_categorical_crossentropy", "categorical_crossentropy"]


class Recipe(BaseModel):
    """How a run is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")]
    """Name of the recipe: lower-case letters, digits, dots and dashes."""
    group: str = ""
    """Name of the sweep that the recipe belongs to; runs of one group are compared."""
    architecture: str
    """A network of models/architectures.py or a classifier of models/classifiers.py."""
    dataset: str = "mnist"
    """A dataset of training/datasets/registry.py."""
    hidden: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] | None = Field(default=None, min_length=1, max_length=20)
    """Units of each hidden layer, where the architecture has that option; None is its own default."""
    filters: tuple[Annotated[int, Field(ge=1, le=2_000)], ...] | None = Field(default=None, min_length=1, max_length=6)
    """Feature maps of each convolution, where the architecture has that option; None is its own default."""
    dropout: float | None = Field(default=None, ge=0, lt=1)
    """Share of units dropped in training, where the architecture has that option; None is its own default."""
    maps: int | None = Field(default=None, ge=1, le=500)
    """Feature maps of the first convolutions, where the architecture has that option; None is its own default."""
    normalize_rows: bool | None = None
    """Divide each column of pixels by its length, as keras.utils.normalize(axis=1); None is the architecture's default."""
    batch_normalization: bool | None = None
    """Normalise each layer over the batch, where the architecture has that option; None is its own default."""
    trees: int | None = Field(default=None, ge=1, le=10_000)
    """Trees of a forest; None is the architecture's default."""
    penalty: float | None = Field(default=None, gt=0, le=1e6)
    """Weight of errors in a support vector machine (its C); None is the architecture's default."""
    gamma: float | None = Field(default=None, gt=0, le=1e3)
    """Inverse squared width of the Gaussian kernel; None is the architecture's default."""
    virtual: int | None = Field(default=None, ge=0, le=3)
    """Pixels by which a machine's support vectors are shifted to each side for a second fit; None is the architecture's default."""
    neighbours: int | None = Field(default=None, ge=1, le=1000)
    """Nearest neighbours that vote; None is the architecture's default."""
    candidates: int | None = Field(default=None, ge=1, le=60_000)
    """Digits preselected by Euclidean distance; None is the architecture's default."""
    fade: float | None = Field(default=None, gt=0, le=100)
    """Share by which a neighbour is farther than the nearest where it weighs e times less; None is the architecture's default."""
    augmentation: tuple[str, ...] = ()
    """Augmentations of training/augmentation.py, drawn again for each epoch."""
    loss: Loss = "sparse_categorical_crossentropy"
    """Cross-entropy on class numbers (sparse) or on one-hot vectors; the value is the same."""
    optimizer: Optimizer = "adam"
    """Keras's name of the optimizer."""
    learning_rate: float = Field(default=0.001, gt=0, le=10)
    """Step size of the optimizer."""
    schedule: Literal["constant", "cosine", "exponential"] = "constant"
    """Whether the step size stays, falls along half a cosine towards zero, or by the factor `decay` after each epoch."""
    decay: float = Field(default=0.98, gt=0, le=1)
    """Factor by which an exponential schedule multiplies the step size after each epoch."""
    momentum: float = Field(default=0.0, ge=0, lt=1)
    """Momentum of sgd or rmsprop."""
    batch_size: int = Field(default=32, ge=1, le=60_000)
    """Digits in one step."""
    averaging: float = Field(default=0.0, ge=0, lt=1)
    """Decay per step of the exponential moving average of the weights, which is then measured and saved. 0: none."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each one-hot target that is spread evenly over all classes."""
    outliers: int = Field(default=0, ge=0, le=1_000_000)
    """Pictures of letters, signs and scribbles shown in each epoch with evenly spread targets: outlier exposure."""
    teacher: str = Field(default="", max_length=60)
    """A saved run whose probabilities for the varied digits of its own dataset are the targets where it is right: distillation."""
    calibrate: bool = False
    """Scale the logits after the training by the temperature that fits the held-out digits, varied as in training."""
    half: bool = False
    """Round the kernels to float16 after the training, which halves the file; the run's predictions are made with them."""
    epochs: int = Field(default=10, ge=1, le=10_000)
    """Passes over the training digits."""
    patience: int = Field(default=0, ge=0, le=10_000)
    """Epochs without a lower validation loss after which the training ends and its best epoch is restored; 0 is never."""
    references: int = Field(default=0, ge=0, le=100_000)
    """Training digits whose embeddings are saved, to show the nearest ones and to recognise what is out of distribution."""
    precision: Literal["float32", "mixed_bfloat16"] = "float32"
    """Precision of the computations in training; the weights are float32 with both."""
    validation: Literal["none", "split", "fold", "test"] = "split"
    """What is evaluated after each epoch: nothing, a part or a fold held out of the training set, or the test set."""
    validation_fraction: float = Field(default=0.1, gt=0, lt=1)
    """Share of the training set held out if validation is 'split'."""
    folds: int = Field(default=5, ge=2, le=100)
    """Parts that the training set is split into if validation is 'fold', shuffled with random state 1."""
    fold: int = Field(default=1, ge=1, le=100)
    """The fold that is held out, counted from 1."""
    digits: int = Field(default=0, ge=0, le=10_000_000)
    """Training digits that are used, after some were held out: so many of them, chosen by the seed; 0 is all."""
    seed: int = Field(default=1, ge=0, lt=2**31)
    """Start of every random choice: weights, order of digits, dropout, held-out part."""
    split_seed: int = Field(default=-1, ge=-1, lt=2**31)
    """Start of the choice of the held-out part, so that several seeds hold out the same digits; -1 is the seed."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        takes = options_of(self.architecture)
        for option in set(self.options()) - set(takes):
            raise ValueError(f"the architecture '{self.architecture}' has no option '{option}'")
        for name in set(self.augmentation) - set(AUGMENTATIONS):
            raise ValueError(f"there is no augmentation '{name}'; there are {', '.join(AUGMENTATIONS)}")
        if self.validation == "fold" and self.fold > self.folds:
            raise ValueError(f"there is no fold {self.fold} of {self.folds}")
        if self.architecture in CLASSIFIERS and (self.epochs > 1 or any(getattr(self, field) for field in OF_NETWORKS)):
            raise ValueError(
                f"the classifier '{self.architecture}' is fitted once: epochs must be 1, without {', '.join(OF_NETWORKS)}"
            )
        soft = [name for name in ("outliers", "label_smoothing", "teacher") if getattr(self, name)]
        if soft and self.loss != "categorical_crossentropy":
            raise ValueError(f"{soft[0]} needs one-hot targets: set loss to 'categorical_crossentropy'")
        if self.decay != 0.98 and self.schedule != "exponential":
            raise ValueError(f"the schedule '{self.schedule}' takes no decay: set schedule to 'exponential'")
        if self.patience and self.validation not in ("split", "fold"):
            raise ValueError("patience needs digits held out of the training set: set validation to 'split' or 'fold'")
        if self.calibrate and self.validation not in ("split", "fold"):
            raise ValueError("calibrate needs digits held out of the training set: set validation to 'split' or 'fold'")
        if self.references and (self.validation not in ("split", "fold") or self.architecture in CLASSIFIERS):
            raise ValueError("references need a network, and digits held out of the training set to set their limit")
        if self.references and self.digits:
            raise ValueError("references are chosen among all training digits: set digits to 0")
        if self.split_seed >= 0 and self.validation != "split":
            raise ValueError("split_seed chooses the held-out part of a split: set validation to 'split'")
        if self.momentum and self.optimizer not in ("sgd", "rmsprop"):
            raise ValueError(f"the optimizer '{self.optimizer}' takes no momentum")
        return self

    def unused(self) -> list[str]:
        """The fields that were set to another value than their default and change nothing under the other fields."""
        idle = self.idle()
        return [name for name in type(self).model_fields if name in idle and self._changed(name)]

    def idle(self) -> set[str]:
        """The fields that change nothing under the other fields, whatever their value."""
        idle = set() if self.validation == "split" else {"validation_fraction"}
        idle |= set() if self.validation == "fold" else {"folds", "fold"}
        if self.architecture in CLASSIFIERS:
            idle |= {
                "loss",
                "optimizer",
                "learning_rate",
                "schedule",
                "decay",
                "momentum",
                "batch_size",
                "precision",
                "patience",
            }
        return idle

    def _changed(self, name: str) -> bool:
        return getattr(self, name) != type(self).model_fields[name].default

    def run_id(self) -> str:
        """The name that a run of this recipe would like to have."""
        fold = f"-fold{self.fold}" if self.validation == "fold" else ""
        return self.name + fold + (f"-seed{self.seed}" if self.seed != 1 else "")

    def options(self) -> dict[str, Any]:
        """The architecture's options that this recipe sets, as JSON holds them: of the fields that are None by default."""
        optional = {name for name, field in type(self).model_fields.items() if field.default is None}
        return self.model_dump(mode="json", include=optional, exclude_none=True)

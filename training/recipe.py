"""Recipe: everything that decides a training, as one flat, validated, frozen object.

A hyperparameter is one field here; the command-line flag, the form on the page and the record follow from it.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.architectures import options_of

Optimizer = Literal[
    "sgd", "rmsprop", "adam", "adamw", "adadelta", "adagrad", "adamax", "adafactor", "nadam", "ftrl", "lion", "lamb"
]
Loss = Literal["sparse_categorical_crossentropy", "categorical_crossentropy"]


class Recipe(BaseModel):
    """How a run is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    """Name of the recipe: lower-case letters, digits and dashes."""
    architecture: str
    """A network of models/architectures.py."""
    dataset: str = "mnist"
    """A dataset of training/datasets.py."""
    hidden: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] | None = Field(default=None, min_length=1, max_length=20)
    """Units of each hidden layer, where the architecture has that option; None is its own default."""
    dropout: float | None = Field(default=None, ge=0, lt=1)
    """Share of units dropped in training, where the architecture has that option; None is its own default."""
    normalize_rows: bool | None = None
    """Divide each column of pixels by its length, as keras.utils.normalize(axis=1); None is the architecture's default."""
    loss: Loss = "sparse_categorical_crossentropy"
    """Cross-entropy on class numbers (sparse) or on one-hot vectors; the value is the same."""
    optimizer: Optimizer = "adam"
    """Keras's name of the optimizer."""
    learning_rate: float = Field(default=0.001, gt=0, le=10)
    """Step size of the optimizer."""
    momentum: float = Field(default=0.0, ge=0, lt=1)
    """Momentum of sgd or rmsprop."""
    batch_size: int = Field(default=32, ge=1, le=60_000)
    """Digits in one step."""
    epochs: int = Field(default=10, ge=1, le=10_000)
    """Passes over the training digits."""
    validation: Literal["none", "split", "test"] = "split"
    """What is watched after each epoch: nothing, a part held out of the training set, or (as some sources do) the test set."""
    validation_fraction: float = Field(default=0.1, gt=0, lt=1)
    """Share of the training set held out where validation is 'split'."""
    seed: int = Field(default=1, ge=0, lt=2**31)
    """Start of every random choice: weights, order of digits, dropout, held-out part."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        takes = options_of(self.architecture)
        for option in set(self.options()) - set(takes):
            raise ValueError(f"the architecture '{self.architecture}' has no option '{option}'")
        if self.momentum and self.optimizer not in ("sgd", "rmsprop"):
            raise ValueError(f"the optimizer '{self.optimizer}' takes no momentum")
        return self

    def options(self) -> dict[str, Any]:
        """The architecture's options that this recipe sets."""
        return self.model_dump(mode="json", include={"hidden", "dropout", "normalize_rows"}, exclude_none=True)

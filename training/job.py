"""One training in a process of its own: a recipe as JSON on standard input, its run as bytes on standard output.

Standard error carries the progress, `done 0.25` on a line of its own, and at the end the sentence that says what went wrong.
"""

import os
import sys

from pydantic import ValidationError

from models import import_keras, saved_directory
from training import publishing, trainer
from training.checkpoint import Checkpoint, CheckpointError
from training.datasets import registry
from training.recipe import Recipe


def main() -> int:
    """Train; exit code 0 with the run, 2 with a sentence."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that a library that prints cannot disturb the bytes
    try:
        recipe = Recipe.model_validate_json(sys.stdin.read())
        dataset = registry.load(recipe.dataset)
        import_keras()
        checkpoint = Checkpoint(saved_directory(), recipe, dataset)
        out.write(publishing.pack(trainer.train(recipe, dataset, _tell, checkpoint)))
        out.close()
        checkpoint.remove()
    except (trainer.TrainingError, CheckpointError, registry.DatasetError, ValidationError) as error:
        print(f"The job failed: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The job failed: {error.strerror or error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _tell(now: trainer.Progress) -> None:
    print(f"done {(now.epoch - 1 + now.step / now.steps) / now.epochs:.4f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""The command `python -m training list`."""

from rich.table import Table

from models import caption
from models.architectures import ARCHITECTURES
from models.classifiers import CLASSIFIERS
from training.commands.terminal import console
from training.recipes import RECIPES


def list_recipes() -> None:
    """Print the named recipes."""
    table = Table("recipe", "network", "optimizer", "epochs", "batch", box=None, pad_edge=False)
    for recipe in RECIPES.values():
        optimizer = f"{recipe.optimizer} {recipe.learning_rate:g}"
        network = caption((ARCHITECTURES | CLASSIFIERS)[recipe.architecture])
        table.add_row(recipe.name, network, optimizer, str(recipe.epochs), str(recipe.batch_size))
    console.print(table)

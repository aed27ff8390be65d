"""The command `python -m training sources`."""

from training.studies.sources import markdown


def print_sources() -> None:
    """Print the systems of the sources, claim beside measurement, as a Markdown table."""
    print(markdown())

"""Pieces of HTML that pages show, each a template beside this file, and whatever is put into one escaped."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from training.templates import environment

ENVIRONMENT = environment(Path(__file__).parent)


def render(name: str, /, **values: Any) -> Markup:
    """The HTML of the template `name`.html.jinja with these values; text is escaped, what was rendered before is not again."""
    return Markup(ENVIRONMENT.get_template(f"{name}.html.jinja").render(values))

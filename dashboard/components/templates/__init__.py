"""Pieces of HTML that pages show, each a template beside this file, and whatever is put into one escaped."""

from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def render(name: str, /, **values: Any) -> Markup:
    """The HTML of the template `name`.html.jinja with these values; text is escaped, what was rendered before is not again."""
    return Markup(ENVIRONMENT.get_template(f"{name}.html.jinja").render(values))

"""Templates of HTML: how they are read, with whatever is put into one escaped."""

from pathlib import Path

import jinja2


def environment(folder: Path) -> jinja2.Environment:
    """The templates in a folder. A value that a template names and was not given is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

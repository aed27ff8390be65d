"""Components from their files: name.js beside the module, and name.css and name.html where they have them."""

import re
from collections.abc import Callable
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w./]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def component(name: str) -> Callable:
    """What mounts the component of these files on a page. name: path of the files from this folder, without their ending."""
    path = FOLDER / name
    css, html = (path.with_suffix(suffix) for suffix in (".css", ".html"))
    return st.components.v2.component(
        f"mnist_atelier_{path.name}",
        html=html.read_text(encoding="utf-8") if html.exists() else "<span></span>",
        css=css.read_text(encoding="utf-8") if css.exists() else None,
        js=bundle(path.with_suffix(".js")),
    )


def bundle(path: Path) -> str:
    """One JavaScript module of a file and of the files that it imports, each once: Streamlit takes a text and knows no files.

    Names declared at the top of these files share one scope, so no two may be the same.
    """
    return "\n".join(EXPORT.sub("", IMPORT.sub("", file.read_text(encoding="utf-8"))) for file in _needed(path))


def _needed(path: Path) -> list[Path]:
    """The files that a JavaScript file imports, theirs before them, and itself at the end."""
    files: list[Path] = []
    for name in IMPORT.findall(path.read_text(encoding="utf-8")):
        files += [file for file in _needed((path.parent / name).resolve()) if file not in files]
    return [*files, path]

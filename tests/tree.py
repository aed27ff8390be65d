"""Writes the tree of README.md from the disk: `python -m tests.tree`. A line's text is the first sentence of its module."""

import ast
import re
import subprocess
from pathlib import Path

from models import ROOT

README = ROOT / "README.md"
HIDDEN = ("models/saved/", "docs/")  # listed by no line: the runs and the pictures of the pages
SAID = {  # of files that have no docstring
    ".ci/run": "the whole check on a fresh machine",
    ".github/workflows/ci.yml": "runs it for every push",
    ".oxlintrc.json": "what the linter of the JavaScript asks for",
    ".pre-commit-config.yaml": "ruff before each commit",
    "LICENSE": "MIT",
    "README.md": "this page",
    "pyproject.toml": "settings of the tools that check the code",
    "requirements.txt": "what the dashboard needs",
    "tests/requirements.txt": "what the tests need besides",
    "dashboard/.streamlit/config.toml": "settings of the server, light and dark theme",
}
COMMENTS = {  # how a file of these begins
    ".js": r"// (.*)",
    ".css": r"/\* (.*) \*/",
    ".html": r"<!-- (.*) -->",
    ".jinja": r"{# (.*) #}",
}
WIDTH = 30  # letters before a line's text


def tracked() -> list[str]:
    """The files of the project as paths from its root, those of no line left out."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    return sorted(name for name in listed if name and not name.startswith(HIDDEN) and (ROOT / name).is_file())


def said(name: str) -> str:
    """What a line says of a file, or of a folder by the name of its __init__.py; nothing where nothing is written."""
    path = ROOT / name
    if name in SAID or not path.is_file():
        return SAID.get(name, "")
    text = path.read_text(encoding="utf-8")
    if path.suffix in COMMENTS:
        comment = re.match(COMMENTS[path.suffix], text)
        return _first_clause(comment.group(1)) if comment else ""
    return _first_clause(ast.get_docstring(ast.parse(text)) or "") if path.suffix == ".py" else ""


def _first_clause(text: str) -> str:
    clause = re.split(r"\.(?:\s|$)|[:;](?:\s|$)", " ".join(text.split()), maxsplit=1)[0]
    return clause if re.match(r"[A-Z][A-Z]", clause) else clause[:1].lower() + clause[1:]


def tree() -> str:
    """The lines of the tree, two spaces deeper in each folder, folders before files."""
    folders: dict[str, list[str]] = {}
    for name in tracked():
        parts = Path(name).parts
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth])
            child = parts[depth] + ("/" if depth < len(parts) - 1 else "")
            if child not in folders.setdefault(folder, []):
                folders[folder].append(child)
    return "\n".join(_lines("", folders, 0)) + "\n"


def _order(name: str) -> tuple:
    """Folders before files; the floors of the house from the ground up."""
    floors = ("models/", "training/", "dashboard/", "tests/")
    return not name.endswith("/"), floors.index(name) if name in floors else -1, name


def _lines(folder: str, folders: dict[str, list[str]], depth: int) -> list[str]:
    lines = []
    for child in sorted(folders[folder], key=_order):
        path = f"{folder}/{child}".lstrip("/").rstrip("/")
        text = said(f"{path}/__init__.py" if child.endswith("/") else path)
        if child != "__init__.py":
            lines.append(f"{'  ' * depth + child:<{WIDTH}}{text}".rstrip())
        else:
            lines.append("  " * depth + child)
        if child.endswith("/"):
            lines += _lines(path, folders, depth + 1)
    return lines


def replaced(text: str) -> str:
    """A README's text with the tree as it is now."""
    return re.sub(r"```text\n.*?```", lambda _: f"```text\n{tree()}```", text, count=1, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(replaced(README.read_text(encoding="utf-8")), encoding="utf-8")

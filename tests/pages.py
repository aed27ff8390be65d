"""The pages of the dashboard, read from its page table, so that whatever visits every page visits a new one too."""

import ast
from pathlib import Path

from models import ROOT

APP = ROOT / "dashboard" / "app.py"
VIEWS = APP.parent / "views"


def listed(app: Path = APP) -> dict[str, str]:
    """The page table in its order: what an address says of a page, "" for home, to the stem of its file in views/.

    Pages that lead on from older addresses have no file.
    """
    found = {}
    for node in ast.walk(ast.parse(app.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.Page":
            stem = Path(ast.literal_eval(node.args[0])).stem
            settings = {keyword.arg: keyword.value for keyword in node.keywords}
            found["" if "default" in settings else stem] = stem
    return found

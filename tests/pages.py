"""The pages of the dashboard, read from its page table, so that whatever visits every page visits a new one too."""

import ast
import functools
from pathlib import Path
from urllib.parse import urlencode

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard import address, cache
from models import ROOT

# a server looks through all installed packages for components once, a test would at each page that it opens
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

APP = ROOT / "dashboard" / "app.py"
VIEWS = APP.parent / "views"
PARTS = {  # of pages that have several -> what the address calls the open one, and those that are not open at first
    "explore": (address.PART_OF_EXPLORE, ("Statistics",)),
    "compare": (address.PART_OF_COMPARE, ("A against B",)),
    "evaluate": (address.PART_OF_EVALUATE, ("Confidence", "Epoch by epoch")),
    "train": (address.PART_OF_TRAIN, (address.IMPORT_RUNS,)),
    "results": (address.TOPIC, ("Records", "Missed digits", "Studies")),
}


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


def opened() -> list[tuple[str, dict[str, str]]]:
    """Every page in the order of the table by the stem of its file, with what its address says: nothing, then each other part."""
    found = []
    for page in listed().values():
        key, others = PARTS.get(page, ("", ()))
        found += [(page, {}), *((page, {key: part}) for part in others)]
    return found


def app(page: str, named: dict[str, str | list[str]]) -> AppTest:
    """The dashboard without a browser, before it runs, at the page whose file in views/ has this stem."""
    found = AppTest.from_file(str(APP), default_timeout=300)
    for name, value in named.items():
        found.query_params[name] = value
    # home has no path, and opens by itself
    return found.switch_page(f"views/{page}.py") if listed()[""] != page else found


def look_at_each_run(monkeypatch) -> None:
    """Have every run of a page look at the shelf's files anew, for tests change them faster than people."""
    run = AppTest._run

    def anew(*arguments, **named):
        cache.look_again()
        return run(*arguments, **named)

    monkeypatch.setattr(AppTest, "_run", anew)


def query(named: dict[str, str]) -> str:
    """What follows the path in an address that says this."""
    return f"?{urlencode(named)}" if named else ""

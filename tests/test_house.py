"""The house itself: which way imports point, what the README promises, and what must never enter a process."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from models import ROOT
from tests import pages, tree

LEVELS = {  # the floor of a module, by the longest prefix of its name: it imports from its own floor and from those below
    "models": 0,
    "training.datasets": 1,
    "training": 2,
    "training.analysis": 3,
    "training.studies": 4,
    "training.commands": 5,
    "training.__main__": 5,
    "dashboard": 6,
    "dashboard.figures": 6,
    "dashboard.cache": 6,
    "dashboard.components": 7,
    "dashboard.sections": 8,
    "dashboard.warm": 8,
    "dashboard.views": 9,
    "dashboard.app": 9,
    "tests": 10,
}
FOLDERS = ("models", "training", "dashboard", "tests")
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def module(path: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def floor(name: str) -> int:
    """The floor of a module by its name."""
    return LEVELS[max((prefix for prefix in LEVELS if f"{name}.".startswith(f"{prefix}.")), key=len)]


def imported(path: Path) -> set[str]:
    """Every module that the file imports, at its top or inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    for name in imported(path):
        if name.split(".")[0] in FOLDERS:
            assert floor(name) <= floor(module(path)), f"{path} imports {name}"


def test_a_floor_is_that_of_the_longest_prefix():
    assert floor("training.datasets.mnist") < floor("training.runs") < floor("training.analysis.report")
    assert floor("dashboard.components.scatter") < floor("dashboard.views.map")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_no_pickle(path):
    text = path.read_text(encoding="utf-8")
    assert not {"pickle", "joblib", "dill", "cloudpickle"} & {name.split(".")[0] for name in imported(path)}
    assert "allow_pickle=" + "True" not in text


@pytest.mark.parametrize("path", [p for p in SOURCES if "tests" not in p.parts], ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_lives_in_it(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [p for p in SOURCES if "dashboard" in p.parts], ids=lambda p: str(p.relative_to(ROOT)))
def test_javascript_stands_in_files_of_its_own(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"addEventListener|querySelector|export default|\) => ", text)


@pytest.mark.parametrize("path", [p for p in SOURCES if "tests" not in p.parts], ids=lambda p: str(p.relative_to(ROOT)))
def test_html_stands_in_templates(path):
    """Text that is put between tags by hand is sooner or later not escaped."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            assert not re.search(r"</?(div|span|p|table|tr|t[dh]|img|svg|figure|h\d)\b", ast.unparse(node)), node.lineno


def names_of_state(tree: ast.AST) -> list[str]:
    """The texts by which code names what the session or the URL keeps, written out."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_state(node.value):
            found.append(node.slice)
        elif isinstance(node, ast.Call):
            found += node.args[:1] if isinstance(node.func, ast.Attribute) and _is_state(node.func.value) else []
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            found += [given["key"]] if "key" in given and "bind" in given else []
            found += given["query_params"].keys if isinstance(given.get("query_params"), ast.Dict) else []
    return [ast.unparse(name) for name in found if isinstance(name, ast.Constant | ast.JoinedStr)]


def _is_state(node: ast.AST) -> bool:
    return ast.unparse(node) in ("st.session_state", "st.query_params")


PAGES_PARTS = [path for path in SOURCES if module(path).startswith("dashboard") and path.name != "address.py"]


@pytest.mark.parametrize("path", PAGES_PARTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_kept_has_its_name_in_one_place(path):
    assert names_of_state(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_readme_tree_is_that_of_the_disk():
    assert tree.tracked(), "git names the files, so the test needs a clone"
    assert tree.replaced(README) == README, "python -m tests.tree writes it anew"


def test_readme_and_ci_use_the_same_command():
    command = re.search(r"^pip install .*&& pytest$", README, re.MULTILINE).group(0)
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_every_dependency_says_what_for():
    for name in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / name).read_text().splitlines():
            package = re.match(r"[\w-]+", line).group(0)
            assert re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+ +# .+", line), line
            assert f"| {package} |" in README, f"README does not say what {package} is for"


def test_app_keeps_to_what_streamlit_needs():
    tree = ast.parse((ROOT / "dashboard" / "app.py").read_text())
    docstring, *imports, guard = tree.body
    assert isinstance(docstring, ast.Expr)
    assert [ast.unparse(node) for node in imports] == [
        "import sys",
        "from pathlib import Path",
    ]  # the root is not on the path yet
    assert ast.unparse(guard.test) == "__name__ == '__main__'"
    assert "sys.path.insert(0, " in ast.unparse(guard)
    assert not (ROOT / "dashboard" / "pages").exists(), "a folder pages/ flashes a wrong menu"
    names = {path.stem for path in (ROOT / "dashboard").rglob("*") if path.suffix == ".py" or path.is_dir()}
    assert not names & {"models", "training", "tests"}


def test_every_page_has_its_file_and_its_line():
    assert sorted(pages.listed().values()) == sorted(path.stem for path in pages.VIEWS.glob("*.py"))
    assert list(pages.listed()).count("") == 1


VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=300).run()
for page in json.loads(sys.argv[1]):
    app.switch_page(page).run()
    assert not app.exception, (page, app.exception)
print(sorted({"keras", "tensorflow"} & set(sys.modules)))
"""


def test_no_page_loads_keras():
    views = [f"views/{page}.py" for page in pages.listed().values()]
    done = subprocess.run([sys.executable, "-c", VISIT, json.dumps(views)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")


def test_the_repository_stays_small():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    assert sum(path.stat().st_size for path in paths if path.is_file()) < 75e6

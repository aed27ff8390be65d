"""Runs the notebook from top to bottom and keeps what each cell gives: python -m tests.notebook [NOTEBOOK]."""

import ast
import base64
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from models import ROOT

NOTEBOOK = ROOT / "training" / "example.ipynb"


def run(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook, each code cell with its outputs. Raises whatever a cell raises."""
    cells, names = json.loads(path.read_text(encoding="utf-8"))["cells"], {"__name__": "__main__"}
    number = 0
    for cell in cells:
        if cell["cell_type"] == "code":
            number += 1
            cell |= {"execution_count": number, "outputs": _outputs("".join(cell["source"]), names, number)}
    return cells


def _outputs(source: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """What a cell prints, and what its last line is where that is an expression."""
    tree, printed, value = ast.parse(source), io.StringIO(), None
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        found.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue().splitlines(keepends=True)})
    if value is not None:
        shown = {"output_type": "execute_result", "execution_count": number, "metadata": {}}
        found.append(shown | {"data": _data(value)})
    return found


def _data(value: Any) -> dict[str, Any]:
    """A value as Jupyter keeps it: its text, and its picture or table where it has one."""
    data: dict[str, Any] = {"text/plain": [f"<{type(value).__name__}>"]}
    if hasattr(value, "_repr_png_"):
        return data | {"image/png": base64.b64encode(value._repr_png_()).decode()}
    if hasattr(value, "to_html"):
        return {
            "text/plain": str(value).splitlines(keepends=True),
            "text/html": value.to_html().splitlines(keepends=True),
        }
    return {"text/plain": [repr(value)]}


def main(path: Path) -> None:
    """Run it, and write it with its outputs."""
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"] = run(path)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else NOTEBOOK)

"""Scripts of components are joined with what they import, and a linter finds nothing in them."""

import subprocess
import sysconfig
from pathlib import Path

from dashboard.components.assets import bundle
from models import ROOT


def lint(*paths: Path) -> subprocess.CompletedProcess:
    oxlint = Path(sysconfig.get_path("scripts")) / "oxlint"
    command = [oxlint, "--config", ROOT / ".oxlintrc.json", "--deny-warnings", *paths]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_scripts_are_clean():
    done = lint(ROOT / "dashboard")
    assert done.returncode == 0, done.stdout
    assert f"on {len(list((ROOT / 'dashboard').rglob('*.js')))} files" in done.stdout


def test_the_linter_finds_unknown_unused_and_cyclic_names(tmp_path):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nexport const a = () => b + nobody;\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = 1, c = 2;\nconst unused = 3;\n')
    done = lint(tmp_path)
    assert done.returncode == 1
    for rule in ("no-undef", "no-unused-vars", "no-cycle"):
        assert rule in done.stdout, rule


def test_a_script_comes_after_those_that_it_imports_each_once(tmp_path):
    (tmp_path / "low.js").write_text("export const low = 1;\n")
    (tmp_path / "middle.js").write_text('import { low } from "./low.js";\nexport function middle() { return low; }\n')
    top = (
        'import { low } from "./low.js";\nimport { middle } from "./middle.js";\nexport default () => low + middle();\n'
    )
    (tmp_path / "top.js").write_text(top)
    lines = [line for line in bundle(tmp_path / "top.js").splitlines() if line]
    assert lines == ["const low = 1;", "function middle() { return low; }", "export default () => low + middle();"]

"""python -m training, as a person types it."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from rich.console import Console

from models import ROOT, caption
from models.command_line import load
from training import annotations
from training.__main__ import COMMANDS, main
from training.recipes import RECIPES
from training.recording import record
from training.studies.sources import SOURCES


def typed(*arguments, shelf):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=ROOT,
        env=os.environ | {"MNIST_ATELIER_MODELS": str(shelf), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture
def training(capsys, monkeypatch):
    """The command in this process, which has its libraries loaded; gives what it printed and its exit code, as `typed` does."""

    def run(*arguments, shelf):
        monkeypatch.setenv("MNIST_ATELIER_MODELS", str(shelf))
        monkeypatch.setenv("COLUMNS", "160")
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as left:
            code = left.code
        printed = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, printed.out, printed.err)

    return run


def test_a_run_is_printed_into_a_file(tmp_path, training):
    done = training("report", "digits-mlp-15", "--to", str(tmp_path / "run.html"), shelf=ROOT / "models" / "saved")
    assert done.returncode == 0, done.stderr
    assert "test digits" in (tmp_path / "run.html").read_text(encoding="utf-8")
    refused = training("report", "nowhere", shelf=tmp_path)
    assert refused.returncode != 0
    assert "There is no run 'nowhere'" in refused.stderr
    folder = training("report", "digits-mlp-15", "--to", str(tmp_path), shelf=ROOT / "models" / "saved")
    assert "could not be written" in folder.stderr


def test_list_names_every_recipe(shelf):
    done = typed("list", shelf=shelf)
    assert done.returncode == 0
    for name in RECIPES:
        assert name in done.stdout


def test_run_trains_with_flags_and_runs_lists_it(shelf, training):
    flags = "--dataset digits --name tiny --epochs 1 --hidden 8 4 --seed 3"
    done = typed("run", "mlp-128x2", *flags.split(), shelf=shelf)
    assert done.returncode == 0, done.stderr
    assert "tiny-seed3: test error" in done.stdout
    assert "I0000" not in done.stderr, "TensorFlow's first lines are kept from the user"
    (shelf / "broken").mkdir()
    listed = training("runs", shelf=shelf).stdout
    assert "tiny" in listed
    assert "record.json is missing" in listed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["walk"], "There is no command 'walk'"),
        (["run"], "Name a recipe"),
        (["run", "mlp-study"], "a study of many trainings: python -m training sweep mlp-study"),
        (["run", "cnn-giant"], "'cnn-giant' is not a recipe. Choose one of: mlp-128x2"),
        (["run", "cnn-small", "--epochs", "0"], "The recipe is not possible: epochs"),
        (["run", "cnn-small", "--dropout", "0.5"], "has no option 'dropout'"),
        (["run", "cnn-small", "--dataset", "emnist"], "There is no dataset 'emnist'"),
        (["run", "cnn-large", "--dataset", "digits"], "cannot read 8 x 8 pictures"),
        (["run", "cnn-small", "--optimizer", "magic"], "Invalid choice 'magic' for argument '--optimizer'"),
        (["data", "emnist"], "There is no dataset 'emnist'"),
        (["report"], "Missing from python -m training report: RUN"),
        (["sweep", "nothing"], "Invalid choice 'nothing'"),
        (["sweep", "digits-mlp-15", "--learning-rate"], "at least one value after --learning-rate"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments, sentence, shelf, training):
    done = training(*arguments, shelf=shelf)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not shelf.exists() or not list(shelf.iterdir())


def test_readme_shows_the_shipped_runs_as_they_are(training):
    printed = training("sources", shelf=ROOT / "models" / "saved").stdout.strip()
    assert printed.count("\n") == len(SOURCES) + 1
    assert "no run yet" not in printed
    assert printed in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_field_of_the_recipe_is_a_flag(shelf, training):
    shown = training("run", "cnn-small", "--help", shelf=shelf).stdout
    for field in type(RECIPES["cnn-small"]).model_fields:
        assert f"--{field.replace('_', '-')}" in shown


def test_data_without_mnist_and_network_says_what_to_do(shelf, without_mnist, training):
    done = training("data", shelf=shelf)
    assert done.returncode == 2
    assert "MNIST_ATELIER_DATA" in done.stderr
    assert "1,000 train, 797 test" in training("data", "digits", shelf=shelf).stdout


def test_a_stopped_training_goes_on_and_ends_with_the_same_bits(shelf, tmp_path, training):
    from training.runs import load_history, load_predictions

    flags = "--dataset digits --epochs 12 --batch-size 4 --name long --dropout 0.2"
    command = ["run", "mlp-128x2", *flags.split()]
    assert training(*command, shelf=tmp_path / "whole").returncode == 0
    kills = 0
    for signal_ in (signal.SIGKILL, signal.SIGINT):
        process = subprocess.Popen(
            [sys.executable, "-m", "training", *command],
            cwd=ROOT,
            env=os.environ | {"MNIST_ATELIER_MODELS": str(shelf)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        before = {path.stat().st_mtime_ns for path in shelf.glob(".unfinished-long-*.npz")}
        while process.poll() is None and {p.stat().st_mtime_ns for p in shelf.glob(".unfinished-long-*.npz")} <= before:
            time.sleep(0.02)
        process.send_signal(signal_)
        _, said = process.communicate(timeout=300)
        kills += process.returncode != 0
        assert not (shelf / "long").exists()
    assert kills == 2
    assert "is saved: the same command resumes from there." in said
    assert training(*command, shelf=shelf).returncode == 0
    assert list(load_history("long", shelf)["epoch"]) == list(range(1, 13))
    whole, resumed = load_predictions("long", tmp_path / "whole"), load_predictions("long", shelf)
    np.testing.assert_array_equal(resumed.probabilities, whole.probabilities)
    np.testing.assert_array_equal(resumed.epoch_classes, whole.epoch_classes)
    assert [path.name for path in shelf.iterdir()] == ["long"]


def test_names_of_runs_stay_whole_in_a_narrow_terminal(training, monkeypatch):
    monkeypatch.setattr("training.commands.runs.console", Console(width=80, force_terminal=True))
    lines = training("runs", shelf=ROOT / "models" / "saved").stdout.splitlines()
    assert lines[-1] == "Not shown for lack of room: finished, parameters, training."
    names = [path.name for path in (ROOT / "models" / "saved").iterdir() if path.is_dir() and path.name[0] != "."]
    assert set(names) <= {line.split(" ")[0] for line in lines}
    assert max(map(len, lines)) <= 80


def test_in_a_pipe_each_run_is_a_line_with_all_columns_however_narrow(training, monkeypatch):
    monkeypatch.setattr("training.commands.runs.console", Console(width=40))
    lines = training("runs", shelf=ROOT / "models" / "saved").stdout.splitlines()
    assert lines[0].split() == ["run", "error", "95", "%", "interval", "finished", "parameters", "training"]
    assert len({len(line) for line in lines if not line.startswith(("svm", "random", "knn"))}) <= 3
    assert next(line for line in lines if line.startswith("cnn-medium ")).split()[1:3] == ["1.74", "%"]


def test_runs_as_json(training, shelf):
    record("mine", [0, 1, 1], [0, 1, 0], class_names=["a", "b"], tags=["eng"], settings={"lr": 0.1})
    record("lost", [0, 1], np.full((2, 2), np.nan), {"loss": [np.nan]})
    annotations.change({"mine": {"starred": True, "note": "slow"}})
    (shelf / "broken").mkdir()
    told = json.loads(training("runs", "--json", shelf=shelf).stdout)
    assert told["damaged"] == [{"run": "broken", "reason": "record.json is missing"}]
    mine, lost = sorted(told["runs"], key=lambda run: run["run"] == "lost")
    assert (mine["run"], mine["errors"], mine["digits"], mine["error"]) == ("mine", 1, 3, pytest.approx(1 / 3))
    assert (mine["starred"], mine["tags"], mine["note"], mine["settings"]) == (True, ["eng"], "slow", {"lr": 0.1})
    assert (lost["error"], lost["low"], lost["digits"], lost["diverged"]) == (None, None, 2, 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_first_line_of_a_command_is_a_whole_sentence(command):
    assert re.fullmatch(r"[A-Z].*[.]", caption(load(COMMANDS[command])))

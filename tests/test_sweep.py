"""One recipe becomes many; each job is a fresh process, and a lost one loses nothing."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import psutil
import pytest
from pydantic import ValidationError

from models import ROOT
from tests.conftest import TOY
from training import publishing, runs, sweep, trainer
from training.__main__ import main
from training.recipe import Recipe
from training.runs import RunError

QUICK = Recipe(name="quick", architecture="dense_classifier", hidden=(8,), dataset="digits", epochs=1)  # without Keras


def test_expand_gives_every_combination():
    grid = {"hidden": [[8], [8, 4]], "learning_rate": [0.1, 0.01], "epochs": [1]}
    recipes = sweep.expand(TOY, grid, seeds=2, folds=3)
    assert len(recipes) == len(set(recipes)) == 2 * 2 * 2 * 3
    assert {recipe.name for recipe in recipes} == {"toy-8-lr-0.1", "toy-8-lr-0.01", "toy-8x4-lr-0.1", "toy-8x4-lr-0.01"}
    assert {recipe.group for recipe in recipes} == {"toy"}
    assert {recipe.run_id() for recipe in recipes if recipe.name == "toy-8-lr-0.1"} == {
        f"toy-8-lr-0.1-fold{fold}{seed}" for fold in (1, 2, 3) for seed in ("", "-seed2")
    }
    names = [recipe.name for recipe in sweep.expand(TOY, {"augmentation": [[], ["shift"], ["elastic", "thickness"]]})]
    assert names == ["toy-augmentation-none", "toy-augmentation-shift", "toy-augmentation-elastic-thickness"]
    assert sweep.expand(TOY, {}) == [TOY]
    second = TOY.model_copy(update={"seed": 2})
    assert sweep.expand(second, {}) == [second]
    assert [recipe.seed for recipe in sweep.expand(TOY, {"seed": [3, 4]})] == [3, 4]
    with pytest.raises(ValidationError):
        sweep.expand(TOY, {"learning_rate": [0.1, -1]})


def test_folds_deal_out_the_training_set(digits):
    from training.held_out import split

    parts = [split(recipe, digits)[1][0] for recipe in sweep.expand(TOY, {}, folds=5)]
    assert {len(part) for part in parts} == {200}
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(1000))


def test_a_packed_run_comes_back(toy_run):
    again = publishing.unpack(publishing.pack(toy_run))
    assert again.record == toy_run.record
    assert again.history == toy_run.history
    assert again.files == toy_run.files
    np.testing.assert_array_equal(again.predictions.probabilities, toy_run.predictions.probabilities)


@pytest.mark.parametrize("content", [b"", b"noise", publishing.pack])
def test_what_is_no_run_is_refused(content, toy_run):
    content = content if isinstance(content, bytes) else content(toy_run)[:-100]
    with pytest.raises(RunError, match="is not a run"):
        publishing.unpack(content)


def test_a_sweep_fills_the_shelf_and_goes_on(shelf):
    wide = TOY.model_copy(update={"hidden": (600,)})  # whose run is more than a pipe holds
    recipes = sweep.expand(wide, {"epochs": [1, 2]})
    with ThreadPoolExecutor(2) as executor:
        found = list(sweep.sweep(recipes[:1], executor, partial(sweep.run_job, threads=1)))
        assert [record.recipe for record in found] == recipes[:1]
        assert sweep.missing(recipes) == recipes[1:]
        job = partial(sweep.run_job, threads=1)
        light = list(sweep.sweep(sweep.missing(recipes), executor, job, models=False))
    assert found[0].files["model.keras"]["bytes"] > 2**16
    assert set(light[0].files) == {"history.csv", "predictions.npz"}
    assert sweep.missing(recipes) == []
    assert {record.machine["threads"] for record in runs.list_runs()[0]} == {1}


def test_a_killed_job_is_started_again_with_the_same_bits(shelf, digits, keras):
    recipe = TOY.model_copy(update={"epochs": 4, "batch_size": 2})
    undisturbed = trainer.train(recipe, digits)
    killed = []

    def kill_once(run_id, done):
        if done > 0.4 and not killed:
            job = next(p for p in psutil.Process().children() if "training.job" in p.cmdline())
            killed.append(job.pid)
            job.kill()

    disturbed = publishing.unpack(sweep.run_job(recipe.model_dump_json(), 1, kill_once))
    assert killed
    assert [row["epoch"] for row in disturbed.history] == list(range(1, 5))
    np.testing.assert_array_equal(disturbed.predictions.probabilities, undisturbed.predictions.probabilities)


def test_a_job_that_cannot_be_done_is_a_sentence_and_stops_no_other(shelf):
    strange = TOY.model_copy(update={"name": "strange", "dataset": "emnist"})
    with ThreadPoolExecutor(1) as executor:
        found = list(sweep.sweep([strange, QUICK], executor, sweep.run_job))
    sentences = [str(result) for result in found if isinstance(result, sweep.JobError)]
    assert len(sentences) == 1
    assert "There is no dataset 'emnist'" in sentences[0]
    assert [record.run_id for record in runs.list_runs()[0]] == ["quick"]


def test_a_lost_worker_is_a_sentence(shelf):
    class Broken:
        def submit(self, job, recipe):
            from concurrent.futures import Future

            future = Future()
            future.set_exception(RuntimeError("worker gone"))
            return future

    (found,) = sweep.sweep([TOY], Broken(), sweep.run_job)
    assert "A job was lost (RuntimeError)" in str(found)


def test_ctrl_c_keeps_what_is_finished(shelf):
    flags = "--dataset digits --hidden 8 --epochs 2 --seeds 9 --jobs 1 --threads 1"
    command = [sys.executable, "-m", "training", "sweep", "mlp-128x2", *flags.split()]
    environment = os.environ | {"MNIST_ATELIER_MODELS": str(shelf)}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **pipes)
    deadline = time.monotonic() + 300
    while not runs.list_runs()[0] and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the jobs as well
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "the same command continues with the others" in said
    whole, damaged = runs.list_runs()
    assert 1 <= len(whole) < 9
    assert not damaged


def test_on_a_cluster_a_killed_worker_loses_nothing(shelf, digits, keras):
    from distributed import Client, LocalCluster

    recipes = [QUICK.model_copy(update={"seed": seed}) for seed in (1, 2, 3)]
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        found, victims = [], {worker.pid for worker in cluster.workers.values()}
        nanny = psutil.Process(victims.pop())
        for record in sweep.sweep(recipes, client.get_executor(), partial(sweep.run_job, threads=1)):
            if not found:
                nanny.kill()
            found.append(record)
    assert sorted(record.run_id for record in found) == ["quick", "quick-seed2", "quick-seed3"]
    assert sorted(record.run_id for record in runs.list_runs()[0]) == ["quick", "quick-seed2", "quick-seed3"]
    here = publishing.unpack(publishing.pack(trainer.train(recipes[2], digits)))
    np.testing.assert_array_equal(runs.load_predictions("quick-seed3").probabilities, here.predictions.probabilities)


def test_no_cluster_is_a_sentence(shelf, monkeypatch, capsys):
    monkeypatch.setattr("training.commands.sweep.PATIENCE", 0.5)
    with pytest.raises(SystemExit) as left:
        main(["sweep", "digits-mlp-15", "--dask", "tcp://127.0.0.1:9"])
    assert left.value.code == 2
    assert "There is no Dask cluster at tcp://127.0.0.1:9" in capsys.readouterr().err

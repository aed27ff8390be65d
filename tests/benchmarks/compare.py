"""How long the page Compare takes to show many runs, beside MLflow and Trackio: python -m tests.benchmarks.compare

30 and 300 runs of 20 epochs on a shelf of their own, with answers drawn by lot; warm (the page was open before), from the
address to the last line of the chart; from the click that goes back to it from another page, in a dashboard that is open;
and a run taken away, from the pointer's release to the frame of a chart without it, by the browser's clock. Beside them the
same lines on a page of Streamlit that has nothing else: no page of ours can be faster from its address than that. MLflow and
Trackio show the same histories, from the address to their first chart, where `--others PYTHON` names a Python that has both.
(MLflow draws 20 of 30 runs unless told to draw all.)
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser import driver
from training import publishing, runs
from training.recipe import Recipe
from training.runs import Predictions, Run, to_half

SIZES, EPOCHS, DIGITS, TIMES = (30, 300), 20, 10_000, 4
LINES = "(count) => document.querySelectorAll('.js-plotly-plot .scatterlayer .js-line').length >= count"
TAKEN = """(name) => {
  window.taken = null;
  let released;
  document.addEventListener('pointerup', () => { released = performance.now(); }, { capture: true, once: true });
  const look = () => {
    const lines = document.querySelector('.js-plotly-plot').data;
    if (lines.some((line) => line.name === name)) requestAnimationFrame(look);
    else requestAnimationFrame(() => { window.taken = performance.now() - released; });
  };
  requestAnimationFrame(look);
}"""
BARE = """
import plotly.graph_objects as go
import streamlit as st
st.plotly_chart(go.Figure([go.Scatter(y=[0.3 / epoch + 0.001 * run for epoch in range(1, EPOCHS + 1)]) for run in range(SIZE)]))
"""
OTHERS = """
import csv, sys
tool, folder, histories = sys.argv[1:]
rows = list(csv.DictReader(open(histories)))
names = list(dict.fromkeys(row["run"] for row in rows))
if tool == "mlflow":
    import mlflow
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.set_experiment("mnist")
    client = mlflow.MlflowClient()
    for name in names:
        with mlflow.start_run(run_name=name) as run:
            own = [row for row in rows if row["run"] == name]
            metrics = [mlflow.entities.Metric("val_loss", float(r["val_loss"]), 0, int(r["epoch"])) for r in own]
            client.log_batch(run.info.run_id, metrics)
    print(mlflow.get_experiment_by_name("mnist").experiment_id)
else:
    import trackio
    for name in names:
        trackio.init(project="mnist", name=name)
        for row in rows:
            if row["run"] == name:
                trackio.log({"val_loss": float(row["val_loss"])}, step=int(row["epoch"]))
        trackio.finish()
"""


def main(arguments: list[str]) -> None:
    """Print medians in seconds."""
    others = arguments[arguments.index("--others") + 1] if "--others" in arguments else None
    with sync_playwright() as playwright:
        chromium = driver.launch(playwright)
        for size in SIZES:
            folder = Path(tempfile.mkdtemp())
            names = _shelf(folder / "shelf", size)
            with driver.server(folder / "log", MNIST_ATELIER_MODELS=str(folder / "shelf")) as address:
                _ours(chromium, address, names)
            bare = folder / "bare.py"
            bare.write_text(BARE.replace("SIZE", str(size)).replace("EPOCHS", str(EPOCHS)))
            with driver.server(folder / "log", str(bare)) as address:
                _bare(chromium, address, size)
            if others:
                _mlflow(chromium, others, folder, size)
                _trackio(chromium, others, folder, size)


def _shelf(shelf: Path, size: int) -> list[str]:
    """Runs of made-up answers on a shelf, and their histories as a table beside it."""
    rng, like = np.random.default_rng(0), runs.load_record("mlp-128x2")
    labels = rng.integers(0, 10, DIGITS).astype(np.uint8)
    lines, names = ["run,epoch,val_loss"], []
    for number in range(size):
        missed = rng.random((EPOCHS, DIGITS)) < np.linspace(0.1, rng.uniform(0.01, 0.03), EPOCHS)[:, None]
        classes = np.where(missed, (labels + 1) % 10, labels).astype(np.uint8)
        losses = 0.3 / np.arange(1, EPOCHS + 1) + rng.uniform(0, 0.02, EPOCHS)
        common = {
            "train_loss": 0.1,
            "loss": 0.1,
            "accuracy": 0.9,
            "val_accuracy": 0.9,
            "learning_rate": 0.01,
            "seconds": 1.0,
        }
        history = [{"epoch": epoch, "val_loss": loss} | common for epoch, loss in enumerate(losses, 1)]
        recipe = Recipe(
            name=f"run-{number}", architecture="mlp", hidden=(16,), epochs=EPOCHS, learning_rate=0.001 + number / 1e5
        )
        record = like.model_copy(update={"recipe": recipe, "run_id": recipe.run_id(), "files": {}})
        probabilities = to_half(np.eye(10)[classes[-1]] * 0.9 + 0.01)
        names.append(
            publishing.save(Run(record, history, Predictions(labels, probabilities, classes), {}), shelf).run_id
        )
        lines += [f"{names[-1]},{epoch},{loss}" for epoch, loss in enumerate(losses, 1)]
    (shelf.parent / "histories.csv").write_text("\n".join(lines))
    return names


def _ours(chromium, address: str, names: list[str]) -> None:
    query = "&".join(f"runs={name}" for name in names)
    times, toggles, visits, context = [], [], [], chromium.new_context(viewport={"width": 1400, "height": 1000})
    for _turn in range(TIMES + 1):
        page = context.new_page()
        started = time.perf_counter()
        page.goto(f"{address}/compare?{query}")
        page.wait_for_function(LINES, arg=len(names), polling="raf", timeout=120_000)
        times.append(time.perf_counter() - started)
        page.wait_for_timeout(2500)
        page.get_by_test_id("stTopNavSection").get_by_text("Data").click()
        page.get_by_role("menuitem", name="Label review").click()
        page.wait_for_function("() => !document.querySelector('.js-plotly-plot')", polling="raf")
        page.wait_for_timeout(2500)
        page.get_by_test_id("stTopNavSection").get_by_text("Runs").click()
        started = time.perf_counter()
        page.get_by_role("menuitem", name="Compare").click()
        page.wait_for_function(LINES, arg=len(names), polling="raf", timeout=120_000)
        visits.append(time.perf_counter() - started)
        page.wait_for_timeout(1500)
        for name in names[:3]:
            page.evaluate(TAKEN, name)
            page.get_by_role("button", name=f"Remove {name}", exact=True).click()
            toggles.append(page.wait_for_function("() => window.taken").json_value() / 1000)
            page.wait_for_timeout(1500)
        page.close()
    _tell(f"ours, {len(names)} runs, from the address", times[1:])
    _tell(f"ours, {len(names)} runs, from another page", visits[1:])
    _tell(f"ours, one of {len(names)} runs taken away", toggles[3:])


def _bare(chromium, address: str, size: int) -> None:
    times, context = [], chromium.new_context(viewport={"width": 1400, "height": 1000})
    for _turn in range(TIMES + 1):
        page, started = context.new_page(), time.perf_counter()
        page.goto(address)
        page.wait_for_function(LINES, arg=size, polling="raf", timeout=120_000)
        times.append(time.perf_counter() - started)
        page.close()
    _tell(f"a bare page of Streamlit, {size} lines, from the address", times[1:])


def _tell(what: str, seconds: list[float]) -> None:
    print(f"{what}: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s", flush=True)


def _fill(python: str, tool: str, folder: Path, environment: dict[str, str]) -> str:
    command = [python, "-c", OTHERS, tool, str(folder), str(folder / "histories.csv")]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=600, check=True
    )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _mlflow(chromium, python: str, folder: Path, size: int) -> None:
    experiment, port = _fill(python, "mlflow", folder, {}), driver.free_port()
    command = [
        python,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            driver.wait(f"{address}/health", process, 120)
            place = f"{address}/#/experiments/{experiment}/runs?compareRunsMode=CHART"
            _others(chromium, "MLflow", place, size)
        finally:
            process.terminate()


def _trackio(chromium, python: str, folder: Path, size: int) -> None:
    environment = {"TRACKIO_DIR": str(folder / "trackio"), "HF_HUB_OFFLINE": "1"}
    _fill(python, "trackio", folder, environment)
    port = driver.free_port()
    environment |= {"GRADIO_SERVER_PORT": str(port)}
    code = "import trackio; trackio.show(project='mnist', open_browser=False)"
    with subprocess.Popen(
        [python, "-c", code],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    ) as process:
        try:
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=2)
                    break
                except OSError:
                    time.sleep(1)
            _others(chromium, "Trackio", f"http://127.0.0.1:{port}/?project=mnist", size)
        finally:
            process.terminate()


def _others(chromium, name: str, place: str, size: int) -> None:
    """From the address until a chart stands, with a line or a canvas in it."""
    drawn = """() => document.querySelectorAll('.js-plotly-plot .scatterlayer .js-line, .vega-embed path, .vega-embed canvas')
      .length >= 1 && document.body.innerText.includes('run-')"""
    times, context = [], chromium.new_context(viewport={"width": 1400, "height": 1000})
    for _turn in range(TIMES + 1):
        page = context.new_page()
        started = time.perf_counter()
        try:
            page.goto(place)
            page.wait_for_function(drawn, polling="raf", timeout=60_000)
        except Exception as error:  # it is their page, and what it does is only reported
            print(f"{name}: no chart within 60 s ({type(error).__name__})", flush=True)
            page.close()
            return
        times.append(time.perf_counter() - started)
        page.close()
    _tell(f"{name}, {size} runs", times[1:])


if __name__ == "__main__":
    main(sys.argv[1:])

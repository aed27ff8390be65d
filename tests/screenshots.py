"""Makes the pictures of the README from the running dashboard: python -m tests.screenshots [FOLDER], by default docs/."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from models import ROOT, saved_directory
from tests import pages
from tests.browser import driver

SEVEN = [[[110, 90], [390, 90], [240, 430]], [[170, 260], [360, 260]]]
ASKED = {  # what the address of a page or a part of one says besides, where it shows more so
    "inside": "digit=60003&layer=1&unit=6",
    "explore": "class=4",
    "statistics": "class=4",
    "a_against_b": "run=mlp-800&against=svm",
    "evaluate": "cell=5-3",
    "confidence": "run=mlp-study",
    "epoch_by_epoch": "run=cnn-large&epoch=4",
    "studies": "study=optimizer-study",
}
SIZE = {"width": 1200, "height": 800}


def _places() -> Iterator[tuple[str, str]]:
    """Of each page and each further part of one: what its picture is called, and where it is."""
    paths = {page: path for path, page in pages.listed().items()}
    for page, named in pages.opened():
        name = next(iter(named.values()), page).lower().replace(" ", "_")
        query = "&".join(text for text in (pages.query(named).removeprefix("?"), ASKED.get(name)) if text)
        yield name, f"{paths[page]}?{query}"


def main(folder: Path) -> None:
    """One PNG per page and further part of one, at most 800 pixels wide and of 64 colours, so that the repository stays small."""
    folder.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp())
    shutil.copytree(saved_directory(), aside / "saved")  # one picture is of a training, which becomes a run
    shelf = {"MNIST_ATELIER_MODELS": str(aside / "saved")}
    with driver.server(aside / "log", **shelf) as address, sync_playwright() as playwright:
        page = driver.launch(playwright).new_page(viewport=SIZE)
        for name, place in _places():
            page.goto(f"{address}/{place}")
            page.locator("h1").wait_for()
            if name == "draw":
                page.locator("canvas.upper-canvas").wait_for()
                driver.draw(page, SEVEN)
                driver.reading(page, len(SEVEN))
                page.mouse.move(600, 790)
            if name == "train":
                page.get_by_role("button", name="Start").click()
                page.get_by_text("Finished: test error").wait_for(timeout=driver.PATIENCE)
            if name == "inside":  # the models' process may still start
                page.locator(".inside[data-ready]").wait_for(timeout=driver.PATIENCE)
            driver.settled(page)
            page.wait_for_timeout(3000)  # charts move to their places
            path = folder / f"{name}.png"
            page.screenshot(path=path)
            with Image.open(path) as shot:
                small = shot.convert("RGB").resize((800, 533), Image.Resampling.LANCZOS).quantize(64)
            small.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")

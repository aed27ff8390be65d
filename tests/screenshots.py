"""Makes the pictures of the README from the running dashboard: python -m tests.screenshots [FOLDER], by default docs/."""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from models import ROOT
from tests import pages
from tests.browser import driver

SEVEN = [[[110, 90], [390, 90], [240, 430]], [[170, 260], [360, 260]]]
ASKED = {  # what the address of a page says where it shows more so
    "explore": "class=4",
    "statistics": "class=4",
    "difference": "run=mlp-800&against=svm",
    "evaluate": "cell=5-3",
    "replay": "run=cnn-large&epoch=4",
    "studies": "study=optimizer-study",
}
SIZE = {"width": 1200, "height": 800}


def main(folder: Path) -> None:
    """One PNG per page, at most 800 pixels wide and of 64 colours, so that the repository stays small."""
    folder.mkdir(exist_ok=True)
    with driver.server(Path(tempfile.mkdtemp()) / "log") as address, sync_playwright() as playwright:
        page = driver.launch(playwright).new_page(viewport=SIZE)
        for place, name in pages.listed().items():
            page.goto(f"{address}/{place}?{ASKED.get(name, '')}")
            page.locator("h1").wait_for()
            if name == "draw":
                page.locator("canvas.upper-canvas").wait_for()
                driver.draw(page, SEVEN)
                driver.reading(page, len(SEVEN))
                page.mouse.move(600, 790)
            driver.settled(page)
            page.wait_for_timeout(3000)  # charts move to their places
            path = folder / f"{name}.png"
            page.screenshot(path=path)
            with Image.open(path) as shot:
                small = shot.convert("RGB").resize((800, 533), Image.Resampling.LANCZOS).quantize(64)
            small.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")

"""What the tests in the browser share: Chromium, a running dashboard, a page, an empty page for the scripts alone."""

import contextlib
import os
import warnings

import pytest
from playwright.sync_api import sync_playwright

from dashboard.components.assets import FOLDER
from dashboard.theme import PALETTES, SETTINGS
from tests.browser import driver

# Streamlit first looks for itself below each page's address, where it does not find itself
STREAMLITS_OWN = ("/_stcore/health", "/_stcore/host-config")


@pytest.fixture(scope="session")
def chromium():
    """Headless Chromium. Without one the browser tests are skipped, loudly; under CI that is a failure."""
    with sync_playwright() as playwright:
        try:
            launched = driver.launch(playwright)
        except RuntimeError as error:
            if os.environ.get("CI"):
                raise
            warnings.warn(f"THE BROWSER TESTS WERE SKIPPED: {error}", stacklevel=1)
            pytest.skip(str(error))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory, chromium):
    """A running dashboard, one for all tests of this process; at the end its log must be free of errors."""
    log = tmp_path_factory.mktemp("server") / "log"
    with driver.server(log) as address:
        yield address
    assert "Traceback" not in log.read_text()
    assert "rror" not in log.read_text()


@pytest.fixture
def page(chromium):
    """A page 1,400 pixels wide; whatever its console reports as an error fails the test."""
    with _watched(chromium, viewport={"width": 1400, "height": 1000}) as page:
        yield page


@pytest.fixture
def phone(chromium):
    """As `page`, of a telephone."""
    with _watched(chromium, **driver.PHONE) as page:
        yield page


@contextlib.contextmanager
def _watched(chromium, **options):
    context = chromium.new_context(**options)
    context.set_default_timeout(driver.PATIENCE)
    page, complaints = context.new_page(), []

    def hear(message):
        own = message.location.get("url", "").endswith(STREAMLITS_OWN)
        if message.type == "error" and not own:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def blank(page):
    """An empty page in the light theme, below whose address lie the files of dashboard/components/."""
    driver.serve(page, FOLDER)
    page.goto(driver.EMPTY)
    light, ten = SETTINGS["light"], ",".join(PALETTES["light"])
    colours = {"background-color": light["backgroundColor"], "chart-categorical-colors": ten}
    page.add_style_tag(content=f":root {{ {' '.join(f'--st-{name}: {value};' for name, value in colours.items())} }}")
    return page

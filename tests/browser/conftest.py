"""What the tests in the browser share: an empty page for the scripts alone."""

import pytest

from dashboard.components.assets import FOLDER
from tests.browser.driver import EMPTY, serve


@pytest.fixture
def blank(page):
    """An empty page below whose address lie the files of dashboard/components/."""
    serve(page, FOLDER)
    page.goto(EMPTY)
    return page

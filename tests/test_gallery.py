"""The sprite sheet of the gallery."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from dashboard.components.gallery import COLUMNS, sprite_sheet
from dashboard.images import data_url


@pytest.mark.parametrize("count", [1, COLUMNS, COLUMNS + 1, 3 * COLUMNS])
def test_every_digit_stands_in_its_place(count, rng):
    images = rng.integers(0, 256, (count, 4, 3), dtype=np.uint8)
    sheet = sprite_sheet(images)
    assert sheet.shape == (-(-count // COLUMNS) * 4, COLUMNS * 3)
    for place in (0, count // 2, count - 1):
        row, column = divmod(place, COLUMNS)
        np.testing.assert_array_equal(sheet[4 * row : 4 * row + 4, 3 * column : 3 * column + 3], images[place])


def test_a_picture_survives_its_address(rng):
    image = rng.integers(0, 256, (28, 28), dtype=np.uint8)
    kind, content = data_url(image).split(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))), image)

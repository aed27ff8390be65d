"""Pictures as a browser takes them."""

import base64
import io

import numpy as np
from PIL import Image


def data_url(image: np.ndarray) -> str:
    """A grey picture (height, width) uint8 as a PNG in a data: address."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()

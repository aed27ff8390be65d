"""Pictures pasted anywhere on the page come to the server: a small component without a button."""

import base64
import binascii

from dashboard.components.assets import component

LARGEST = 5_000_000  # bytes of a pasted picture, as of an uploaded one

_mount = component("clipboard")


def pasted() -> bytes | None:
    """The picture that was pasted just now, as a file, or nothing."""
    url = _mount(key="clipboard", data={"largest": LARGEST}, on_pasted_change=lambda: None).pasted
    if not url:
        return None
    try:
        return base64.b64decode(url.partition(",")[2], validate=True)
    except binascii.Error:
        return None

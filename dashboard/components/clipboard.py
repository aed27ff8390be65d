"""Pictures pasted anywhere on the page come to the server: a small component without a button."""

import base64
import binascii

import streamlit as st

LARGEST = 5_000_000  # bytes of a pasted picture, as of an uploaded one

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const told = parentElement.querySelector("span");
  const paste = (event) => {
    const item = [...(event.clipboardData?.items ?? [])].find((one) => one.type.startsWith("image/"));
    if (!item) return;
    const file = item.getAsFile();
    if (file.size > data.largest) { told.textContent = "The pasted picture is larger than 5 MB."; return; }
    told.textContent = "";
    const reader = new FileReader();
    reader.onload = () => setTriggerValue("pasted", reader.result);
    reader.readAsDataURL(file);
  };
  document.addEventListener("paste", paste);
  return () => document.removeEventListener("paste", paste);
}
"""

_mount = st.components.v2.component("mnist_atelier_clipboard", html="<span></span>", js=JS)


def pasted() -> bytes | None:
    """The picture that was pasted just now, as a file, or nothing."""
    found = _mount(key="clipboard", data={"largest": LARGEST}, on_pasted_change=lambda: None).pasted
    if not found:
        return None
    try:
        return base64.b64decode(found.partition(",")[2], validate=True)
    except binascii.Error:
        return None

"""Settings of the tables that pages show."""

from collections.abc import Mapping
from functools import partial

import streamlit as st


def columns(described: Mapping[str, tuple]) -> dict:
    """Settings of a table's columns; described: by name, the heading, how its numbers are written or None, and, where it
    needs telling, what it means."""
    config = {}
    for name, (heading, form, *meaning) in described.items():
        kind = st.column_config.Column if form is None else partial(st.column_config.NumberColumn, format=form)
        config[name] = kind(heading, help=meaning[0] if meaning else None)
    return config

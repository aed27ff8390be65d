"""Pieces of browser that pages put together."""

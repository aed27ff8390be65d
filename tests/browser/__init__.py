"""The dashboard in Chromium, as people use it."""

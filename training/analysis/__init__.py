"""Numbers from runs and data."""

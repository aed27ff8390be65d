"""Datasets: the registry, one reader for each form, the generator of digits."""

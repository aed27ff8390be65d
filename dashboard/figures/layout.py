"""What all figures have in common: margins, ticks, how many lines are named."""

MAX_NAMED_LINES = 14  # beyond, lines have neither a star nor a place in the legend, and colours repeat
LAYOUT = {"margin": {"l": 0, "r": 0, "t": 48, "b": 0}, "hovermode": "closest", "dragmode": False}
TICKS = [digit * 10.0**power for power in (-4, -3, -2, -1, 0) for digit in (1, 2, 5)]  # of a log scale

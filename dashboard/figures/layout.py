"""What all figures have in common: ticks, how many lines are named."""

MAX_NAMED_LINES = 14  # beyond, lines have neither a star nor a place in the legend, and colours repeat
TICKS = [digit * 10.0**power for power in (-4, -3, -2, -1, 0) for digit in (1, 2, 5)]  # of a log scale

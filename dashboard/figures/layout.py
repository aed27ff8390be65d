"""What all figures have in common: margins, ticks, how many lines are named."""

FEW = 14  # lines up to which each has its star and stands in the legend; beyond, colours come again
LAYOUT = {"margin": {"l": 0, "r": 0, "t": 48, "b": 0}, "hovermode": "closest", "dragmode": False}
TICKS = [digit * 10.0**power for power in (-4, -3, -2, -1, 0) for digit in (1, 2, 5)]  # of a log scale

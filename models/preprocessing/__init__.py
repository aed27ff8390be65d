"""From strokes and pictures to the pixels that a model reads."""

"""Gradio's sketchpad before one of our models, for tests.benchmarks.canvas to compare with; needs gradio, which nothing else does.

python tests/benchmarks/sketchpad.py PORT RUN
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import gradio
import numpy as np
from PIL import Image, ImageOps

from models import import_keras, prediction, run_directory
from models.preprocessing.strokes import centre


def main() -> None:
    """Serve until killed."""
    port, run_id = int(sys.argv[1]), sys.argv[2]
    import_keras()
    model = prediction.load(run_directory(run_id)).predict

    def read(drawn: dict) -> dict[str, float]:
        ink = np.asarray(Image.fromarray(drawn["composite"]).convert("RGBA"))[..., 3]
        if not ink.any():
            return {}
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        cut = Image.fromarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        fine = ImageOps.contain(cut, (160, 160), Image.Resampling.LANCZOS)  # eight times the 20 pixels of a digit
        probabilities = model(centre(np.asarray(fine))[None])[0]
        return {str(digit): float(share) for digit, share in enumerate(probabilities)}

    pad = gradio.Sketchpad(canvas_size=(336, 336), brush=gradio.Brush(default_size=20, colors=["#000000"]))
    page = gradio.Interface(read, pad, gradio.Label(num_top_classes=10), live=True)
    page.launch(server_name="127.0.0.1", server_port=port, quiet=True)


if __name__ == "__main__":
    main()

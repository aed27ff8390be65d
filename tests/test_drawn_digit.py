"""All models are asked about a drawing, with a bar wherever that takes long."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dashboard import cache
from dashboard.sections import drawn_digit
from models.calls import Prediction


@pytest.mark.parametrize(("ready", "bars"), [(False, ["Asking canvas", "Asking cnn"]), (True, [])])
def test_the_first_slow_question_shows_a_bar_at_once(ready, bars, monkeypatch):
    shown = []
    place = SimpleNamespace(progress=lambda share, text: shown.append(text), empty=lambda: None)
    answer = Prediction(np.eye(10, dtype=np.float32)[:1], 0.001)
    worker = SimpleNamespace(slow_ready=lambda: ready, predict=lambda run, images: answer)
    monkeypatch.setattr(cache, "worker", lambda: worker)
    monkeypatch.setattr(drawn_digit.st, "empty", lambda: place)
    monkeypatch.setattr(drawn_digit, "PATIENCE", 60.0)  # nothing that is ready takes so long
    scores = pd.Series({"canvas": "probabilities", "cnn": "probabilities"})
    drawn_digit.models(np.zeros((28, 28), np.uint8), scores, "canvas")
    assert shown == bars

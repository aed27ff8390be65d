"""The charts of a page as one file: whole, in order, with one copy of the library, and nothing fetched."""

import re

import pandas as pd
import plotly.graph_objects as go

from dashboard.components.charts import as_html
from dashboard.theme import ACCENT, PALETTES


def test_all_charts_are_in_the_file():
    charts = [
        ("Errors <by> run", go.Figure(go.Bar(y=[1, 2], marker_color=ACCENT))),
        ("unread", go.Figure(go.Scatter(y=[3, 4, 5]), layout={"title": {"text": "How does it fall?"}})),
    ]
    text = as_html("Compare", charts)
    assert text.index("<h2>Errors &lt;by&gt; run</h2>") < text.index("How does it fall?")
    assert "unread" not in text
    assert text.count("Plotly.newPlot(") == 2
    assert len(re.findall(r"plotly\.js v\d", text)) == 1
    assert not re.search(r"<(script|link)[^>]+(src|href)=", text)
    assert f'"color":"{PALETTES["light"][0]}"' in text.replace(" ", "")
    assert f'"color":"{ACCENT}"' not in text.replace(" ", "")


def test_a_table_stands_among_the_charts_as_text():
    found = pd.DataFrame({"run": ["<b>mine</b>"], "test error": [0.5], "gap": [float("nan")]})
    text = as_html("Compare", [("Verdicts", found), ("Errors", go.Figure(go.Bar(y=[1])))])
    assert text.index("<h2>Verdicts</h2>") < text.index("&lt;b&gt;mine&lt;/b&gt;") < text.index("Plotly.newPlot(")
    assert "nan" not in text.lower().split("<script")[0]
    assert len(re.findall(r"plotly\.js v\d", text)) == 1


def test_a_paragraph_is_text_and_a_long_note_whole():
    note = "<i>slow</i> " * 20
    table = pd.DataFrame({"run": ["mine"], "note": [note]})
    text = as_html("Compare", [("Verdict", "<b>mine</b> is best."), ("Notes", table)])
    assert "<p>&lt;b&gt;mine&lt;/b&gt; is best.</p>" in text
    assert text.count("&lt;i&gt;slow&lt;/i&gt;") == 20

"""The ten colours of each theme lie far apart, for colour-blind eyes too, and stand out from what they lie on."""

import itertools

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from dashboard import theme
from dashboard.theme import PALETTES, SETTINGS

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE Transactions on
# Visualization and Computer Graphics 15 (6), 2009, table 1, severity 1.0; they act on linear RGB
EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
# CIEDE2000 that any two of the ten are apart at least; the ten before had 17.3, 11.9 and 12.6
APART = {"all cones": 19.5, "protanopia": 13.0, "deuteranopia": 13.0}
LINES, LETTERS = 3.0, 4.5  # contrast that WCAG 2.2 asks for (1.4.11 and 1.4.3)


def linear(colours: tuple[str, ...]) -> np.ndarray:
    """Linear RGB (n, 3), 0 to 1, of colours such as #1c2733."""
    parts = np.array([list(bytes.fromhex(colour[1:])) for colour in colours]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colours: np.ndarray, eye: str) -> np.ndarray:
    """CIELAB (n, 3) of linear RGB as those eyes see it."""
    simulated = np.clip(colours @ EYES[eye].T, 0, 1)
    encoded = np.where(simulated <= 0.0031308, 12.92 * simulated, 1.055 * simulated ** (1 / 2.4) - 0.055)
    return rgb2lab(encoded)


def contrast(first: str, second: str) -> float:
    """Contrast of two colours as WCAG 2 defines it, 1 to 21."""
    darker, lighter = sorted(linear((first, second)) @ [0.2126, 0.7152, 0.0722])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", PALETTES)
def test_any_two_of_the_ten_differ(name, eye):
    assert len(PALETTES[name]) == 10
    lab = seen(linear(PALETTES[name]), eye)
    first, second = np.transpose(list(itertools.combinations(range(10), 2)))
    assert deltaE_ciede2000(lab[first], lab[second]).min() >= APART[eye]


@pytest.mark.parametrize("name", PALETTES)
def test_lines_and_letters_stand_out_from_what_they_lie_on(name):
    settings = SETTINGS[name]
    for ground in (settings["backgroundColor"], settings["secondaryBackgroundColor"]):
        assert min(contrast(colour, ground) for colour in PALETTES[name]) >= LINES
        assert contrast(settings["textColor"], ground) >= LETTERS
        assert contrast(settings["primaryColor"], ground) >= LETTERS


def test_a_figure_outside_of_the_page_has_the_colours_of_the_light_theme():
    text = theme.printed(f'{{"color": "{theme.TEN[9]}", "font": "{theme.TEXT}"}}')
    assert text == f'{{"color": "{PALETTES["light"][9]}", "font": "{SETTINGS["light"]["textColor"]}"}}'


def test_runs_differ_in_colour_and_dash_and_keep_both():
    recipes = [f"recipe {number}" for number in range(90)]
    eight = [recipes[number] for number in (0, 10, 20, 30, 3, 13, 7, 8)]
    lines = theme.run_lines({name: name for name in eight}, recipes)
    assert len({line.colour for line in lines.values()}) == len({line.dash for line in lines.values()}) == 8
    more = theme.run_lines({name: name for name in [*eight, *recipes[40:]]}, [*recipes, "a new one"])
    assert lines.items() <= more.items()
    assert len(set(more.values())) == 58
    seeds = theme.run_lines({"a": "a", "a-seed2": "a"}, ["a"])
    assert seeds["a"].colour != seeds["a-seed2"].colour

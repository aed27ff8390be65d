"""The scripts of the scatter, alone in an empty page: where points are, how they are drawn, what hands do."""

import base64

import numpy as np
import pytest

from dashboard.components.assets import FOLDER
from tests.browser.driver import MOUNT
from training.analysis import projections


def as_text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def as_positions(points: np.ndarray) -> str:
    """Points (n, 2), 0 to 1, as the scatter takes them."""
    return as_text(np.round(points * 65535).astype("<u2"))


def asked(page, points, question, *arguments):
    """What `question`, JavaScript over `points` and its `arguments`, answers of points (n, 2)."""
    script = f"""async ([text, x]) => {{
      const {{ Points }} = await import("/scatter/points.js"), points = new Points(text);
      return {question};
    }}"""
    return page.evaluate(script, [as_positions(points), list(arguments)])


@pytest.mark.parametrize(
    ("place", "reach"), [((0.5, 0.5), 0.1), ((0.0, 1.0), 0.2), ((0.31, 0.64), 0.003), ((0.5, 0.5), 2)]
)
def test_the_points_near_a_place_are_found_nearest_first(blank, rng, place, reach):
    points = np.round(rng.random((3000, 2)) * 65535) / 65535
    near = asked(blank, points, "points.near(x[0], x[1], x[2])", *place, reach)
    far = np.linalg.norm(points - place, axis=1)
    np.testing.assert_allclose(far[near], np.sort(far[far <= reach]), atol=1e-6)


def test_enclosed_points_are_those_that_python_finds(blank, rng):
    points = np.round(rng.random((2000, 2)) * 65535) / 65535
    star = np.array([[0.1, 0.1], [0.9, 0.5], [0.1, 0.9], [0.7, 0.05], [0.6, 0.95]])
    enclosed = asked(blank, points, "[...points.enclosed(x)]", *star.tolist())
    np.testing.assert_array_equal(np.array(enclosed, bool), projections.inside(points, star))
    assert 200 < sum(enclosed) < 1800


def test_layers_put_later_colours_above_and_keep_the_order_within_one(blank):
    order = asked(blank, np.zeros((6, 2)), "[...points.layers(Uint8Array.from(x))]", 2, 0, 255, 0, 2, 1)
    assert order == [1, 3, 5, 0, 4, 2]


def test_a_scatter_of_nothing_has_no_points_near_or_enclosed(blank):
    assert asked(blank, np.zeros((0, 2)), "[points.near(0.5, 0.5, 1), [...points.enclosed([[0,0],[1,0],[1,1]])]]") == [
        [],
        [],
    ]


# the scatter as it is drawn and handled

CORNERS = np.array([[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]])
DATA = {
    "id": "one",
    "digits": "digits",
    "positions": as_positions(CORNERS),
    "colours": as_text(np.array([0, 1, 1, 2], np.uint8)),
    "palette": [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]],
    "legend": ["zero", "one", "two"],
    "layered": True,
    "large": [],
    "circled": "",
    "opened": None,
}
SIZE = "Object.assign(document.querySelector('canvas').style, { width: '500px', height: '500px', display: 'block' })"
INK = "() => { const s = document.querySelector('.scatter').scatter; s.dots(); return s.pixels.filter(Boolean).length }"


PICTURES = """() => {
  window.wanted = [];
  document.addEventListener("scatter:wanted", ({ detail }) => wanted.push(detail));
  const sheet = Object.assign(document.createElement("canvas"), { width: 8, height: 4 }).toDataURL();
  window.bring = (digits) => document.dispatchEvent(new CustomEvent("scatter:pictures", { detail:
    { digits, numbers: [0, 3], sheet, columns: 2, said: ["a zero", "a three"], width: 4, height: 4 } }));
}"""


@pytest.fixture
def scatter(blank):
    """Four points on a canvas of 500 pixels, drawn once."""
    blank.set_content("<body style='margin:0'></body>")
    blank.evaluate(PICTURES)
    blank.evaluate(MOUNT, ["scatter/scatter", DATA])
    blank.evaluate(SIZE)
    blank.locator(".scatter[data-drawn]").wait_for()
    blank.wait_for_function("document.querySelector('.scatter').scatter.width === 500")
    return blank


def of(page, expression):
    """The value of an expression over `s`, the scatter."""
    return page.evaluate(f"() => {{ const s = document.querySelector('.scatter').scatter; return {expression} }}")


def test_places_on_the_screen_and_in_the_data_are_inverse(scatter):
    assert of(scatter, "s.toScreen(0)") == pytest.approx([250 - 0.25 * 470, 250 - 0.25 * 470], abs=0.02)
    of(scatter, "s.zoom(3, 100, 400)")
    of(scatter, "s.move(17, -40)")
    assert of(scatter, "s.toData(...s.toScreen(3))") == pytest.approx([0.75, 0.75], abs=1e-4)


def test_a_zoom_keeps_the_place_at_the_pointer_and_has_limits(scatter):
    before = of(scatter, "s.toData(120, 380)")
    of(scatter, "s.zoom(4, 120, 380)")
    assert of(scatter, "s.toData(120, 380)") == pytest.approx(before)
    of(scatter, "s.zoom(1e9)")
    assert of(scatter, "s.scale / s.fit") == pytest.approx(4000)
    of(scatter, "s.zoom(1e-9)")
    assert of(scatter, "s.scale / s.fit") == pytest.approx(0.5)
    of(scatter, "s.whole()")
    assert of(scatter, "[s.cx, s.cy, s.scale]") == [0.5, 0.5, of(scatter, "s.fit")]


def test_a_move_stops_at_the_border_of_the_data(scatter):
    of(scatter, "s.move(1e6, -1e6)")
    assert of(scatter, "[s.cx, s.cy]") == [0, 1]


def test_each_point_is_a_square_of_its_colour(scatter):
    of(scatter, "s.dots()")
    size = of(scatter, "s.pointSize()")
    assert size >= 2
    colours = of(
        scatter, "[0, 1, 2].map((c) => s.pixels.filter((p) => p === ((255 << 24) | (255 << (8 * c))) >>> 0).length)"
    )
    assert colours == [size**2, 2 * size**2, size**2]
    at = "((n) => { const [x, y] = s.toScreen(n).map((v) => Math.round(v * s.ratio)); return s.pixels[y * s.canvas.width + x] })"
    assert [of(scatter, f"{at}({n})") for n in (0, 3)] == [0xFF0000FF, 0xFFFF0000]


def test_large_colours_are_larger_and_those_not_chosen_fainter(scatter):
    usual = scatter.evaluate(INK)
    scatter.evaluate("(data) => mount(data)", DATA | {"large": [2]})
    assert scatter.evaluate(INK) > usual
    circle = "".join(f"{number:04}" for number in (0, 0, 5000, 0, 5000, 5000, 0, 5000))
    scatter.evaluate("(data) => mount(data)", DATA | {"circled": circle})
    assert of(scatter, "[...s.chosen]") == [1, 0, 0, 0]
    of(scatter, "s.dots()")
    opacities = of(scatter, "[...new Set(s.pixels)].map((p) => p >>> 24).sort((a, b) => a - b)")
    assert opacities == [0, 42, 42, 255]


def test_the_legend_hides_a_class_and_shows_it_again(scatter):
    everything = scatter.evaluate(INK)
    button = scatter.get_by_role("button", name="one")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert scatter.evaluate(INK) == everything / 2
    assert of(scatter, "s.near(...s.toScreen(1), 5)") == []
    button.click()
    assert scatter.evaluate(INK) == everything
    assert of(scatter, "s.near(...s.toScreen(1), 5)") == [1]


def test_a_click_opens_a_point_and_a_drag_does_not(scatter):
    x, y = of(scatter, "s.toScreen(2)")
    scatter.mouse.click(x + 3, y + 3)
    assert scatter.evaluate("triggered") == [["opened", 2]]
    scatter.mouse.move(x, y)
    scatter.mouse.down()
    scatter.mouse.move(x + 40, y + 10, steps=4)
    scatter.mouse.up()
    assert of(scatter, "s.toScreen(2)") == pytest.approx([x + 40, y + 10], abs=0.02)
    assert len(scatter.evaluate("triggered")) == 1


def test_keys_and_wheel_move_and_zoom(scatter):
    scatter.locator("canvas").first.focus()
    scatter.keyboard.press("ArrowLeft")
    assert of(scatter, "s.cx") == pytest.approx(0.5 - 60 / 470)
    scatter.keyboard.press("+")
    assert of(scatter, "s.scale / s.fit") == pytest.approx(1.6)
    scatter.keyboard.press("0")
    assert of(scatter, "[s.cx, s.scale / s.fit]") == [0.5, 1]
    scatter.mouse.move(250, 250)
    scatter.mouse.wheel(0, -100)
    scatter.wait_for_function("document.querySelector('.scatter').scatter.scale > 471")


def test_a_circle_drawn_by_hand_chooses_and_is_told_as_text(scatter):
    button = scatter.get_by_role("button", name="Circle", exact=True)
    button.click()
    scatter.mouse.move(200, 60)
    scatter.mouse.down()
    for x, y in ((490, 60), (490, 490), (200, 490)):
        scatter.mouse.move(x, y, steps=5)
    scatter.mouse.up()
    [[trigger, text]] = scatter.evaluate("triggered")
    assert trigger == "circled"
    assert len(text) % 8 == 0
    assert text.isdecimal()
    assert of(scatter, "[...s.chosen]") == [0, 1, 0, 1]
    assert button.get_attribute("aria-pressed") == "false"
    scatter.get_by_role("button", name="Clear").click()
    assert scatter.evaluate("triggered").pop() == ["circled", ""]
    assert of(scatter, "s.chosen") is None


def test_pictures_are_asked_for_once_and_told_at_the_pointer(scatter):
    scatter.wait_for_function("wanted.length")
    assert sorted(scatter.evaluate("wanted[0]")) == [0, 1, 2, 3]
    scatter.evaluate("bring('other digits')")
    assert of(scatter, "s.pictures.size") == 0
    scatter.evaluate("bring('digits')")
    scatter.locator('.scatter[data-pictures="2"]').wait_for()
    assert of(scatter, "[s.pictures.get(3).x, s.pictures.get(3).y]") == [4, 0]
    x, y = of(scatter, "s.toScreen(3)")
    scatter.mouse.move(x, y)
    scatter.get_by_text("a three").wait_for()
    scatter.wait_for_function("wanted.length > 1")
    assert sorted(scatter.evaluate("wanted[1]")) == [1, 2]


WRITTEN = """(pictured) => {
  const s = document.querySelector(".scatter").scatter, written = [];
  s.inSight = pictured;
  s.pen.fillText = (name, x, y) => written.push([name, Math.round(x), Math.round(y)]);
  s.names();
  delete s.pen.fillText;
  return written;
}"""


def test_the_name_of_a_class_stands_on_it_until_the_class_is_hidden_or_its_pictures_are_there(scatter):
    scatter.evaluate("(data) => mount(data)", DATA | {"marks": [[0.25, 0.25, "zero", 0], [0.5, 0.75, "two", 2]]})
    assert scatter.evaluate(WRITTEN, [0, 3]) == []
    assert scatter.evaluate(WRITTEN, []) == [["zero", 133, 133], ["two", 250, 368]]
    scatter.get_by_role("button", name="zero").click()
    assert [name for name, *_ in scatter.evaluate(WRITTEN, [])] == ["two"]


def test_classes_have_the_colours_of_the_theme(scatter):
    scatter.add_style_tag(content=":root { --st-chart-categorical-colors: #010203,#0a0b0c; }")
    scatter.evaluate("(data) => mount(data)", DATA | {"palette": [[1, 255], [0, 70], [0, 0, 255, 255]]})
    assert of(scatter, "s.palette") == [[10, 11, 12, 255], [1, 2, 3, 70], [0, 0, 255, 255]]


# whether the tooltip is there and lies wholly on the canvas
INSIDE = """() => {
  const [card, map] = [".tooltip", ".plot > canvas"].map((name) => document.querySelector(name).getBoundingClientRect());
  return card.width > 0 && card.left >= map.left && card.right <= map.right && card.top >= map.top && card.bottom <= map.bottom;
}"""


def test_the_card_lies_on_the_map_and_is_away_while_somebody_circles(scatter):
    scatter.add_style_tag(path=FOLDER / "scatter" / "scatter.css")
    scatter.evaluate(SIZE)
    scatter.evaluate("bring('digits')")
    scatter.locator('.scatter[data-pictures="2"]').wait_for()
    of(
        scatter,
        "s.pictures.get(0).said = 'a sentence that is so long that it needs many lines in a card of this width'",
    )
    for x, y in ((0, 0), (240, 240), (-240, 240), (240, -240), (-240, -240)):
        of(scatter, f"s.whole() ?? s.move({x}, {y})")
        scatter.mouse.move(*of(scatter, "s.toScreen(0)"))
        of(scatter, "s.tell(0)")
        assert scatter.evaluate(INSIDE), (x, y)
    of(scatter, "s.whole()")
    scatter.get_by_role("button", name="Circle", exact=True).click()
    x, y = of(scatter, "s.toScreen(0)")
    scatter.mouse.move(x, y)
    assert scatter.locator(".tooltip").is_hidden()
    scatter.get_by_role("button", name="Circle", exact=True).click()
    scatter.mouse.move(x + 1, y)
    scatter.locator(".tooltip").wait_for()
    scatter.keyboard.down("Shift")
    scatter.mouse.down()
    assert scatter.locator(".tooltip").is_hidden()

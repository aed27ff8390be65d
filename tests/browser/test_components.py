"""The scripts of the components, each alone in an empty page, and what the browser's Back leads to."""

import pytest

from dashboard.components.assets import FOLDER, bundle
from tests.browser.driver import MOUNT

COMPONENTS = [
    "gallery",
    "filter_editor",
    "confusion_matrix",
    "clipboard",
    "sheet",
    "scatter/scatter",
    "scatter/pictures",
    "live/live",
    "inside/inside",
]


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_one_module_with_all_that_it_imports(blank, name):
    script = bundle((FOLDER / name).with_suffix(".js"))
    load = """async (text) => {
      const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      return typeof (await import(address)).default;
    }"""
    assert blank.evaluate(load, script) == "function"
    assert "import {" not in script


def test_the_server_learns_what_pictures_are_wanted_until_it_is_unmounted(blank):
    blank.evaluate("document.addEventListener('scatter:pictures', ({ detail }) => { window.came = detail })")
    blank.evaluate(MOUNT, ["scatter/pictures", {"digits": "d", "numbers": [1]}])
    assert blank.evaluate("came") == {"digits": "d", "numbers": [1]}
    want = "document.dispatchEvent(new CustomEvent('scatter:wanted', { detail: [4, 2] }))"
    blank.evaluate(want)
    blank.evaluate("unmount()")
    blank.evaluate(want)
    assert blank.evaluate("triggered") == [["wanted", [4, 2]]]


MATRIX = {
    "names": ["a", "b"],
    "texts": ["9", "1", "", "7"],
    "hover": ["nine", "one", "none", "seven"],
    "heat": [1, 0.2, 0, 0.7],
    "less": [False, True, False, False],
    "chosen": 1,
    "axes": ["label", "predicted as"],
}


def test_the_cells_of_a_matrix_say_what_they_count(blank):
    blank.evaluate(MOUNT, ["confusion_matrix", MATRIX])
    cells = blank.locator(".matrix button")
    assert cells.all_inner_texts() == ["9", "1", "", "7"]
    assert blank.locator(".matrix span").all_inner_texts() == ["label", "a", "b", "", "", "a", "b", "predicted as"]
    assert [cell.get_attribute("aria-label") for cell in cells.all()] == MATRIX["hover"]
    assert [cell.get_attribute("aria-pressed") for cell in cells.all()] == ["false", "true", "false", "false"]
    cells.nth(2).click()
    assert blank.evaluate("triggered") == [["clicked", 2]]


# the ink of each cell and what it stands on
CELLS = "(cells) => cells.map((cell) => [cell.style.background, cell.style.color])"


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ("#ffffff", ["rgb(44, 97, 189) rgb(255, 255, 255)", "rgb(243, 229, 205) rgb(0, 0, 0)"]),
        ("#11161c", ["rgb(44, 97, 189) rgb(255, 255, 255)", "rgb(53, 43, 23) rgb(255, 255, 255)"]),
    ],
)
def test_a_cell_is_read_on_whatever_colour_it_has(blank, paper, expected):
    """Colours of both signs come from the theme, and what is written on them is black or white, by 4.5 to 1."""
    theme = f":root {{ --st-background-color: {paper}; --st-chart-categorical-colors: #2c61bd,#c37f04,#712946; }}"
    blank.add_style_tag(content=theme)
    blank.evaluate(MOUNT, ["confusion_matrix", MATRIX])
    found = blank.locator(".matrix button").evaluate_all(CELLS)
    assert [" ".join(cell) for cell in found[:2]] == expected


def test_a_matrix_drawn_anew_keeps_the_cell_in_focus(blank):
    blank.evaluate(MOUNT, ["confusion_matrix", MATRIX])
    # as in Streamlit, where a component's parent is a shadow root that knows what is in focus
    blank.evaluate(
        "Object.defineProperty(HTMLDivElement.prototype, 'activeElement', { get: () => document.activeElement })"
    )
    blank.locator(".matrix button").nth(3).focus()
    blank.evaluate("(data) => mount({ ...data, texts: ['', '', '', 'new'] })", MATRIX)
    assert blank.evaluate("document.activeElement.textContent") == "new"


WEIGHTS = [0, 1, -1, 0.5, 2, 0, -0.125, 0, 1]


def test_a_filter_is_changed_by_its_slider_and_follows_the_server(blank):
    blank.evaluate(MOUNT, ["filter_editor", {"weights": WEIGHTS, "most": 5}])
    weights, slider = blank.locator(".weights button"), blank.get_by_role("slider")
    assert weights.all_inner_texts() == ["0", "1", "−1", "0.5", "2", "0", "−0.13", "0", "1"]
    assert slider.input_value() == "2"  # of the middle, which is chosen at first
    weights.nth(2).click()
    assert [one.get_attribute("aria-pressed") for one in weights.all()].index("true") == 2
    slider.press("Home")
    blank.wait_for_function("triggered.length")
    moved = "0,1,-5,0.5,2,0,-0.125,0,1"
    assert blank.evaluate("triggered") == [["changed", moved]]
    blank.evaluate("(data) => mount(data)", {"weights": [float(n) for n in moved.split(",")], "most": 5})
    assert weights.nth(2).inner_text() == "−5"
    blank.evaluate("(data) => mount(data)", {"weights": [3] * 9, "most": 5})  # a filter with a name was chosen
    assert weights.all_inner_texts() == ["3"] * 9
    assert slider.input_value() == "3"


def test_a_gallery_shows_each_digit_from_its_place_on_the_sheet(blank):
    data = {"sheet": "data:,", "columns": 2, "hover": ["first", "second", "third"], "captions": ["1", "2", "3"]}
    blank.evaluate(MOUNT, ["gallery", {**data, "chosen": 2, "size": 48}])
    digits = blank.locator(".gallery i")
    style = "(digits) => digits.map((digit) => [digit.style.backgroundPosition, digit.style.backgroundSize])"
    assert digits.evaluate_all(style) == [
        ["0px 0px", "80px 80px"],
        ["-40px 0px", "80px 80px"],
        ["0px -40px", "80px 80px"],
    ]
    assert blank.locator(".gallery button[aria-pressed=true]").get_attribute("title") == "third"
    assert blank.locator("small").all_inner_texts() == ["1", "2", "3"]
    blank.get_by_role("button", name="second").click()
    assert blank.evaluate("triggered") == [["clicked", 1]]


SHADOW = "Object.defineProperty(HTMLDivElement.prototype, 'activeElement', { get: () => document.activeElement })"
STOPS = "(buttons) => buttons.filter((button) => button.tabIndex === 0).map((button) => button.title)"


def walked(page, keys: list[str]) -> list[str]:
    """The name of the button in focus after each of the keys."""
    found = []
    for key in keys:
        page.keyboard.press(key)
        found.append(page.evaluate("document.activeElement.title"))
    return found


def test_arrows_lead_through_a_matrix_which_is_one_stop(blank):
    blank.evaluate(SHADOW)
    blank.evaluate(MOUNT, ["confusion_matrix", MATRIX])
    cells = blank.locator(".matrix button")
    assert cells.evaluate_all(STOPS) == ["one"]
    blank.keyboard.press("Tab")
    keys = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp", "End", "Home"]
    assert walked(blank, keys) == ["none", "none", "one", "one", "one", "seven", "nine"]
    assert cells.evaluate_all(STOPS) == ["nine"]
    blank.keyboard.press("Enter")
    assert blank.evaluate("triggered") == [["clicked", 0]]


def test_arrows_lead_through_a_gallery_row_by_row_and_a_new_one_keeps_the_focus(blank):
    blank.evaluate(SHADOW)
    blank.add_style_tag(path=FOLDER / "gallery.css")
    blank.add_style_tag(content=".gallery { width: 160px }")
    data = {"sheet": "data:,", "columns": 2, "hover": [*"abcdefg"], "captions": None, "chosen": None, "size": 48}
    blank.evaluate(MOUNT, ["gallery", data])
    digits = blank.locator(".gallery button")
    assert digits.evaluate_all(STOPS) == ["a"]
    blank.keyboard.press("Tab")
    keys = ["ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "End", "ArrowRight", "ArrowDown", "Home"]
    assert walked(blank, keys) == ["b", "e", "b", "b", "g", "g", "g", "a"]
    blank.keyboard.press("ArrowRight")
    blank.evaluate("(data) => mount({ ...data, chosen: 1 })", data)
    assert blank.evaluate("document.activeElement.title") == "b"
    assert digits.evaluate_all(STOPS) == ["b"]


PASTE = """(bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
}"""


def test_a_pasted_picture_comes_and_one_too_large_does_not(blank):
    blank.evaluate(MOUNT, ["clipboard", {"largest": 3}])
    blank.evaluate(PASTE, 4)
    assert blank.locator("span").inner_text() == "The pasted picture is larger than 5 MB."
    blank.evaluate(PASTE, [1, 2, 3])
    blank.wait_for_function("triggered.length")
    assert blank.evaluate("triggered") == [["pasted", "data:image/png;base64,AQID"]]
    assert blank.locator("span").inner_text() == ""
    blank.evaluate("unmount()")
    blank.evaluate(PASTE, 4)
    assert blank.locator("span").inner_text() == ""


# the browser's Back


@pytest.fixture
def history(blank):
    """A page with the script, after a first step."""
    blank.add_script_tag(path=FOLDER / "browser_history.js")
    blank.keyboard.press("a")
    blank.evaluate("history.pushState(null, '', '/start')")
    return blank


def test_only_the_first_address_after_an_act_is_a_step(history):
    start = history.evaluate("history.length")
    history.evaluate("history.pushState(null, '', '/?by=program')")
    assert history.evaluate("history.length") == start
    history.keyboard.press("a")
    for address in ("/map?half", "/map?whole"):
        history.evaluate("(address) => history.pushState(null, '', address)", address)
    assert history.evaluate("history.length") == start + 1
    assert history.url.endswith("/map?whole")


def test_a_control_makes_a_step_only_where_it_opens_another_part(history):
    start = history.evaluate("history.length")
    history.evaluate("window.browserHistorySteps = ['topic']")
    history.keyboard.press("a")
    history.evaluate("history.replaceState(null, '', '/results?log=true')")
    assert history.evaluate("history.length") == start
    history.evaluate("history.replaceState(null, '', '/results?log=true&topic=Records')")
    history.evaluate("history.pushState(null, '', '/results?topic=Records')")
    assert history.evaluate("history.length") == start + 1
    assert history.url.endswith("/results?topic=Records")
    history.go_back()
    history.wait_for_url("**/results?log=true")


def test_back_restores_what_the_program_dropped_from_the_address(history):
    history.evaluate("history.replaceState(null, '', '/compare?run=svm')")
    history.keyboard.press("a")
    history.evaluate("history.pushState(null, '', '/map?run=svm')")
    history.go_back()
    history.wait_for_url("**/compare?run=svm")
    history.evaluate("window.views = []; addEventListener('popstate', () => views.push(location.href))")
    history.evaluate("history.replaceState(null, '', '/compare')")
    history.wait_for_function("views.length")
    assert history.url.endswith("/compare?run=svm")
    history.evaluate("history.replaceState(null, '', '/compare')")
    assert history.url.endswith("/compare")


def test_the_script_takes_effect_once(history):
    history.evaluate("() => { window.before = window.history.pushState }")
    history.add_script_tag(path=FOLDER / "browser_history.js")
    assert history.evaluate("before === window.history.pushState")

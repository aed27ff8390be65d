"""The layers that the browser shows are those of the model, number by number, and the page follows pen, pointer and keys."""

import json
import re

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from dashboard.components.assets import FOLDER, bundle
from dashboard.components.inside.words import WORDS
from models import activations, architectures, browser_network, calls, prediction, rebuilt, run_directory
from models.browser_network import BrowserNetwork
from models.preprocessing.strokes import from_strokes
from tests.browser import driver
from tests.browser.test_accessibility import MODES, found, switch

DIGIT = from_strokes(driver.OWN[0]["strokes"])
RUNS = ["canvas", "cnn-large", "cnn-stride", "mlp-128x2"]

TENSORS = f"""async ([layers, weights, picture, side]) => {{ {driver.AS_TEXT}
  const {{ bindWeights, tensorsOf }} = await import("/live/network.js");
  const tensors = tensorsOf(bindWeights(layers, floatsOf(weights)), bytesOf(picture), side, side);
  return tensors.slice(1).map(({{ data }}) => textOf(Float32Array.from(data)));
}}"""
# of pixels of each sum: what the page works out, and what the forward pass gave
WORKED = (
    f"async ([layers, weights, picture, asked]) => {{ {driver.AS_TEXT}"
    + """
  const { bindWeights, tensorsOf } = await import("/live/network.js");
  const { blocksOf, channelSums, connections, mean, patchOf, total } = await import("/inside/steps.js");
  const { trailOf, weightsOf, windowOf } = await import("/inside/steps.js");
  const steps = bindWeights(layers, floatsOf(weights)), tensors = tensorsOf(steps, bytesOf(picture), 28, 28);
  return blocksOf(steps).slice(1).flatMap((block) => asked.map((share) => {
    const step = steps[block.first], input = tensors[block.first], output = tensors[block.last + 1];
    const shown = block.end === "softmax" ? tensors[block.last] : output;
    const unit = Math.floor(share * shown.channels), pixel = Math.floor(share * shown.height * shown.width);
    const row = Math.floor(pixel / shown.width), column = pixel % shown.width, given = shown.data[pixel * shown.channels + unit];
    if (block.kind === "pool") return [Math.max(...patchOf(input, windowOf(step, input, row, column), unit)), given];
    if (block.kind === "average_pool") return [mean(patchOf(input, windowOf(step, input, row, column), unit)), given];
    const own = weightsOf(step, unit, null);
    const sum = block.kind === "conv" ? total(channelSums(step, input, own, row, column).map((one) => one.sum))
      : total(connections(input, own).map(({ product }) => product));
    return [trailOf(steps, block, unit, sum).at(-1).value, given];
  }));
}"""
)


@pytest.fixture
def scripts(page):
    driver.serve(page, FOLDER)
    page.goto(driver.EMPTY)
    return page


def packed(run: str) -> tuple[list[dict], str]:
    steps = calls.pack_steps(run)
    return json.loads(steps.layers.tobytes()), driver.as_text(steps.weights)


def tensors_of(page, layers: list[dict], weights: str, digit: np.ndarray) -> list[np.ndarray]:
    """What the page's script makes of a digit in every layer."""
    texts = page.evaluate(TENSORS, [layers, weights, driver.as_text(digit), len(digit)])
    return [driver.from_text(text, "<f4") for text in texts]


def equal_tensors(tensors: list[np.ndarray], network, digit: np.ndarray) -> None:
    """They are what the layers of Keras give."""
    expected = activations.activations(network, digit)
    assert len(tensors) == len(expected)
    for values, one in zip(tensors, expected, strict=True):
        np.testing.assert_allclose(values, one.output.ravel(), atol=1e-4 * max(1, np.abs(one.output).max()))


@pytest.mark.parametrize("run", RUNS)
def test_every_layer_is_that_of_the_model(scripts, run, keras):
    equal_tensors(tensors_of(scripts, *packed(run), DIGIT), prediction.load(run_directory(run)).network, DIGIT)


CONV = {"kernel_size": 3, "padding": "same"}
FOREIGN = {  # networks as others build them: how pixels go in, and their layers in a row
    "LeNet": (
        "-1 to 1",
        [
            ["Conv2D", {"filters": 4, "kernel_size": 5, "activation": "tanh"}],
            ["AveragePooling2D", {"pool_size": 2}],
            ["Conv2D", {"filters": 6, "kernel_size": 3, "activation": "sigmoid"}],
            ["AveragePooling2D", {"pool_size": [2, 3]}],
            ["Flatten", {}],
            ["Dense", {"units": 12, "activation": "tanh"}],
            ["Dense", {"units": 10, "activation": "softmax"}],
        ],
    ),
    "layers of their own": (
        "mean 0, deviation 1",
        [
            ["Conv2D", {"filters": 4, **CONV}],
            ["BatchNormalization", {}],
            ["LeakyReLU", {"negative_slope": 0.1}],
            ["MaxPooling2D", {"pool_size": 2}],
            ["Conv2D", {"filters": 5, **CONV}],
            ["ReLU", {}],
            ["GlobalAveragePooling2D", {}],
            ["Dense", {"units": 10}],
            ["Softmax", {}],
        ],
    ),
    "activations by name": (
        "0 to 255",
        [
            ["Rescaling", {"scale": 1 / 127.5, "offset": -1.0}],
            ["Conv2D", {"filters": 3, "activation": "silu", **CONV}],
            ["Conv2D", {"filters": 4, "activation": "elu", **CONV}],
            ["Conv2D", {"filters": 4, "activation": "leaky_relu", **CONV}],
            ["GlobalMaxPooling2D", {}],
            ["Dense", {"units": 10, "activation": "softmax"}],
        ],
    ),
}


@pytest.fixture(params=FOREIGN)
def foreign(request, keras):
    before, layers = FOREIGN[request.param]
    layers = [[*layer, [place]] for place, layer in enumerate(layers)]
    return rebuilt.build((28, 28), 10, shape=[28, 28, 1], layers=layers, before=before, after="")


def test_every_layer_of_a_network_that_others_built_is_that_of_the_model(scripts, foreign):
    whole, steps = browser_network.pack(foreign), browser_network.pack_steps(foreign)
    equal_tensors(tensors_of(scripts, steps.layers, driver.as_text(steps.weights), DIGIT), foreign, DIGIT)
    last = tensors_of(scripts, whole.layers, driver.as_text(whole.weights), DIGIT)[-1]
    np.testing.assert_allclose(last, np.asarray(foreign(DIGIT[None]))[0], atol=1e-5)


def test_the_sum_of_a_network_that_others_built_is_the_one_that_was_computed(scripts, foreign):
    steps = browser_network.pack_steps(foreign)
    asked = [steps.layers, driver.as_text(steps.weights), driver.as_text(DIGIT), [0, 0.31, 0.5, 0.77, 0.999]]
    worked = np.array(scripts.evaluate(WORKED, asked))
    np.testing.assert_allclose(worked[:, 0], worked[:, 1], atol=1e-4 * max(1, np.abs(worked).max()))


def test_the_closer_look_at_a_network_that_others_built(blank, foreign):
    """Every layer opens, and what it ends with is what the layer gives."""
    steps = browser_network.pack_steps(foreign)
    mounted(blank, steps, unit=1)
    for layer in range(1, blank.locator(".inside-row button").count()):
        blank.evaluate("(layer) => window.mount({ ...window.data, version: layer, layer, unit: 1 })", layer)
        blank.locator(".inside-detail h3").last.wait_for()
        assert "undefined" not in blank.locator(".inside").inner_text()


@pytest.mark.parametrize("run", RUNS)
def test_the_sum_that_is_worked_out_is_the_one_that_was_computed(scripts, run, keras):
    worked = np.array(scripts.evaluate(WORKED, [*packed(run), driver.as_text(DIGIT), [0, 0.31, 0.5, 0.77, 0.999]]))
    assert len(worked) >= 15
    assert np.abs(worked[:, 1]).max() > 0.5
    np.testing.assert_allclose(worked[:, 0], worked[:, 1], atol=1e-4 * max(1, np.abs(worked).max()))


@pytest.mark.parametrize(("run", "side"), [("linear-pairwise", 28), ("digits-mlp-15", 8)])
def test_classifiers_that_are_no_networks_of_keras_give_what_they_give(scripts, run, side, rng, keras):
    digit = rng.integers(0, 256, (side, side)).astype(np.uint8)
    tensors = tensors_of(scripts, *packed(run), digit)
    np.testing.assert_allclose(tensors[-1], prediction.load(run_directory(run)).predict(digit[None])[0], atol=1e-4)


POWERS = {
    52_000: "52,000",
    1_000: "1,000",
    999_000: "999,000",
    2.5e6: "2.5 × 10⁶",
    145.6: "146",
    5.23: "5.23",
    1: "1.00",
    0.0042: "0.00420",
    3.3e-8: "3.3 × 10⁻⁸",
}


def test_a_power_keeps_its_size(scripts):
    tell = """async (logs) => {
      const { power } = await import("/inside/elements.js");
      return logs.map(power);
    }"""
    assert scripts.evaluate(tell, [float(np.log(value)) for value in POWERS]) == list(POWERS.values())


def test_softmax_and_cross_entropy_are_those_of_scipy(scripts, rng):
    ask = """async ([logits, temperature, label]) => {
      const { crossEntropy, softmaxAt } = await import("/inside/steps.js");
      return [softmaxAt(logits, temperature).shares, crossEntropy(logits, label)];
    }"""
    for logits in (rng.normal(0, 8, 10), np.linspace(-900, 900, 10), np.zeros(3)):
        for temperature in (0.25, 1, 4):
            shares, loss = scripts.evaluate(ask, [logits.tolist(), temperature, 2])
            np.testing.assert_allclose(shares, softmax(logits / temperature), atol=1e-12)
            assert loss == pytest.approx(-log_softmax(logits)[2])


def test_the_average_beside_the_maximum_is_numpys(scripts, rng):
    values = rng.normal(size=(7, 6, 3))
    ask = """async (data) => {
      const { mean, pooledBy } = await import("/inside/steps.js");
      return Array.from(pooledBy(mean, { data, height: 7, width: 6, channels: 3 }, [2, 3], 1).data);
    }"""
    expected = values[:6, :, 1].reshape(3, 2, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(scripts.evaluate(ask, values.ravel().tolist()), expected.ravel(), atol=1e-6)


# mounts the component as a page does, its script and weights at addresses that the browser makes
MOUNT = (
    f"async ([data, weights, script]) => {{ {driver.AS_TEXT}"
    + """
  const address = (content, type) => URL.createObjectURL(new Blob([content], { type }));
  data.network.address = data.strange ?? address(bytesOf(weights), "application/octet-stream");
  data.script = address(script, "text/javascript");
  const root = document.createElement("div");
  root.innerHTML = await (await fetch("/inside/inside.html")).text();
  document.body.append(root);
  window.triggered = [];
  const { default: mount } = await import("/inside/inside.js");
  const setTriggerValue = (name, value) => triggered.push([name, value]);
  window.mount = (data) => mount({ data, parentElement: root, setTriggerValue });
  window.data = data;
  window.unmount = window.mount(data);
}"""
)


def mounted(page, network: BrowserNetwork, wait: bool = True, **more) -> None:
    data = {
        "version": 0,
        "strokes": None,
        "picture": DIGIT.ravel().tolist(),
        "height": 28,
        "width": 28,
        "told": None,
        "kernel": None,
    }
    data |= {"names": list("abcdefghij"), "label": 7, "layer": 1, "unit": None, "words": WORDS}
    data |= {"network": {"layers": network.layers}} | more
    page.evaluate(MOUNT, [data, driver.as_text(network.weights), bundle(FOLDER / "inside" / "worker.js")])
    if wait:
        page.locator(".inside[data-ready]").wait_for()


def test_what_the_server_alone_can_compute_is_shown_as_it_tells_it(blank, keras):
    network = architectures.build("cnn", (28, 28), 10, {"filters": [3], "hidden": [5]})
    layers = browser_network.pack_steps(network, kernels=False)
    steps = activations.activations(network, DIGIT)
    values = np.concatenate([one.output.ravel() for one in steps]).astype("<f2")
    told = {"layers": [{"shape": list(one.output.shape)} for one in steps], "half": True}
    told["values"] = driver.as_text(values)
    first = next(layer for layer in network.layers if hasattr(layer, "kernel"))
    kernel = {"step": 1, "unit": 2, "values": np.asarray(first.kernel)[..., 2].ravel().tolist()}
    mounted(blank, layers, told=told, kernel=kernel, unit=2)
    assert blank.locator(".inside-grid").first.locator("button").count() == 3
    last = float(blank.locator(".inside-trail tr").last.locator("td").inner_text().replace("−", "-"))
    assert last == pytest.approx(steps[2].output[..., 2].max(), abs=2e-3)
    blank.locator(".inside-grid button").first.click()  # its weights are not here yet
    assert blank.evaluate("triggered") == [["opened", [1, 0]]]
    assert blank.locator(".inside-numbers").count() == 0


def test_weights_that_do_not_come_are_told(blank, keras):
    network = browser_network.pack_steps(architectures.build("mlp", (28, 28), 10, {"hidden": [4]}))
    mounted(blank, network, wait=False, strange="http://components.test/nowhere")
    blank.get_by_text("the weights of the network were not received").wait_for()


def test_other_class_names_stand_where_classes_do(blank, keras):
    packed_ = browser_network.pack_steps(prediction.load(run_directory("mlp-128x2")).network)
    mounted(blank, packed_, layer=3)
    assert blank.locator(".inside-class").all_inner_texts() == list("abcdefghij")
    assert blank.locator(".inside select").input_value() == "7"
    assert "p(h)" in blank.locator(".inside-formula").inner_text()


def test_the_maps_follow_the_pen(page, address):
    page.goto(f"{address}/inside")
    page.locator(".inside[data-ready]").wait_for()
    page.locator("canvas.upper-canvas").wait_for()
    maps = page.locator(".inside-layer canvas")
    assert maps.count() == 40
    picture = "(canvas) => canvas.toDataURL()"
    before = maps.first.evaluate(picture)
    box = page.locator("canvas.upper-canvas").bounding_box()
    page.mouse.move(box["x"] + 170, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 16):
        page.mouse.move(box["x"] + 170, box["y"] + 60 + 14 * step)
        page.evaluate(driver.FRAME)
    changed = "(before) => before !== MAPS[0].toDataURL() && performance.getEntriesByName('live layers').length > 3"
    host = "document.querySelector('.st-key-layers [data-testid=stBidiComponentIsolated]').shadowRoot"
    all_maps = f"{host}.querySelectorAll('.inside-layer canvas')"
    page.wait_for_function(changed.replace("MAPS", all_maps), arg=before)  # while the pen is down
    page.mouse.up()
    page.get_by_text("Until you draw").wait_for(state="hidden")


def test_a_map_opens_and_its_sum_is_worked_out(page, address):
    page.goto(f"{address}/inside?digit=60001&dataset=mnist")
    page.locator(".inside[data-ready]").wait_for()
    page.locator(".inside-row button").nth(2).click()
    page.get_by_role("heading", name="Layer 2: convolution 3 × 3").wait_for()
    page.locator(".inside-layer button").nth(5).click()
    page.get_by_role("heading", name="Map 6").wait_for()
    page.wait_for_url("**layer=2&unit=6**")
    assert page.locator(".inside-products .inside-numbers").count() == 3
    pixel = page.locator(".inside-pixel").inner_text()
    page.locator(".inside-pick").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".inside-pixel").inner_text() != pixel
    page.reload()
    page.get_by_role("heading", name="Map 6").wait_for()


def test_an_address_that_names_too_much_opens_what_there_is(page, address):
    page.goto(f"{address}/inside?digit=60001&dataset=mnist&layer=99&unit=99999")
    page.get_by_role("heading", name="output, softmax").wait_for()
    page.goto(f"{address}/inside?digit=60001&dataset=mnist&layer=2&unit=99999")
    page.get_by_text("Click a map to see").wait_for()


def test_input_says_what_was_done_to_the_pixels(page, address):
    page.goto(f"{address}/inside?run=mlp-128x2&digit=60001&dataset=mnist&layer=0")
    page.get_by_text("divided by 255. Then each column is scaled to length 1.").wait_for()
    page.goto(f"{address}/inside?run=digits-mlp-15&layer=0")
    page.get_by_text("divided by 15.").wait_for()


def test_the_temperature_flattens_the_probabilities(page, address):
    page.goto(f"{address}/inside?digit=60001&dataset=mnist&run=mlp-128x2&layer=3")
    page.locator(".inside[data-ready]").wait_for()
    best = page.locator(".inside-softmax tr.best td").last
    before = float(best.inner_text().split()[0])
    page.locator(".inside input[type=range]").fill("4")
    assert float(best.inner_text().split()[0]) < before
    assert page.locator(".inside select").input_value() == "2"  # its label


ASKED = "layer=2&unit=6&off=true&map-maximised=true"


@pytest.mark.parametrize("opened", ["layer=2&unit=6", "layer=9&unit=4", "run=linear-pairwise&unit=3", ASKED])
def test_axe_finds_nothing_in_what_is_open(page, address, opened):
    page.goto(f"{address}/inside?digit=60001&dataset=mnist&{opened}")
    page.locator(".inside[data-ready]").wait_for()
    if opened == ASKED:
        page.get_by_text("of 1,000 test digits misclassified").wait_for()
    driver.settled(page)
    for mode in MODES[::2]:
        switch(page, *mode)
        assert found(page) == [], mode


def test_a_layer_is_measured_map_by_map_until_it_is_stopped(page, address):
    page.goto(f"{address}/inside?digit=60001&dataset=mnist&layer=1&unit=39")
    page.get_by_role("heading", name="Map 39").wait_for()
    page.get_by_text("Switch this map off").click()
    page.wait_for_url("**off=true**")
    page.get_by_text("Without map 39 of layer 1").wait_for()
    page.get_by_role("button", name="Measure without each map").click()
    page.get_by_text("Layer 1 without map").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Measure without each map").wait_for()
    page.get_by_text("Error without each map of layer 1").wait_for()
    assert page.get_by_text("Layer 1 without map").count() == 0
    page.locator(".inside-layer button").nth(25).click()
    page.get_by_text("Without map 26 of layer 1").wait_for()
    page.wait_for_url("**unit=26**")
    assert "off=true" in page.url
    # a click on the first bar opens the map that is missed most, which is not the open one
    driver.settled(page)
    page.locator(".js-plotly-plot .point").first.scroll_into_view_if_needed()
    bar = page.locator(".js-plotly-plot .point").first.bounding_box()
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] - 3)
    page.wait_for_url(re.compile(r"unit=(?!26\b)\d+"))
    opened = re.search(r"unit=(\d+)", page.url)[1]
    page.get_by_role("heading", name=f"Map {opened}").wait_for()
    page.get_by_text(f"Without map {opened} of layer 1").wait_for()


def test_what_the_address_names_is_opened_but_not_before_what_was_clicked(blank, keras):
    network = browser_network.pack_steps(architectures.build("cnn", (28, 28), 10, {"filters": [3], "hidden": [5]}))
    mounted(blank, network, unit=1)
    heading, told = blank.locator(".inside-detail h3"), "([layer, unit]) => mount({ ...data, layer, unit })"
    assert "Map 2" in heading.inner_text()
    blank.evaluate(told, [1, 0])  # by the way back, or by a bar that was clicked
    assert "Map 1" in heading.inner_text()
    maps = blank.locator(".inside-grid button")
    maps.nth(1).click()
    maps.nth(2).click()
    blank.evaluate(told, [1, 1])  # the answer to the first click comes after the second
    assert "Map 3" in heading.inner_text()
    blank.evaluate(told, [1, 2])
    blank.evaluate(told, [1, 99])
    assert heading.count() == 0
    blank.evaluate(told, [99, None])
    assert blank.locator(".inside-row [aria-pressed=true]").count() == 1
    assert blank.evaluate("triggered") == [["opened", [1, 1]], ["opened", [1, 2]]]


def test_rows_and_grids_are_one_stop_of_the_tab_key_each(page, address):
    page.goto(f"{address}/inside?digit=60001&dataset=mnist&layer=2&unit=1")
    page.locator(".inside[data-ready]").wait_for()
    driver.settled(page)
    stops = ".inside :is(button, input, select)"
    tabbed = page.locator(stops).evaluate_all(
        "(all) => all.filter((one) => one.tabIndex === 0 && one.checkVisibility()).length"
    )
    assert tabbed == 5  # the row, the maps, the picture, the terms, and the button that shows all terms
    page.locator(".inside-row button").nth(1).focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Output, softmax").wait_for()


def test_a_drawing_goes_along_from_the_first_page(page, address):
    page.goto(f"{address}/?run=cnn-large")
    page.locator(".live[data-ready]").wait_for()
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, driver.OWN[0]["strokes"])
    driver.reading(page, 1)
    page.get_by_role("button", name="Open inside").click()
    page.get_by_role("heading", name="Inside", exact=True).wait_for()
    page.locator(".inside[data-ready]").wait_for()
    assert page.get_by_text("30 maps of").count()
    assert page.get_by_text("Until you draw").count() == 0


def test_a_digit_of_another_page_opens(page, address):
    page.goto(f"{address}/explore?dataset=digits&digit=5")
    page.get_by_test_id("stMain").get_by_role("link", name="Inside").click()
    page.locator(".inside[data-ready]").wait_for()
    assert page.get_by_label("Number", exact=True).input_value() == "5"
    assert page.locator(".inside-row").get_by_text("8 × 8 pixels").count() == 1


def test_the_cross_entropy_is_that_of_the_chosen_class(page, address):
    page.goto(f"{address}/inside?digit=60004&dataset=mnist&layer=9")
    page.locator(".inside[data-ready]").wait_for()
    told = page.locator(".inside output", has_text="−ln p")
    told.filter(has_text="−ln p(4)").wait_for()
    page.get_by_label("Right class").select_option("9")
    told.filter(has_text="−ln p(9)").wait_for()
    share, loss = re.search(r"p\(9\) = ([0-9.]+)[^0-9].*probability of ([0-9.]+)", told.inner_text()).groups()
    assert float(share) > 1
    assert float(loss) < 40

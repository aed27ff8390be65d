"""The page Concepts: each question can be found, opens with MNIST and without, and says what its figure was made from."""

import re

import numpy as np
import pytest
from sklearn.metrics import classification_report

from dashboard import address, cache, images
from dashboard.sections import concepts
from dashboard.sections.concepts import CONCEPTS, GROUPS, MAX_WORDS, Concept, find, handles
from models import ROOT
from tests import pages, words
from tests.test_views import as_served, fresh_caches, nothing_left, said, visit  # noqa: F401
from training import runs
from training.concepts.filters import FILTERS, convolve, scaled
from training.concepts.perceptron import Settings

EIGHTEEN = {  # what the digits brief asks, and the loss that the TensorFlow course writes out -> words of a person who looks for it
    "layers": "layers perceptron",
    "softmax-and-loss": "softmax",
    "epochs-and-batches": "batch size",
    "learning-rate": "learning rate too high",
    "batch-normalisation": "batch normalization",
    "adam": "optimizer",
    "typical-cnn": "architecture",
    "filter": "kernel",
    "applying-a-filter": "filter applied",
    "relu": "activation function",
    "relu-on-a-map": "feature map activation",
    "pooling-kinds": "max average",
    "why-pooling": "pooling good",
    "dense-end": "fully connected",
    "cnn-or-perceptron": "cnn preferred",
    "early-stopping": "overfitting",
    "regularisation": "dropout",
    "confusion-matrix": "recall",
}


def test_the_questions_are_those_of_the_course():
    assert set(CONCEPTS) == set(EIGHTEEN)
    assert {one.group for one in CONCEPTS.values()} == set(GROUPS)


@pytest.mark.parametrize("one", CONCEPTS.values(), ids=CONCEPTS.keys())
def test_a_question_is_short_and_has_its_source(one: Concept):
    assert len(re.findall(r"\S+", one.text)) <= MAX_WORDS
    assert one.question.endswith("?")
    assert re.search(r"\b(19|20)\d\d\b", one.source)
    for link in one.links:
        assert link.page in (*pages.listed().values(), "inside")
        known = {value for name, value in vars(address).items() if name.isupper() and isinstance(value, str)}
        assert set(link.named) <= known
        named = np.ravel([link.named[key] for key in (address.RUN, address.RUNS, address.AGAINST) if key in link.named])
        assert all((ROOT / "models" / "saved" / run).is_dir() for run in named)
        assert link.run is None or link.run in named or link.page == "map"


@pytest.mark.parametrize(("key", "looked_for"), EIGHTEEN.items())
def test_a_question_is_found_by_its_words(key, looked_for):
    assert key in concepts.find(looked_for)
    assert key in concepts.find(CONCEPTS[key].name.upper())
    assert concepts.find(CONCEPTS[key].question)[0] == key


def test_a_search_finds_beginnings_of_words_titles_first_and_everything_without_words():
    assert concepts.find("pool")[:2] == ["pooling-kinds", "why-pooling"]
    assert concepts.find("xyzzy") == []
    assert concepts.find("") == concepts.find("  ,") == list(CONCEPTS)


LINKS = {f"{link.page} {link.named}": link for one in CONCEPTS.values() for link in one.links if link.page != "inside"}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS.keys())
def test_a_link_leads_to_what_it_names(link):
    app = visit(link.page, **link.named)
    assert not app.toast
    assert not app.warning
    assert not app.info


def test_with_a_steep_valley_only_adam_arrives():
    """As the text says; its other settings are those that the page opens with."""
    app = visit("concepts", concept="adam", steepness="100")
    assert "Gradient descent and momentum left the valley" in said(app)
    assert re.search(r"is 0\.0\d+ for Adam", said(app))


def test_the_page_lists_what_is_found_and_opens_the_first_of_them():
    app = visit("concepts", find="overfit", concept="adam")
    shown = [option for control in app.button_group for option in control.options if control.label in GROUPS]
    assert CONCEPTS["early-stopping"].name in shown
    assert CONCEPTS["layers"].name not in shown
    assert app.header[0].value == CONCEPTS[find("overfit")[0]].question
    # a question that is among them stays open
    assert (
        visit("concepts", find="overfit", concept=find("overfit")[-1]).header[0].value
        == CONCEPTS[find("overfit")[-1]].question
    )
    assert "No question has these words." in said(visit("concepts", find="xyzzy"))


def test_a_chosen_question_opens_and_stands_in_the_address():
    app = visit("concepts")
    assert app.header[0].value == CONCEPTS["filter"].question
    app.button_group(key=address.questions_key("Training")).set_value("learning-rate").run()
    assert app.header[0].value == CONCEPTS["learning-rate"].question
    assert app.query_params[address.CONCEPT] == "learning-rate"
    assert app.button_group(key=address.questions_key("Convolution")).value is None
    assert visit("concepts", concept="nothing of that name").header[0].value == CONCEPTS["filter"].question


@pytest.mark.parametrize("key", CONCEPTS)
def test_each_question_opens_within_the_limit_of_words(key):
    app = visit("concepts", concept=key)
    assert app.header[0].value == CONCEPTS[key].question
    absent = [link.label for link in CONCEPTS[key].links if link.page not in pages.listed()]
    assert words.count(app) + len(" ".join(absent).split()) <= words.LIMIT
    assert len(app.get("plotly_chart")) + len(app.get("html")) > 2


@pytest.mark.parametrize("key", CONCEPTS)
def test_every_handle_may_be_turned_to_either_end(key):
    app = visit("concepts", concept=key)
    handles_ = [(one.key, (one.min, one.max)) for one in app.slider]
    handles_ += [(one.key, (one.options[0], one.options[-1])) for one in app.select_slider]
    for end in (0, 1):
        for name, ends in handles_:
            found = next(one for one in [*app.slider, *app.select_slider] if one.key == name)
            found.set_value(ends[end]).run()
            assert not app.exception, (name, ends[end])
            assert "nan" not in said(app), (name, ends[end])


@pytest.mark.parametrize("key", CONCEPTS)
def test_each_question_opens_without_mnist(key, without_mnist):
    app = visit("concepts", concept=key)
    assert app.header[0].value == CONCEPTS[key].question
    assert not app.warning


def test_the_digits_of_8_by_8_and_those_of_the_generator_stand_in(digits, without_mnist):
    assert "8 rows become 6" in said(visit("concepts", concept="filter"))
    assert "28 rows become 26" in said(visit("concepts", concept="filter", dataset="generated"))


@pytest.mark.parametrize("key", CONCEPTS)
def test_each_question_opens_on_an_empty_shelf(key, shelf):
    app = visit("concepts", concept=key)
    assert not [link for link in app.get("page_link") if "run=" in link.proto.query_string]


def test_a_filter_of_ones_own_stands_in_the_address_and_makes_the_map(digits):
    own = "1,-2,0.5,0,0,0,-1,2,-0.5"
    number = int(digits.where("test", 3)[0])
    app = visit("concepts", concept="filter", weights=own, dataset="digits", digit=str(number))
    made = convolve(scaled(digits.images[number]), np.array(own.split(","), float).reshape(3, 3))
    found = re.search(r"from (\S+) to (\S+)\. ", said(app).replace("−", "-"))
    assert [float(end) for end in found.groups()] == pytest.approx([made.min(), made.max()], abs=0.006)
    assert app.button_group(key=address.NAMED_FILTER).value is None
    app.button_group(key=address.NAMED_FILTER).set_value("outline").run()
    assert app.query_params[address.WEIGHTS] == "0,-1,0,-1,4,-1,0,-1,0"
    for damaged in ("", "1,2", "a,b,c,d,e,f,g,h,i", ",".join(["nan"] * 9), ",".join(["1e9"] * 9)):
        assert visit("concepts", weights=damaged).button_group(key=address.NAMED_FILTER).value == "vertical edges"


def test_another_digit_is_one_of_its_class(digits):
    app = visit("concepts", concept="relu-on-a-map", dataset="digits")
    app.button_group(key=address.CLASS).set_value("7").run()
    first = int(app.query_params[address.DIGIT])
    next(button for button in app.button if button.label == "Another").click().run()
    second = int(app.query_params[address.DIGIT])
    assert first < second
    assert digits.labels[first] == digits.labels[second] == 7


def test_the_sum_is_worked_out_for_the_place_that_the_address_names(digits):
    number = int(digits.where("test", 4)[0])
    app = visit(
        "concepts", concept="applying-a-filter", dataset="digits", digit=str(number), row="3", column="2", shift="1"
    )
    image = scaled(np.roll(digits.images[number], 1, axis=1))
    expected = (image[3:6, 2:5] * FILTERS["vertical edges"]).sum()
    found = re.search(r"= \*\*(\S+)\*\*", said(app).replace("−", "-"))
    assert float(found.group(1)) == pytest.approx(expected, abs=0.006)


def test_the_counts_of_the_matrix_are_those_of_scikit_learn():
    app = visit("concepts", concept="confusion-matrix", reported="5", epochs="4")
    done = cache.small_training(Settings(epochs=4, rate=0.3))
    report = classification_report(cache.small_digits("test")[1], done.probabilities.argmax(axis=1), output_dict=True)
    for said_as, name in (("recall", "recall"), ("precision", "precision"), ("F1 is", "f1-score")):
        found = re.search(rf"{said_as} \**([\d.]+) %", said(app))
        assert float(found.group(1)) == pytest.approx(100 * report["5"][name], abs=0.06)


def test_early_stopping_is_told_of_the_run_that_is_shown():
    losses = runs.load_history("mlp-study")["val_loss"]
    text = said(visit("concepts", concept="early-stopping", patience="1"))
    first_rise = int(np.argmax(np.diff(losses) > 0)) + 1
    assert f"stops after epoch {first_rise + 1} and keeps epoch **{first_rise}**" in text
    assert f"{losses.iloc[-1]:.3f}" in text


def test_a_trained_filter_is_that_of_the_run(monkeypatch):
    kernel = np.arange(9 * 32, dtype="<f4").reshape(3, 3, 1, 32) / 100
    layer = {"kind": "conv", "kernel": [1, kernel.size], "shape": [3, 3, 1, 32]}
    network = type(
        "Network",
        (),
        {"layers": [{"kind": "rescale"}, layer], "weights": np.append(np.float32(7), kernel).astype("<f4").tobytes()},
    )
    monkeypatch.setattr(cache, "browser_network", lambda run: network)
    app = visit("concepts", concept="relu-on-a-map", trained="5")
    assert app.button_group(key=address.NAMED_FILTER).value is None
    image = scaled(handles.dataset().images[int(handles.dataset().where("test", 4)[0])])
    made = convolve(image, kernel[:, :, 0, 5].round(2))
    assert f"{made.max():.2f}" in said(app)


def test_pictures_of_numbers():
    coloured = images.signed(np.array([[-2.0, 0.0, 1.0]]))
    assert coloured[0].tolist() == [list(images.NEGATIVE), [0, 0, 0], [44, 80, 128]]
    assert images.signed(np.zeros((2, 2))).max() == images.grey(np.zeros((2, 2))).max() == 0
    assert images.grey(np.array([[0.0, 1.0, 4.0]]), 2).tolist() == [[0, 128, 255]]
    framed = images.framed(np.zeros((4, 5), np.uint8), 1, 2, 2, 8)
    assert framed.shape == (32, 40, 3)
    assert (framed == images.FRAME).all(axis=2).sum() == 16 * 16 - 12 * 12
    assert tuple(framed[8, 16]) == images.FRAME


@pytest.mark.parametrize(("logit", "expected"), [("1", 20.0), ("-5", 50.0)])
def test_a_loss_has_no_limit_as_the_probability_nears_nought(logit, expected):
    """Beside a score of 5, at a temperature of 0.2: the difference of the scores over the temperature, and next to nothing more."""
    app = visit(
        "concepts", concept="softmax-and-loss", temperature="0.2", **{"logit-4": logit, "logit-7": "1", "logit-9": "5"}
    )
    assert f"a loss of **{expected:.2f}** nats" in said(app)
    assert any(r"\cdot 10^{-" in element.value for element in app.get("latex"))

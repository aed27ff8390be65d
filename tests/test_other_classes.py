"""Other things than digits go through all pages from a CSV file: 26 letters and signs, and ten classes with long names."""

import io

import numpy as np
import pytest

from dashboard import address, cache
from dashboard.components.canvas import to_text
from models import calls
from models.worker import Worker, WorkerError
from tests import letters, pages
from tests.conftest import TOY
from tests.test_views import said, visit
from training import publishing, trainer
from training.datasets import registry

TEN = ("ankle boot", "bag", "coat", "dress", "pullover", "sandal", "shirt", "sneaker", "t-shirt/top", "trouser")
OPENED = [pytest.param(page, named, id="-".join([page, *named.values()])) for page, named in pages.opened()]
STROKE = to_text(
    [np.array([[140.0, 40], [60, 260]]), np.array([[140.0, 40], [230, 260]]), np.array([[90.0, 180], [200, 180]])]
)


def csv(names, path):
    """A file as Kaggle's: a column with the names, then one for each pixel."""
    images, drawn = letters.not_digits(12)
    order = [name for name in letters.STYLES if name in drawn][: len(names)]
    renamed = dict(zip(order, names, strict=True))
    rows = io.StringIO()
    rows.write("label," + ",".join(f"pixel{n}" for n in range(784)) + "\n")
    for image, name in zip(images, drawn, strict=True):
        if name in renamed:
            rows.write(f"{renamed[name]}," + ",".join(map(str, image.ravel())) + "\n")
    path.write_text(rows.getvalue())
    return path


@pytest.fixture(scope="module", params=["letters", "clothes"])
def trained(request, tmp_path_factory, keras):
    """A shelf with a run on such a file: shelf, file, names of the classes."""
    folder = tmp_path_factory.mktemp(request.param)
    names = list(letters.STYLES)[:26] if request.param == "letters" else list(TEN)
    path = csv(names, folder / "train.csv")
    dataset = registry.load(f"file:{path}")
    recipe = TOY.model_copy(update={"name": "mine", "dataset": f"file:{path}", "hidden": (32,), "epochs": 6})
    publishing.save(trainer.train(recipe, dataset), folder / "shelf")
    return folder / "shelf", path, tuple(sorted(names, key=dataset.class_names.index))


class Answers:
    """The models' process, in this one."""

    def __getattr__(self, name):
        def ask(*arguments, timeout=0, **named):
            try:
                return calls.CALLS[name](*arguments, **named)
            except ValueError as error:
                raise WorkerError(str(error)) from error

        return ask

    def start(self):
        """It is there already."""

    def quick_ready(self):
        return True

    slow_ready = quick_ready


@pytest.fixture
def shown(trained, monkeypatch):
    shelf, path, names = trained
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(shelf))
    monkeypatch.setenv("MNIST_ATELIER_FILES", str(path.parent))
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    monkeypatch.setattr("dashboard.cache.worker", Answers)
    cache.look_again()
    yield path, names
    cache.clear()


@pytest.mark.parametrize("trained", ["clothes"], indirect=True)
@pytest.mark.parametrize(("page", "named"), OPENED)
def test_every_page_opens_with_ten_other_names(page, named, shown):
    opens(page, named, shown[0])


@pytest.mark.parametrize("trained", ["letters"], indirect=True)
@pytest.mark.parametrize("page", ["draw", "explore", "evaluate", "label_review", "compare"])
def test_pages_open_with_26_classes(page, shown):
    opens(page, {}, shown[0])


def opens(page, named, path):
    """The page shows the file and its run."""
    own = {address.DATASET: address.OWN, address.FILE: str(path)} if page in ("explore", "map", "label_review") else {}
    app = visit(page, **named, **own, **({address.RUN: "mine"} if page != "map" else {}))
    assert not app.error
    assert "stand in" not in said(app)


def test_a_drawing_is_read_in_the_names_of_its_classes(shown):
    _, names = shown
    app = visit("draw", run="mine", drawing=STROKE)
    assert app.selectbox(key="run").value == "mine"
    text = said(app) + "".join(button.label for button in app.button)
    read = calls.predict("mine", np.zeros((1, 28, 28), np.uint8)).probabilities.shape[1]
    assert read == len(names)
    assert any(f"Why {name}?" in text for name in names)
    assert "No digit" not in text


def test_all_models_and_explanations_speak_its_names(shown):
    _, names = shown
    models = visit("draw", run="mine", drawing=STROKE, look="All models")
    assert any(f"The only model predicts {name}." in said(models) for name in names)
    explained = visit("draw", run="mine", drawing=STROKE, look="Explanation")
    assert any(f"speak for the predicted {name}," in said(explained) for name in names)


def test_the_matrix_has_its_names(shown):
    _, names = shown
    assert set(cache.class_report("mine", names)["class"]) == set(names)

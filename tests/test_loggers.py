"""What TensorBoard and MLflow keep is read as other libraries wrote it, and refused where it is damaged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import event, record, write_events, write_mlflow
from tests.test_importers import imported
from training.importers import from_tensorboard
from training.importers.from_mlflow import read as read_mlflow
from training.importers.from_tensorboard import column
from training.importers.parts import UnreadableError
from training.importers.plan import recognise
from training.runs import load_history


@pytest.mark.parametrize("plain", [True, False])
def test_what_tensorflow_logs_is_one_run_with_its_validation(plain, shelf, tmp_path, keras):
    """By TensorFlow's own writer, with the tags and folders of Keras's callback."""
    tf = pytest.importorskip("tensorflow")
    metadata = tf.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "scalars"})
    for part, start in (("train", 0.5), ("validation", 0.75)):
        with tf.summary.create_file_writer(str(tmp_path / "calm-river" / part)).as_default():
            for step in range(3):
                value = start / 2**step if plain else tf.constant(start / 2**step, tf.float64)
                tf.summary.write("epoch_loss", tf.convert_to_tensor(value), step, metadata)
            tf.summary.graph(tf.function(lambda x: x + 1).get_concrete_function(1.0).graph)
    plan, (outcome,) = imported(tmp_path / "calm-river")
    assert not plan.refused
    assert outcome.record.run_id == "calm-river"
    kept = load_history("calm-river")
    assert kept["epoch"].tolist() == [1, 2, 3]
    assert kept["loss"].tolist() == [0.5, 0.25, 0.125]
    assert kept["val_loss"].tolist() == [0.75, 0.375, 0.1875]


def test_what_pytorch_logs(shelf, tmp_path):
    values = [event(step, tag, step / 4) for step in range(1, 5) for tag in ("Loss/train", "Loss/val", "lr")]
    write_events(tmp_path / "night", *values)
    _, (outcome,) = imported(tmp_path / "night")
    assert outcome.record.run_id == "night"
    assert load_history("night")["val_loss"].tolist() == [0.25, 0.5, 0.75, 1]
    assert load_history("night")["learning_rate"].tolist() == [0.25, 0.5, 0.75, 1]


def test_a_training_that_was_continued_is_one(shelf, tmp_path):
    write_events(tmp_path / "a", event(1, "loss", 0.5), event(2, "loss", 0.25))
    write_events(tmp_path / "a", event(3, "loss", 0.125), name="events.out.tfevents.2.host")
    imported(tmp_path / "a")
    assert load_history("a")["loss"].tolist() == [0.5, 0.25, 0.125]


def test_many_steps_are_thinned(shelf, tmp_path):
    write_events(tmp_path / "a", *(event(step, "loss", 1.0) for step in range(12_000)))
    _, (outcome,) = imported(tmp_path / "a")
    assert outcome.remarks == ("Of its 12,000 steps 10,000 were kept, evenly chosen.",)
    assert len(load_history("a")) == 10_000


def test_what_was_cut_short_gives_what_came_before(tmp_path):
    path = write_events(tmp_path, event(1, "loss", 0.5), event(2, "loss", 0.25)[:-9])
    (part,) = from_tensorboard.read(path)
    assert part.content.table["loss"].tolist() == [0.5]


@pytest.mark.parametrize("place", range(40, 90, 7))
def test_a_flipped_bit_is_found(place, tmp_path):
    path = write_events(tmp_path, event(1, "loss", 0.5), event(2, "loss", 0.25))
    raw = bytearray(path.read_bytes())
    raw[place] ^= 4
    path.write_bytes(raw)
    with pytest.raises(UnreadableError, match=r"is damaged|no scalars"):
        from_tensorboard.read(path)


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_records_are_read_or_refused(tmp_path_factory, records):
    path = write_events(tmp_path_factory.getbasetemp() / "any", *map(record, records))
    plan = recognise([path])
    assert plan.runs or plan.refused


@pytest.mark.parametrize(
    ("tag", "validation", "expected"),
    [
        ("epoch_loss", False, "loss"),
        ("epoch_loss", True, "val_loss"),
        ("Accuracy/test", False, "val_accuracy"),
        ("train/loss", False, "loss"),
        ("val_loss", True, "val_loss"),
        ("batch_loss", False, None),
        ("F1", False, "F1"),
    ],
)
def test_what_a_tag_is_called(tag, validation, expected):
    assert column(tag, validation) == expected


def test_the_folder_of_mlflow(shelf, tmp_path, keras):
    runs = tmp_path / "mlruns"
    first = write_mlflow(runs / "0" / "a1")
    write_mlflow(runs / "0" / "b2", "wise-owl")
    (runs / "0" / "meta.yaml").write_text("experiment_id: 0\n")
    network = keras.Sequential([keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    (first / "artifacts" / "model" / "data").mkdir(parents=True)
    network.save(first / "artifacts" / "model" / "data" / "model.keras")
    plan, outcomes = imported(runs)
    assert not plan.refused
    assert [outcome.record.run_id for outcome in outcomes] == ["brave-crab-7", "wise-owl"]
    record, other = (outcome.record for outcome in outcomes)
    assert record.weights
    assert not other.weights
    assert (other.settings["learning_rate"], other.settings["batch_size"], other.settings["optimizer"]) == (
        0.01,
        32,
        "adam",
    )
    assert load_history("wise-owl")["loss"].tolist() == [0.5, 0.25]
    assert load_history("wise-owl")["val_loss"].tolist() == [0.75, 0.5]


@given(st.text(max_size=80))
def test_any_metric_is_read_or_refused(tmp_path_factory, text):
    folder = write_mlflow(tmp_path_factory.getbasetemp() / "mlflow")
    (folder / "metrics" / "loss").write_text(text, encoding="utf-8", errors="replace")
    try:
        (part,) = read_mlflow(folder)
    except UnreadableError:
        return
    assert np.isfinite(part.content.table["epoch"]).all()

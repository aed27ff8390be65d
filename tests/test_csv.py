"""Tables of labels and pixels are read as they are met, with names of columns or without, and refused by the line that is wrong."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.brought import digits, refusal, write_csv
from training.datasets import contents, registry
from training.datasets.dataset import DatasetError

X, Y = digits(8)
ORDER = np.lexsort((*X.reshape(len(X), -1).T, Y))


def in_order(images, labels):
    """The digits whatever their order in the dataset, to compare."""
    order = np.lexsort((*images.reshape(len(images), -1).T, labels))
    return images[order], labels[order]


def check(path, images=X, labels=Y, names="0123456789"):
    found = registry.load(f"file:{path}")
    assert found.class_names == tuple(names)
    for one, other in zip(in_order(found.images, found.labels), in_order(images, labels), strict=True):
        np.testing.assert_array_equal(one, other)
    return found


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", [True, False])
def test_a_table_with_the_label_first(separator, header, tmp_path):
    found = check(write_csv(tmp_path / "train.csv", X, Y, header, separator))
    assert found.facts.form == "CSV"
    assert found.facts.labels_from == ("column", "'label'" if header else "1")
    assert found.facts.seed == 1
    assert (found.facts.low, found.facts.high) == (0, 255)


def test_the_label_may_be_last_and_other_columns_may_stand_beside_it(tmp_path):
    rows = np.column_stack([X.reshape(len(X), -1), Y])
    np.savetxt(tmp_path / "bare.csv", rows, "%d", ",")
    assert check(tmp_path / "bare.csv").facts.labels_from == ("column", "65")
    names = ",".join([*(f"pixel{n}" for n in range(64)), "class"])
    np.savetxt(tmp_path / "named.csv", rows, "%d", ",", header=names, comments="")
    check(tmp_path / "named.csv")
    rows, names = np.column_stack([np.arange(len(X)), rows, Y * 3]), f"id,{names},writer"
    np.savetxt(tmp_path / "more.csv", rows, "%d", ",", header=names, comments="")
    assert check(tmp_path / "more.csv").facts.left_out == ("id", "writer")


def test_columns_named_by_numbers_alone(tmp_path):
    names = ",".join(["label", *map(str, range(64))])
    np.savetxt(tmp_path / "a.csv", np.column_stack([Y, X.reshape(len(X), -1)]), "%d", ",", header=names, comments="")
    check(tmp_path / "a.csv")


@pytest.mark.parametrize("index", [True, False])
def test_a_frame_of_pandas_as_it_is(index, tmp_path):
    pd.DataFrame(np.column_stack([Y, X.reshape(len(X), -1)])).to_csv(tmp_path / "frame.csv", index=index)
    check(tmp_path / "frame.csv")


def test_a_comma_before_fractions(tmp_path):
    path = write_csv(tmp_path / "share.csv", np.round(X / 255, 5), Y, header=False, separator=";")
    path.write_text(path.read_text().replace(".", ","))
    assert check(path).facts.high == 1


def test_tables_of_one_part_are_not_guessed_at(tmp_path):
    write_csv(tmp_path / "a.csv", X, Y)
    write_csv(tmp_path / "b.csv", X, Y)
    with pytest.raises(DatasetError, match="several tables: call them"):
        registry.load(f"file:{tmp_path}")
    write_csv(tmp_path / "old_train.csv", X, Y)
    assert check(tmp_path).facts.left_out == ("a.csv", "b.csv")
    write_csv(tmp_path / "new_train.csv", X, Y)
    with pytest.raises(
        DatasetError, match=r"several tables of one part \(new_train.csv, old_train.csv\): name one file"
    ):
        registry.load(f"file:{tmp_path}")


def test_labels_as_text_values_as_fractions_a_mark_of_bytes_and_gzip(tmp_path):
    names = [f"n{label}" for label in Y]
    check(write_csv(tmp_path / "text.csv", X, names), names=[f"n{n}" for n in range(10)])
    found = check(write_csv(tmp_path / "share.csv", np.round(X / 255, 5), Y))
    assert found.facts.high == 1
    plain = write_csv(tmp_path / "plain.csv", X, Y).read_bytes()
    (tmp_path / "marked.csv").write_bytes(b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n"))
    check(tmp_path / "marked.csv")
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(plain))
    check(tmp_path / "packed.csv.gz")


def test_a_folder_of_kaggle_and_one_of_two_parts(tmp_path):
    write_csv(tmp_path / "train.csv", X[:100], Y[:100])
    write_csv(tmp_path / "test.csv", X[100:])
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n")
    found = check(tmp_path, X[:100], Y[:100])
    assert found.facts.left_out == ("test.csv", "sample_submission.csv")
    assert found.facts.seed == 1
    write_csv(tmp_path / "test.csv", X[100:], Y[100:])
    found = check(tmp_path)
    assert (found.facts.train, found.facts.test, found.facts.seed) == (100, 50, None)


GOOD = ",".join(["label", *(f"p{n}" for n in range(64))]) + "\n" + "\n".join("1," + ",".join(["7"] * 64) for _ in "ab")
BAD = {
    "no label": (GOOD.replace("label,", "").replace("\n1,", "\n"), "no column of labels"),
    "no label, no names": ("\n".join([",".join(["7"] * 64)] * 3), "no column of labels"),
    "label unnamed": (GOOD.replace("label,", "what,why,").replace("\n1,", "\n1,2,"), "no column called label"),
    "no square": (GOOD.replace(",p63", "").replace("7,7\n", "7\n"), "make no square"),
    "names alone": (GOOD.partition("\n")[0], "no line below"),
    "few columns": ("a,b\n1,2\n", "2 columns, which is too few"),
    "an empty cell": (GOOD + "\n1," + ",".join(["7"] * 63), "line 4 has an empty cell"),
    "longer lines": (GOOD + "\n1," + ",".join(["7"] * 65), "line 4 has more columns"),
    "text between": (GOOD.replace("7,7\n", "7,oh\n"), "column p63 holds text"),
    "prose": ("Dear all, I have no dataset.\nYours\n", "columns, which is too few"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_table_is_refused_in_a_sentence(name, tmp_path):
    content, sentence = BAD[name]
    (tmp_path / "own.csv").write_text(content)
    with pytest.raises(DatasetError, match=sentence) as refused:
        registry.load(f"file:{tmp_path / 'own.csv'}")
    assert "\n" not in str(refused.value)


def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(contents.opened.__wrapped__, "__defaults__", (10_000,))
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(write_csv(tmp_path / "a.csv", X, Y).read_bytes()))
    with pytest.raises(DatasetError, match="unpacks to more than 0 MB"):
        registry.load(f"file:{tmp_path / 'bomb.csv.gz'}")


CELLS = st.one_of(st.integers(-1, 300).map(str), st.sampled_from(["", "0.5", "x", '"', "nan", "1e99"]))


@settings(max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=64, max_size=67), min_size=1, max_size=6))
def test_any_table_is_a_dataset_or_a_sentence(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("table") / "own.csv"
    path.write_text("\n".join(map(",".join, lines)))
    assert "\n" not in refusal(f"file:{path}")

"""Small trainings of the page Concepts, on scikit-learn's digits, which are always there."""

import numpy as np
import streamlit as st

from dashboard.cache.datasets import dataset
from dashboard.cache.keys import by_dataset
from training.concepts import features, perceptron
from training.concepts.filters import scaled
from training.datasets.dataset import Dataset

TESTED = 1000  # test digits of a dense end


def small_digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    """The 8 x 8 digits of "train", 1,000, or "test", 797: (n, 64) float from 0 to 1, and labels (n,)."""
    images, labels = dataset("digits").part(split)
    return scaled(images).reshape(len(images), -1), labels.astype(int)


def small_training(how: perceptron.Settings, examples: int = 1000, wrong: float = 0.0) -> perceptron.Training:
    """A perceptron trained on the first so many of these digits, that share of them with a wrong label, and tested on all 797."""
    return _small_training(repr((how, examples, wrong)), how, examples, wrong)


@st.cache_resource(show_spinner=False, max_entries=300)
def _small_training(key: str, _how: perceptron.Settings, _examples: int, _wrong: float) -> perceptron.Training:
    x, labels = (part[:_examples] for part in small_digits("train"))
    return perceptron.train(x, perceptron.mislabelled(labels, _wrong), *small_digits("test"), _how)


@by_dataset(st.cache_resource, show_spinner="Training the dense end", max_entries=4)
def dense_end(digits: Dataset) -> features.DenseEnd:
    """The dense end over given filters, trained on some digits of the dataset."""
    (x, labels), (test_x, test_labels) = (digits.part(split) for split in ("train", "test"))
    first = slice(features.EXAMPLES), slice(TESTED)
    return features.fit(x[first[0]], labels[first[0]].astype(int), test_x[first[1]], test_labels[first[1]].astype(int))

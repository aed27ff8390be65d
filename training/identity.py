"""Which test digits a run answered: the hash of their pictures and labels, or of the labels where only these are known."""

import hashlib

import numpy as np

from training.datasets.dataset import content_hash

OWN_DIGITS = "own digits"  # what the digits of a run from elsewhere are called where nothing else is known of them
# by the hash of their labels: test digits that are told by these alone, their dataset and what Dataset.test_sha256 is of it
KNOWN = {
    "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5": (
        "mnist",
        "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
    ),
    "05a5a0982c6916cac909891a100ebba83e05f6e74a91b766ec700647f791037b": (
        "digits",
        "bbf633c0f59c7b53f0f2641862d21fc43beadcc28b6f3c88eb872f153b77bed7",
    ),
}


def identify(labels: np.ndarray, images: np.ndarray | None = None) -> tuple[str, str]:
    """The name of the dataset of some test digits, OWN_DIGITS where it is not known, and their identity.

    The identity is the hash of pictures and labels as a Dataset has it, where the pictures are pixels; so a run from elsewhere
    counts as tested on the same digits as one of ours. Of labels alone it is their hash, told apart by a prefix, unless they are
    those of known test digits: thousands of labels in the same order are no coincidence.

    labels: (n,) of any integer type; images: (n, ...) in whatever form a model reads them, or None.
    """
    labels = np.ascontiguousarray(labels, np.uint8)
    raw = None if images is None else pixels(images)
    by_labels = KNOWN.get(of_labels(labels))
    if raw is None:
        return by_labels or (OWN_DIGITS, f"labels {of_labels(labels)}")
    digest = content_hash(raw, labels)
    return by_labels if by_labels and by_labels[1] == digest else (OWN_DIGITS, digest)


def of_labels(labels: np.ndarray) -> str:
    """SHA-256, in hexadecimal, of labels (n,) uint8."""
    return hashlib.sha256(np.ascontiguousarray(labels, np.uint8).data).hexdigest()


def pixels(images: np.ndarray) -> np.ndarray | None:
    """The pixels 0 to 255 that pictures were made from by moving and scaling all values alike, such as dividing by 255, subtracting
    the mean or both: uint8 of the same shape; None where they were made otherwise."""
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind not in "iuf" or not images.size:
        return None
    low, high = float(images.min()), float(images.max())
    if not np.isfinite([low, high]).all() or low == high:
        return None
    if images.dtype.kind in "iu":
        return images.astype(np.uint8) if low >= 0 and high <= 255 else None
    scaled = (images.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    rounded = np.rint(scaled)
    near = 0.2 if images.dtype == np.float16 else 0.02
    return rounded.astype(np.uint8) if np.abs(scaled - rounded).max() < near else None

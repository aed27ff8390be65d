"""Datasets in a folder with a folder of pictures for each class, perhaps below one for training and one for testing."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from models.preprocessing.picture_files import PictureError, open_picture
from training.datasets.dataset import DatasetError
from training.datasets.pixels import SIDES
from training.datasets.raw import TEST, TRAIN, Part, Raw, part_of_name
from training.datasets.readers import reader

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
SIDE = 28  # pixels a side to which pictures of several sizes, or of large ones, are brought
MAX_PICTURES = 200_000


def _is_folder(path: Path) -> bool:
    return path.is_dir() and bool(_parts(path))


def _parts(path: Path) -> dict[str, dict[str, list[Path]]]:
    """The pictures by part and class."""
    if classes := _classes(path):
        divided = {part_of_name(name) for name in classes} <= {TRAIN, TEST}
        return {} if divided else {TRAIN: classes}
    below = {part_of_name(folder.name): _classes(folder) for folder in _folders(path)}
    return {part: below[part] for part in (TRAIN, TEST) if below.get(part)}


def _classes(path: Path) -> dict[str, list[Path]]:
    files_by_class = {
        folder.name: sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)
        for folder in _folders(path)
    }
    return {name: files for name, files in files_by_class.items() if files}


def _folders(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))[:200]


@reader("folder of pictures", _is_folder)
def read(path: Path) -> Raw:
    """The pictures of each class. Raises DatasetError."""
    parts, resized = {}, False
    files = {
        part: [(name, file) for name, own in classes.items() for file in own] for part, classes in _parts(path).items()
    }
    if sum(map(len, files.values())) > MAX_PICTURES:
        raise DatasetError(f"it holds more than {MAX_PICTURES:,} pictures: bring a part of them.")
    opened = {part: [_grey(file, path) for _, file in own] for part, own in files.items()}
    sizes = {picture.size for pictures in opened.values() for picture in pictures}
    resized = len(sizes) > 1 or any(side not in SIDES for side in next(iter(sizes)))
    for part, own in files.items():
        pixels = np.stack([np.asarray(_fitted(one) if resized else one) for one in opened[part]])
        parts[part] = Part(pixels, np.array([name for name, _ in own]), "the pictures", "the folders' names")
    return Raw(parts, ("folders", ""), resized=resized)


def _grey(file: Path, folder: Path) -> Image.Image:
    """A picture in 256 grey levels, no larger than it is needed; what is transparent becomes paper."""
    try:
        picture = open_picture(file)
    except PictureError as error:
        raise DatasetError(f"{file.relative_to(folder)} cannot be read: {error}") from error
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        picture = Image.fromarray((values / (257 if values.max() > 255 else 1)).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = _on_paper(picture.convert("RGBA"))
    grey = picture.convert("L")
    return grey if max(grey.size) <= max(SIDES) else _fitted(grey, max(SIDES))


def _on_paper(picture: Image.Image) -> Image.Image:
    """What is drawn on a transparent ground, on white, or on black where it is light."""
    values = np.asarray(picture, np.float64)
    drawn = values[..., :3].mean(axis=2)[values[..., 3] > 127]
    paper = Image.new("RGBA", picture.size, "black" if len(drawn) and drawn.mean() > 127 else "white")
    return Image.alpha_composite(paper, picture)


def _fitted(picture: Image.Image, side: int = SIDE) -> Image.Image:
    """The picture in a square of `side` pixels, its sides in proportion, on the colour of its border."""
    values = np.asarray(picture)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    return ImageOps.pad(picture, (side, side), Image.Resampling.LANCZOS, color=int(np.median(border)))

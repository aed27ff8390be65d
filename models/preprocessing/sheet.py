"""A sheet of paper that lies on something else: found in a photograph, cut out and turned straight."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from models.preprocessing.paper import strokes_cut_close

SEEN = 160  # pixels of the longest side at which a sheet is looked for
SHARE = 0.15, 0.97  # of the picture that a sheet covers, at the least and at the most
FULL = 0.3  # of a sheet that may be written on
STRAIGHT = 0.88  # of the rectangle around a sheet that the sheet covers
ROUGHER = 2.0  # times that what it lies on is rougher than paper
DARK, COLOURED = 0.42, 1.35  # times the paper's light on what is no shadow on paper; between its colours
EDGE = 2  # pixels of those above by which a sheet is taken to be smaller


@dataclass(frozen=True)
class Sheet:
    """picture: the sheet alone and straight; corner, along, down: where its upper left corner lies in the photograph and
    where its sides lead, each (2,), to the right and down, as shares of the photograph."""

    picture: Image.Image
    corner: np.ndarray
    along: np.ndarray
    down: np.ndarray

    def box_outside(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the sheet, 0 to 1, to the box around it in the photograph, 0 to 1."""
        left, top, right, bottom = box
        points = [self.corner + x * self.along + y * self.down for x in (left, right) for y in (top, bottom)]
        return tuple(np.clip([*np.min(points, axis=0), *np.max(points, axis=0)], 0, 1).tolist())


def find_sheet(picture: Image.Image) -> Sheet | None:
    """The sheet of paper in a photograph in colours; nothing where the whole picture is one, or none is made out."""
    small = picture.copy()
    small.thumbnail((SEEN, SEEN), Image.Resampling.BOX)
    colours = np.asarray(small, np.float32)
    if min(colours.shape[:2]) < 24:
        return None
    light = _light(colours)
    if light is None:
        return None
    sheet = _largest(light)
    if sheet is None or _is_digit(colours[::2, ::2]) or (sheet & ~light).sum() > FULL * sheet.sum():
        return None
    angle, bounds = _rectangle(sheet)
    if not _is_straight(sheet, angle, bounds) or not _on_something(colours, light, sheet):
        return None
    return _cut_out(picture, colours, light, sheet, angle, bounds)


def _light(colours: np.ndarray) -> np.ndarray | None:
    """Where a picture is light, whatever lies there, (height, width) bool; nothing where all of it is about as light."""
    from skimage.filters import threshold_otsu

    smooth = ndimage.uniform_filter(colours, (3, 3, 1)).max(axis=2)
    if np.ptp(smooth) < 40:
        return None
    return smooth > threshold_otsu(smooth, nbins=64)


def _largest(light: np.ndarray) -> np.ndarray | None:
    """The largest light part, with what is written on it also at its edge, (height, width) bool; nothing where that is
    nearly all of the picture, or little of it."""
    from skimage.morphology import convex_hull_image

    parts, count = ndimage.label(ndimage.binary_opening(np.pad(light, 4, mode="edge"), iterations=2)[4:-4, 4:-4])
    if not count:
        return None
    sheet = parts == np.argmax(np.bincount(parts.ravel())[1:]) + 1
    if not SHARE[0] / 2 <= sheet.mean() or ndimage.binary_fill_holes(sheet).mean() > SHARE[1]:
        return None
    hull = convex_hull_image(sheet)
    return hull if SHARE[0] <= hull.mean() <= SHARE[1] else None


def _is_digit(colours: np.ndarray) -> bool:
    """Whether what is dark at the sides of a picture is a digit cut close, and not what a sheet lies on: that fills a side."""
    ink = strokes_cut_close(colours)
    if ink is None or colours[ink].mean() > colours[~ink].mean():
        return False
    return all(side.mean() < 0.9 for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def _rectangle(sheet: np.ndarray) -> tuple[float, tuple[float, float, float, float]]:
    """The smallest rectangle around a mask: its angle in radians, and its left, top, right, bottom once turned by it."""
    inner = ndimage.binary_erosion(sheet)
    points = np.argwhere(sheet & ~inner)[:, ::-1].astype(float)

    def bounds(degrees: float) -> tuple[float, tuple]:
        turned = points @ _turning(np.deg2rad(degrees))
        # a few pixels of the border may be something else
        low, high = np.quantile(turned, 0.005, axis=0), np.quantile(turned, 0.995, axis=0)
        return float(np.prod(high - low)) + abs(degrees), (*low, *high)

    best = min(np.arange(-44, 45, 1.0), key=lambda degrees: bounds(degrees)[0])
    return float(np.deg2rad(best)), bounds(best)[1]


def _turning(angle: float) -> np.ndarray:
    """The matrix (2, 2) that takes points, right and down, from the picture to the rectangle that is turned by the angle."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _is_straight(sheet: np.ndarray, angle: float, bounds: tuple[float, float, float, float]) -> bool:
    """Whether a mask fills what the picture shows of the rectangle around it."""
    rows, columns = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    turned = np.stack([columns, rows], axis=-1) @ _turning(angle)
    inside = ((turned >= bounds[:2]) & (turned <= bounds[2:])).all(axis=-1)
    return bool((sheet & inside).sum() >= STRAIGHT * inside.sum())


def _on_something(colours: np.ndarray, light: np.ndarray, sheet: np.ndarray) -> bool:
    """Whether a sheet lies on something that is no paper in a shadow: rougher, far darker, or of another colour."""
    around, on = ~ndimage.binary_dilation(sheet, iterations=3), ndimage.binary_erosion(sheet & light, iterations=2)
    if around.mean() < 0.02 or not on.any():
        return False
    levels = colours.mean(axis=2)
    fine = np.abs(levels - ndimage.uniform_filter(levels, 5))
    if np.median(fine[around]) > ROUGHER * np.median(fine[on]) + 1.5:
        return True
    share = np.median(colours[around], axis=0) / np.maximum(np.median(colours[on], axis=0), 1)
    return bool(share.mean() < DARK or share.max() > COLOURED * share.min())


def _cut_out(picture, colours, light, sheet, angle, bounds) -> Sheet:
    """The sheet straight, and paper where something else lies within the rectangle around it."""
    size = np.array(picture.size)
    scale = size / colours.shape[1::-1]
    inner = ndimage.binary_erosion(sheet, iterations=EDGE, border_value=1)
    paper = ndimage.binary_erosion(sheet & light, iterations=EDGE, border_value=1)
    places = ndimage.distance_transform_edt(~(paper if paper.any() else inner), return_indices=True)[1]
    plain = Image.fromarray(colours[tuple(places)].astype(np.uint8)).resize(picture.size, Image.Resampling.BILINEAR)
    cover = Image.fromarray(np.where(inner, 255, 0).astype(np.uint8)).resize(picture.size, Image.Resampling.BILINEAR)
    alone = Image.composite(picture, plain, cover)
    back = _turning(angle).T
    left, top, right, bottom = bounds
    corners = np.array([(left, top), (right, top), (left, bottom)]) @ back * scale
    corner, along, down = corners[0], corners[1] - corners[0], corners[2] - corners[0]
    wide, high = (max(8, round(float(np.hypot(*side)))) for side in (along, down))
    border = round(0.2 * max(picture.size))
    padded = Image.fromarray(np.pad(np.asarray(alone), ((border, border), (border, border), (0, 0)), mode="edge"))
    way = (along[0] / wide, down[0] / high, corner[0] + border, along[1] / wide, down[1] / high, corner[1] + border)
    straight = padded.transform((wide, high), Image.Transform.AFFINE, way, Image.Resampling.BILINEAR)
    return Sheet(straight, corner / size, along / size, down / size)

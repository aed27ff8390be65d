"""Whatever the picture, its digits come out scaled and centred as MNIST's, or a sentence says what is wrong with it."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from scipy import ndimage

from models.preprocessing import picture_files
from models.preprocessing.picture_files import PictureError, open_picture
from models.preprocessing.pictures import find_digits, from_picture, read_file
from models.preprocessing.strokes import NoDigitError, from_strokes
from tests import bad_pictures, digit_pages, papers

SEVEN = [np.array([(0, 0), (10, 0), (3, 16)], float), np.array([(2, 8), (9, 8)], float)]
ONE = [np.array([(5, 0), (4, 20)], float)]


@given(arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
@settings(max_examples=150)
def test_any_picture_is_a_digit_or_none(pixels):
    try:
        digit = from_picture(Image.fromarray(pixels))
    except NoDigitError:
        return
    assert digit.shape == (28, 28)
    assert digit.dtype == np.uint8
    assert digit.max() > 0


def test_mnist_comes_back_nearly_as_it_is(mnist):
    images, _ = mnist.part("test")
    images = images[:300].astype(int)
    again = np.stack([from_picture(Image.fromarray(image.astype(np.uint8))) for image in images])
    moved = np.abs(np.roll(images, 1, axis=2) - images).mean()
    assert np.abs(again - images).mean() < moved / 2  # MNIST's own digits stand on whole pixels, ours do not


@pytest.mark.parametrize(
    "make",
    {
        "white on black": lambda ink: Image.fromarray(ink),
        "black on white": lambda ink: Image.fromarray(255 - ink),
        "blue on cream": lambda ink: Image.merge(
            "RGB", [Image.fromarray((250 - ink * f).astype(np.uint8)) for f in (0.9, 0.8, 0.3)]
        ),
        "black on nothing": lambda ink: Image.merge("LA", [Image.new("L", ink.T.shape, 0), Image.fromarray(ink)]),
        "white on nothing": lambda ink: Image.merge("LA", [Image.new("L", ink.T.shape, 255), Image.fromarray(ink)]),
        "16 bit": lambda ink: Image.fromarray((60000 - ink * 200.0).astype(np.uint16)),
        "palette": lambda ink: Image.fromarray(255 - ink).convert("P"),
        "cmyk": lambda ink: Image.fromarray(255 - ink).convert("CMYK"),
        "faint": lambda ink: Image.fromarray((200 - ink * 0.2).astype(np.uint8)),
    }.items(),
    ids=lambda item: item[0],
)
def test_paper_and_ink_do_not_matter(make):
    digit = from_strokes(SEVEN)
    ink = np.zeros((300, 200), np.uint8)
    ink[40:236, 2:198] = np.kron(digit, np.ones((7, 7), np.uint8))
    assert np.abs(from_picture(make[1](ink)).astype(int) - digit).mean() < 5


def test_specks_are_passed_over():
    digit = from_strokes(SEVEN)
    ink = np.pad(np.kron(digit, np.ones((6, 6), np.uint8)), 60)
    clean = from_picture(Image.fromarray(ink))
    ink[5:8, 5:8] = 255
    np.testing.assert_array_equal(from_picture(Image.fromarray(ink)), clean)


def test_a_photograph_is_turned_upright():
    upright = Image.fromarray(np.pad(np.kron(from_strokes(SEVEN), np.ones((4, 4), np.uint8)), 20))
    turned, exif = upright.rotate(90, expand=True), Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter when shown
    stream = io.BytesIO()
    turned.save(stream, "PNG", exif=exif)
    np.testing.assert_array_equal(from_picture(open_picture(stream)), from_picture(upright))


@pytest.mark.parametrize("level", [0, 90, 255])
def test_an_empty_picture_holds_no_digit(level):
    with pytest.raises(NoDigitError, match="No digit was found"):
        from_picture(Image.new("L", (50, 50), level))


def png(width, height):
    stream = io.BytesIO()
    Image.new("1", (width, height)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"neither of them", "not a picture that can be read; PNG, JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing, which cannot be read here: save it as PNG"),
        (png(600, 600)[:60], "damaged"),
        (png(20_000, 20_000), "too large"),
    ],
)
def test_pictures_that_are_none_are_refused(content, sentence):
    with pytest.raises(PictureError, match=sentence):
        open_picture(io.BytesIO(content))


@given(st.binary(max_size=200), st.integers(0, 200))
@settings(max_examples=150)
def test_mutated_files_never_raise_anything_else(noise, place):
    good = png(40, 40)
    with contextlib.suppress(PictureError, NoDigitError):
        from_picture(open_picture(io.BytesIO(good[:place] + noise + good[place + len(noise) :])))


BAD = dict(bad_pictures.everything())


def read(content):
    """How many digits are found, or the sentence that says why none is."""
    try:
        return len(find_digits(open_picture(io.BytesIO(content))))
    except (PictureError, NoDigitError) as error:
        return str(error)


@pytest.mark.parametrize("name", BAD)
def test_a_strange_picture_is_read_or_one_sentence(name):
    found = read(BAD[name])
    if name in bad_pictures.READABLE:
        assert found == 1
    elif name in bad_pictures.NO_DIGIT:
        assert found.startswith("No digit was found")
    elif isinstance(found, str):
        assert found.endswith(".")
        assert "\n" not in found


@pytest.mark.parametrize("name", papers.KINDS)
def test_a_seven_is_found_on_any_paper(name):
    rng = np.random.default_rng(3)
    content = papers.camera(papers.KINDS[name](SEVEN, rng), rng)
    digit = from_picture(open_picture(io.BytesIO(content)))
    overlap = (digit > 60) & (ndimage.binary_dilation(from_strokes(SEVEN) > 60, iterations=2))
    assert overlap.sum() > 0.9 * (digit > 60).sum()
    assert digit.max() > 150


@pytest.mark.parametrize("name", digit_pages.KINDS)
def test_several_digits_are_found_in_reading_order(name):
    for seed in range(1, 4):
        rng = np.random.default_rng(seed)
        sheet, places = digit_pages.KINDS[name]([SEVEN, ONE, SEVEN, ONE, ONE], rng)
        boxes = np.array([digit.box for digit in find_digits(open_picture(io.BytesIO(papers.camera(sheet, rng))))])
        assert len(boxes) == len(places)
        assert ((boxes[:, :2] < places) & (places < boxes[:, 2:])).all()


@pytest.mark.parametrize("margin", [0, 1, 2, 4])
@pytest.mark.parametrize("smooth", [False, True])
def test_a_digit_cut_close_is_the_same_digit(mnist, margin, smooth):
    images = mnist.part("test")[0][:40]
    cut = [papers.cut_close(image, margin, 10, smooth) for image in images]
    again = np.stack([from_picture(open_picture(io.BytesIO(content))) for content in cut]).astype(int)
    off = np.abs(again - images).mean(axis=(1, 2))  # in grey levels; by a pixel to the side it would be 25
    assert np.sort(off)[-2] < 16
    assert off.mean() < 9


def several(form, *strokes, **options):
    """A file of one picture for each; a blank one where there are no strokes."""
    drawn = [from_strokes(one) if one else np.zeros((28, 28), np.uint8) for one in strokes]
    first, *others = [Image.fromarray(255 - np.kron(one, np.ones((5, 5), np.uint8))).convert("RGB") for one in drawn]
    return io.BytesIO(bad_pictures.encode(first, form, save_all=True, append_images=others, **options))


def test_every_page_of_a_tiff_is_read_and_an_empty_one_hides_no_other():
    pages = read_file(several("TIFF", [], SEVEN, ONE))
    assert [(page.number, page.count, page.animated) for page in pages] == [(1, 3, False), (2, 3, False), (3, 3, False)]
    assert isinstance(pages[0].found, NoDigitError)
    for page, strokes in zip(pages[1:], (SEVEN, ONE), strict=True):
        assert np.abs(page.found[0].image.astype(int) - from_strokes(strokes)).mean() < 6


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_with_something_on_it_is_read(form):
    [page] = read_file(several(form, SEVEN, ONE, duration=100))
    assert (page.number, page.count, page.animated) == (1, 2, True)
    [page] = read_file(several(form, [], SEVEN, ONE, duration=100))
    assert (page.number, page.count) == (2, 3)
    assert np.abs(page.found[0].image.astype(int) - from_strokes(SEVEN)).mean() < 6
    [page] = read_file(io.BytesIO(bad_pictures.encode(Image.new("L", (60, 60), 255), form)))
    assert isinstance(page.found, NoDigitError)


def test_a_damaged_page_hides_no_other():
    content = bytearray(several("TIFF", SEVEN, ONE).getvalue())
    with Image.open(io.BytesIO(content)) as picture:
        picture.seek(1)
        entries = picture.tag_v2._offset
    pages = read_file(io.BytesIO(bytes(content[: entries + 8]) + b"\xff" * (len(content) - entries - 8)))
    assert len(pages[0].found) == 1


def test_pages_beyond_the_limit_are_counted_and_not_opened(monkeypatch):
    monkeypatch.setattr(picture_files, "MAX_PAGES", 2)
    assert [(page.number, page.count) for page in read_file(several("TIFF", SEVEN, ONE, ONE, ONE))] == [(1, 4), (2, 4)]


@given(st.integers(8, 64), st.integers(8, 64))
@settings(max_examples=30, deadline=None)
def test_a_digit_comes_in_the_size_that_is_asked_for(height, width):
    picture = Image.fromarray(255 - np.kron(from_strokes(SEVEN), np.ones((5, 5), np.uint8)))
    [digit] = find_digits(picture, (height, width))
    assert digit.image.shape == (height, width)
    assert digit.image.max() > 100

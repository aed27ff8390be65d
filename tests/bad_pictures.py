"""Pictures that are damaged, strange, dangerous, or without a digit, by name: for tests and a benchmark."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from models.preprocessing.strokes import from_strokes

SEVEN = np.kron(from_strokes([[(0, 0), (10, 0), (3, 16)], [(2, 8), (9, 8)]]), np.ones((10, 10), np.uint8))


def encode(picture: Image.Image, form: str = "PNG", **options) -> bytes:
    """The picture as a file."""
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds zeros for it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    rows = zlib.compress(b"\0" * min((width // 8 + 1) * height, 4_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def everything() -> Iterator[tuple[str, bytes]]:
    """Name and content of each."""
    yield from files()
    yield from sizes()
    yield from modes()
    yield from scenes()


def files() -> Iterator[tuple[str, bytes]]:
    """No pictures, or no longer."""
    good, ink = encode(Image.fromarray(SEVEN)), Image.fromarray(SEVEN)
    jpeg, gif, webp, tiff, bmp = (encode(ink, form) for form in ("JPEG", "GIF", "WEBP", "TIFF", "BMP"))
    yield "empty", b""
    yield "one byte", b"\x89"
    yield "zeros", b"\0" * 5000
    yield "noise", np.random.default_rng(0).bytes(5000)
    yield "text", b"This is a seven." * 50
    yield "html", b"<!doctype html><img src='seven.png'>"
    yield "svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0h9l-5 9'/></svg>"
    yield "svg called png", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"
    yield "heic called jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 900
    yield "avif called png", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 900
    yield "pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    yield "zip", b"PK\x03\x04" + b"\0" * 200
    yield "pickle", b"\x80\x04\x95\x0b\0\0\0\0\0\0\0\x8c\x07os.exit\x94."
    yield "postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
    yield "png header alone", good[:8]
    yield "png without pixels", good[:33] + chunk(b"IEND", b"")
    yield "png cut in the middle", good[: len(good) // 2]
    yield "png without its last byte", good[:-1]
    yield "png with a wrong sum", good[:50] + bytes([good[50] ^ 255]) + good[51:]
    yield "png with a wrong filter", good.replace(b"IDAT", b"IDAX")
    yield "png followed by another", good + good
    yield "jpeg header alone", jpeg[:20]
    yield "jpeg cut in the middle", jpeg[: len(jpeg) // 2]
    yield "jpeg full of zeros", jpeg[:200] + b"\0" * 2000
    yield "gif cut in the middle", gif[: len(gif) // 2]
    yield "webp cut in the middle", webp[: len(webp) // 2]
    yield "tiff cut in the middle", tiff[: len(tiff) // 2]
    yield "tiff that points at itself", tiff[:4] + struct.pack("<I", 4) + tiff[8:]
    yield "bmp cut in the middle", bmp[: len(bmp) // 2]
    yield "bmp with a negative size", bmp[:18] + struct.pack("<ii", -280, -280) + bmp[26:]


def sizes() -> Iterator[tuple[str, bytes]]:
    """Of strange size."""
    yield "one pixel", encode(Image.new("L", (1, 1), 255))
    yield "two pixels", encode(Image.fromarray(np.array([[0, 255]], np.uint8)))
    yield "one row", encode(Image.fromarray(SEVEN[100:101]))
    yield "one column", encode(Image.fromarray(SEVEN[:, 100:101]))
    yield "20,000 pixels wide", encode(Image.fromarray(np.tile(SEVEN[::28], (1, 80))[:, :20_000]))
    yield "20,000 pixels high", encode(Image.fromarray(np.tile(SEVEN[:, ::28], (80, 1))[:20_000]))
    yield "20,000 by 20,000", bomb(20_000, 20_000)
    yield "bomb of four billion pixels", bomb(65_000, 65_000)
    yield "bomb of the largest size", bomb(2**31 - 1, 2**31 - 1)
    yield "no width", bomb(0, 10)
    yield "large jpeg", encode(large(20), "JPEG", quality=50)
    yield "jpeg in passes", encode(large(14), "JPEG", quality=50, progressive=True)
    yield "too large a jpeg in passes", encode(large(15), "JPEG", quality=50, progressive=True)
    yield "large png", encode(large(10), compress_level=1)
    yield "large png with transparency", encode(Image.merge("LA", [large(10), large(10)]), compress_level=1)
    yield "large tiff of floats", encode(Image.fromarray(np.asarray(large(10), np.float32)), "TIFF")


def large(factor: int) -> Image.Image:
    return Image.fromarray(np.kron(SEVEN, np.ones((factor, factor), np.uint8)))


def modes() -> Iterator[tuple[str, bytes]]:
    """In unusual forms, with a seven that can be read."""
    ink, paper = Image.fromarray(SEVEN), Image.fromarray(255 - SEVEN)
    yield "animated gif", encode(paper, "GIF", save_all=True, append_images=[ink] * 20)
    yield "animated webp", encode(paper.convert("RGB"), "WEBP", save_all=True, append_images=[ink.convert("RGB")] * 5)
    yield "animated png", encode(paper, "PNG", save_all=True, append_images=[ink] * 5)
    yield "tiff of two pages", encode(paper, "TIFF", save_all=True, append_images=[ink])
    yield "cmyk", encode(paper.convert("CMYK"), "JPEG")
    yield "16 bit", encode(Image.fromarray((255 - SEVEN).astype(np.uint16) * 200))
    yield "32 bit floats", encode(Image.fromarray((255 - SEVEN).astype(np.float32) / 255), "TIFF")
    yield "floats that are none", encode(Image.fromarray(np.where(SEVEN, np.nan, 1).astype(np.float32)), "TIFF")
    yield "palette", encode(paper.convert("P"))
    palette = paper.convert("P")
    yield "palette with transparency", encode(palette, transparency=255)
    yield "black ink on nothing", encode(Image.merge("LA", [Image.new("L", ink.size, 0), ink]))
    yield "white ink on nothing", encode(Image.merge("LA", [Image.new("L", ink.size, 255), ink]))
    yield "wholly transparent", encode(Image.new("RGBA", (90, 90), (0, 0, 0, 0)))
    yield "one bit", encode(paper.convert("1"))
    yield (
        "a wrong orientation",
        encode(paper, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0"),
    )


def scenes() -> Iterator[tuple[str, bytes]]:
    """Without a digit."""
    rng = np.random.default_rng(1)
    down = np.mgrid[:200, :200][0]
    yield "black", encode(Image.new("L", (90, 90)))
    yield "white", encode(Image.new("RGB", (90, 90), (255, 255, 255)))
    yield "grey noise", encode(Image.fromarray(rng.integers(0, 256, (300, 300), dtype=np.uint8)))
    yield "faint noise", encode(Image.fromarray(rng.normal(200, 3, (300, 300)).clip(0, 255).astype(np.uint8)))
    yield "a slope of light", encode(Image.fromarray((down + 40).astype(np.uint8)))
    yield (
        "empty squared paper",
        encode(Image.fromarray(np.where((np.mgrid[:200, :200] % 25 < 2).any(0), 150, 250).astype(np.uint8))),
    )
    yield "empty ruled paper", encode(Image.fromarray(np.where(down % 30 < 2, 150, 250).astype(np.uint8)))


NO_DIGIT = {name for name, _ in scenes()} | {"wholly transparent", "one pixel"}
READABLE = {name for name, _ in modes()} - {"wholly transparent", "floats that are none", "palette with transparency"}

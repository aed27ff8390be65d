"""Zip archives that people bring, unpacked into a folder, with limits on what they may hold."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from training.importers.parts import UnreadableError, head

MAX_BYTES, MAX_MEMBERS = 1_000_000_000, 2_000  # of all files of all archives together, and the number of those of one
MAX_RATIO, SMALL = 300, 20_000_000  # times its size that an archive may unpack to, if that is more than so many bytes
PIECE = 1 << 20
# what archives hold that are a format of their own
FORMATS = (".keras", ".npz", ".pt", ".pth")
MEMBERS_OF_FORMATS = {"config.json", "model.weights.h5", "[Content_Types].xml"}


def is_archive(path: Path) -> bool:
    """Whether a file is an archive of files, and not a format that is kept as one, such as .keras and .npz."""
    if not path.is_file() or path.suffix in FORMATS or not head(path).startswith(b"PK"):
        return False
    if path.suffix == ".zip":
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return False
    return not set(names) & MEMBERS_OF_FORMATS and not all(name.endswith(".npy") for name in names)


def unpack(path: Path, into: Path, most: int = MAX_BYTES) -> int:
    """Unpack an archive into a new folder, and give how many bytes it has there. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check(members, path.stat().st_size, most)
            into.mkdir(parents=True, exist_ok=True)
            for member in members:
                _write(archive, member, into)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableError("is a damaged archive, or one with a password: pack it again as zip") from error
    return sum(member.file_size for member in members)


def check_size(members: list[zipfile.ZipInfo], packed: int, most: int = MAX_BYTES) -> None:
    """Raises UnreadableError where members claim to unpack to more than that, or to so much more than their packed size that they
    are made to fill a disk."""
    total = sum(member.file_size for member in members)
    if total > most:
        raise UnreadableError(f"unpacks to {total / 1e6:,.0f} MB, and {most // 10**6:,} MB at most are read")
    if total > SMALL and total > MAX_RATIO * max(packed, 1):
        raise UnreadableError(f"unpacks to {total // max(packed, 1):,} times its size, as no run does")


def _check(members: list[zipfile.ZipInfo], packed: int, most: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableError(f"holds {len(members):,} files, and {MAX_MEMBERS:,} at most are read")
    check_size(members, packed, most)
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UnreadableError(f"holds a link ({name.name[:60]}), which could lead anywhere")
        if name.is_absolute() or ".." in name.parts or ":" in str(name):
            raise UnreadableError("holds a file that would be written outside its folder")


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path) -> None:
    target = into / PurePosixPath(member.filename.replace("\\", "/"))
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as stream, open(target, "wb") as file:
        while piece := stream.read(PIECE):
            file.write(piece)

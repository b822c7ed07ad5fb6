"""Which characters the fonts at hand can print. A PDF maker drops a missing character silently; a paper must not."""

import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn

from mediation.errors import BadInput

BUNDLED = Path(pylopdf_fonts_zh_cn.__file__).parent
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}


def font_folders(font_folder: Path | None) -> tuple[Path, ...]:
    """The office's own folder first, then the fonts that come with the package."""
    if font_folder is not None and not font_folder.is_dir():
        raise BadInput(f"找不到字体文件夹“{font_folder}”，请核对设置。")
    return (font_folder, BUNDLED) if font_folder else (BUNDLED,)


def missing_characters(text: str, font_folder: Path | None = None) -> tuple[str, ...]:
    """The characters of `text` that no font at hand has, each once, in order of appearance."""
    covered = _covered(font_folders(font_folder))
    return tuple(c for c in dict.fromkeys(text) if not c.isspace() and ord(c) not in covered)


@lru_cache(maxsize=8)
def _covered(folders: tuple[Path, ...]) -> frozenset[int]:
    """The code points of all fonts in the folders; read once, so new fonts need a restart."""
    files = (path for folder in folders for path in sorted(folder.iterdir()) if path.suffix.lower() in _SUFFIXES)
    return frozenset(point for path in files for point in code_points(path))


def code_points(path: Path) -> Iterator[int]:
    """The code points that a font file maps to a glyph. BadInput if it is no font that can be read."""
    data = path.read_bytes()
    try:
        for start in _faces(data):
            for subtable in _subtables(data, start):
                yield from _mapped(data, subtable)
    except (struct.error, IndexError):
        raise BadInput(f"字体文件“{path.name}”无法读取，请更换字体文件。") from None


def _faces(data: bytes) -> tuple[int, ...]:
    """Where each face of the file starts: one, or several in a collection."""
    if data[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack_from(">I", data, 8)
    return struct.unpack_from(f">{count}I", data, 12)


def _subtables(data: bytes, face: int) -> set[int]:
    """Offsets of the Unicode character maps of one face."""
    (tables,) = struct.unpack_from(">H", data, face + 4)
    for i in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", data, face + 12 + 16 * i)
        if tag == b"cmap":
            (count,) = struct.unpack_from(">H", data, start + 2)
            records = [struct.unpack_from(">HHI", data, start + 4 + 8 * j) for j in range(count)]
            return {start + offset for platform, encoding, offset in records if platform == 0 or encoding in (1, 10)}
    return set()


def _mapped(data: bytes, at: int) -> Iterator[int]:
    """Code points of one subtable: format 4 (two bytes) or 12 (all planes); the others hold nothing needed here."""
    (form,) = struct.unpack_from(">H", data, at)
    if form == 12:
        (groups,) = struct.unpack_from(">I", data, at + 12)
        for i in range(groups):
            first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * i)
            yield from range(first + (glyph == 0), last + 1)
    elif form == 4:
        yield from _format_4(data, at)


def _format_4(data: bytes, at: int) -> Iterator[int]:
    (double,) = struct.unpack_from(">H", data, at + 6)
    count, ends = double // 2, at + 14
    starts, deltas, offsets = ends + double + 2, ends + 2 * double + 2, ends + 3 * double + 2
    for i in range(count):
        (last,) = struct.unpack_from(">H", data, ends + 2 * i)
        (first,) = struct.unpack_from(">H", data, starts + 2 * i)
        (delta,) = struct.unpack_from(">H", data, deltas + 2 * i)
        (offset,) = struct.unpack_from(">H", data, offsets + 2 * i)
        for point in range(first, min(last, 0xFFFE) + 1):
            if not offset:
                glyph = (point + delta) & 0xFFFF
            else:
                (glyph,) = struct.unpack_from(">H", data, offsets + 2 * i + offset + 2 * (point - first))
            if glyph:
                yield point

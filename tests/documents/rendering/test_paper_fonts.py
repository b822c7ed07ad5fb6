"""Characters that no font has are found, in whichever form a font file keeps its list."""

import struct
from pathlib import Path

import pytest

from mediation.errors import BadInput
from mediation.papers.fonts import BUNDLED, code_points, missing_characters


def format_4(first: int, last: int) -> bytes:
    """A two-byte character map with one range and its end mark."""
    arrays = struct.pack(">2HH2H2h2H", last, 0xFFFF, 0, first, 0xFFFF, 1 - first, 1, 0, 0)
    return struct.pack(">7H", 4, 14 + len(arrays), 0, 4, 4, 1, 0) + arrays


def format_12(first: int, last: int) -> bytes:
    """A four-byte character map with one range."""
    return struct.pack(">HHIII3I", 12, 0, 28, 0, 1, first, last, 1)


def face(table: bytes, base: int = 0) -> bytes:
    """A font file that holds nothing but one character map; `base` is where it starts in a collection."""
    head = struct.pack(">I4H", 0x00010000, 1, 16, 0, 0)
    entry = struct.pack(">4sIII", b"cmap", 0, base + 28, 12 + len(table))
    return head + entry + struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def test_each_form_is_read(tmp_path: Path) -> None:
    collection = struct.pack(">4sIII", b"ttcf", 0x00010000, 1, 16) + face(format_4(0x4E00, 0x4E02), 16)
    for name, data, points in [
        ("two.ttf", face(format_4(0x4E00, 0x4E03)), set(range(0x4E00, 0x4E04))),
        ("four.otf", face(format_12(0x1F600, 0x1F601)), {0x1F600, 0x1F601}),
        ("many.ttc", collection, {0x4E00, 0x4E01, 0x4E02}),
    ]:
        (tmp_path / name).write_bytes(data)
        assert set(code_points(tmp_path / name)) == points
    assert missing_characters("一\U0001f600\U0001f602", tmp_path) == ("\U0001f602",)


def test_rare_characters_of_names_are_there() -> None:
    assert missing_characters("喆垚赟堃䶮𬭎㛃玥镕〇壹贰") == ()


def test_missing_characters_come_once_and_in_order() -> None:
    assert missing_characters("张\U0001f602三\U0001f600 \n\u3000\U0001f602") == ("\U0001f602", "\U0001f600")


@pytest.mark.parametrize("data", [b"", b"not a font at all", b"ttcf\x00\x01"])
def test_a_file_that_is_no_font_is_named(tmp_path: Path, data: bytes) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(data)
    with pytest.raises(BadInput, match=r"broken\.ttf"):
        list(code_points(broken))


def test_the_bundled_fonts_hold_all_common_characters() -> None:
    common = "".join(
        bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)
    )
    assert len(common) == 6763
    assert BUNDLED.is_dir()
    assert missing_characters(common) == ()

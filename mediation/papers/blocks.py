"""The line markup of a rendered paper, and its reading into blocks.

The markup is frozen in the database, so its grammar (document_templates/README.md) may grow but never change meaning.
Values typed by people pass `escaped` first: whatever they hold, they stay words inside the block they were put in.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from mediation.errors import BadInput

MARKERS = "^=@#+:|!<>-_%\\"
_NUMBERS = "零一二三四五六七八九十"
_CELL = re.compile(r"\\.|\||[^\\|]+|\\")
_COLUMN = re.compile(r"([<^>])([1-9]\d?)(!?)\Z")
_CODE = "-qr "
"""No value begins a line so: a value's own first hyphen is escaped."""
_ALIGNMENTS = {"<": "left", "^": "center", ">": "right"}


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. `kind`: letterhead, title, number, heading, subheading, item, flush, note or paragraph."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels and values, as a form shows them."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """How a table column looks: `align` left/center/right, relative `width`, and whether people sign in it."""

    align: str
    width: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header repeats on every page."""

    columns: tuple[Column, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign in two columns; never torn apart by a page end."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """The name of the body and the date at the lower right, with room for the seal."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code that holds `text`, with `words` beside it."""

    text: str
    words: str


@dataclass(frozen=True, slots=True)
class FillLine:
    """A line to write on by hand."""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a new page."""


Block = Line | Pairs | Table | Signatures | Closing | Code | FillLine | PageBreak


def printable(value: str) -> str:
    """The visible characters of `value`; line ends become one form, invisible characters go."""
    value = re.sub(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", value).replace("\t", " ")
    return "".join(c for c in value if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


def escaped(value: str) -> str:
    """`value` so that `blocks` reads it back as the same words, wherever a template prints it."""
    text = printable(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")
    return f"\\{text}" if text and text[0] in MARKERS.replace("\\", "").replace("|", "") else text


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a rendered paper, headings and items numbered. BadInput tells the line that cannot be read."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.split("\n"), 1)]
    runs = groupby(lines, key=lambda entry: _kind(entry[1]))
    return tuple(_numbered(block for kind, run in runs for block in _read(kind, list(run))))


def title_of(found: tuple[Block, ...]) -> str:
    """The words of the title line, for the properties of a file."""
    return next((block.text for block in found if isinstance(block, Line) and block.kind == "title"), "")


def _kind(line: str) -> str:
    """What a line is, told by its first character alone."""
    if line == "---":
        return "page_break"
    if line.startswith(_CODE):
        return "code"
    if re.fullmatch("_{4,}", line):
        return "fill"
    if line.startswith("##"):
        return "##"
    return line[:1] if line[:1] in "^=@#+:|!<>%" else "paragraph"


_LINES = {
    "^": "letterhead",
    "=": "title",
    "@": "number",
    "#": "heading",
    "##": "subheading",
    "+": "item",
    "<": "flush",
    "%": "note",
    "paragraph": "paragraph",
}


def _read(kind: str, run: list[tuple[int, str]]) -> Iterator[Block]:
    """The blocks of neighbouring lines of one kind."""
    if kind == "":
        return
    if kind in _LINES:
        marker = "" if kind == "paragraph" else kind
        yield from (Line(_LINES[kind], _words(line[len(marker) :])) for _, line in run)
    elif kind == "page_break":
        yield from (PageBreak() for _ in run)
    elif kind == "fill":
        yield from (FillLine() for _ in run)
    elif kind == "code":
        yield from (Code(*_two(number, line[len(_CODE) - 1 :])) for number, line in run)
    elif kind == ">":
        yield Closing(tuple(_words(line[1:]) for _, line in run))
    elif kind == ":":
        yield Pairs(tuple(_two(number, line) for number, line in run))
    elif kind == "!":
        yield Signatures(tuple(_two(number, line) for number, line in run))
    else:
        yield _table(run)


def _table(run: list[tuple[int, str]]) -> Table:
    number, head = run[0]
    header = _row(head)
    spec = [_COLUMN.match(cell) for cell in _row(run[1][1])] if len(run) > 1 else []
    if len(spec) != len(header) or None in spec:
        raise BadInput(f"文书第{number}行的表格缺少列说明行，请在表头下一行写明各列对齐和宽度，例如 | ^1 | <3 | >2 |。")
    columns = tuple(Column(_ALIGNMENTS[m[1]], int(m[2]), bool(m[3])) for m in spec if m)
    rows = []
    for number, line in run[2:]:
        row = _row(line)
        if len(row) != len(header):
            raise BadInput(f"文书第{number}行有{len(row)}格，表头有{len(header)}格，请让两者一致。")
        rows.append(tuple(_words(cell) for cell in row))
    return Table(columns, tuple(_words(cell) for cell in header), tuple(rows))


def _row(line: str) -> list[str]:
    """Raw cells between the outer bars."""
    found = _cells(line)[1:]
    return found[:-1] if found and not found[-1] else found


def _two(number: int, line: str) -> tuple[str, str]:
    found = _cells(line[1:])
    if len(found) != 2:
        raise BadInput(f"文书第{number}行应有两栏（用一个 | 分开），现有{len(found)}栏。")
    return _words(found[0]), _words(found[1])


def _cells(line: str) -> list[str]:
    parts = [""]
    for piece in _CELL.findall(line):
        if piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _words(raw: str) -> str:
    """Raw markup of one place back to the words people read; `\\n` is a line end inside the place."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], raw.strip())


def _numbered(found: Iterator[Block]) -> Iterator[Block]:
    """Headings get 一、二、, subheadings （一）（二）, items 1. 2.; a heading starts the items anew."""
    counts = {"heading": 0, "subheading": 0, "item": 0}
    below = {"heading": ("subheading", "item"), "subheading": ("item",), "item": ()}
    for block in found:
        if isinstance(block, Line) and block.kind in counts:
            counts[block.kind] += 1
            counts.update(dict.fromkeys(below[block.kind], 0))
            yield Line(block.kind, _label(block.kind, counts[block.kind]) + block.text)
        else:
            yield block


def _label(kind: str, number: int) -> str:
    if kind == "item":
        return f"{number}．"
    return f"{chinese_number(number)}、" if kind == "heading" else f"（{chinese_number(number)}）"


def chinese_number(number: int) -> str:
    """1 to 99 as people count: 一, 十二, 二十."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _NUMBERS[tens]) + ("十" if tens else "") + (_NUMBERS[ones] if ones or not tens else "")

"""Reading a list that somebody hands in: a spreadsheet or CSV file of unknown origin, down to plain rows of cells.

Nothing of the file is run or believed. What cannot be a list is refused with one sentence; what is wrong in single
cells is left to `checking`.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from ..errors import BadInput
from .columns import BY_TITLE, COLUMNS, MOST_ROWS, plain

MOST_BYTES = 5 * 2**20
MOST_UNPACKED = 60 * 2**20
MOST_PARTS = 300
MOST_COLUMNS = 60
HEADING_WITHIN = 10
"""The heading stands in one of the first rows; a title may stand above it."""
_OLD = b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(rb"<f[ >/]")
_LOOKS_LIKE_ONE = ("=", "@")


@dataclass(frozen=True, slots=True)
class Line:
    """One filled row: its number in the sheet (from 1) and its cells by column name, as calamine or csv gave them."""

    number: int
    cells: Mapping[str, Any]
    formulas: frozenset[str] = frozenset()
    """Columns in which a formula stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a list, and where its heading stands. `places`: column name → number from 0."""

    heading: int
    places: Mapping[str, int]
    lines: Sequence[Line]
    csv: bool = False
    merged: Sequence[str] = field(default=())
    """Merged areas below the heading, like A3:A5."""


def read_sheet(content: bytes) -> Sheet:
    """The list in the first sheet of an XLSX file, or in a CSV file (UTF-8 or GBK)."""
    if not content:
        raise BadInput("文件是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        raise BadInput(f"文件超过{MOST_BYTES // 2**20}MB，不像是名单。请只留名单一张表，去掉图片后重试。")
    if content.startswith(_OLD):
        raise BadInput("这是旧版Excel文件（.xls）或加了密码的文件。请在Excel或WPS中另存为不加密的.xlsx文件后再上传。")
    return _spreadsheet(content) if content.startswith(b"PK") else _csv(content)


def _spreadsheet(content: bytes) -> Sheet:
    suspicious = _examined(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        merged = list(sheet.merged_cell_ranges or ())
        if sheet.total_width > MOST_COLUMNS or sheet.total_height > 20 * MOST_ROWS:
            raise BadInput(f"表格太大（{sheet.total_height}行{sheet.total_width}列）。请只留名单，最多{MOST_ROWS}行。")
        rows = sheet.to_python(skip_empty_area=False)
    except PasswordError:
        raise BadInput("文件加了密码，请去掉密码后再上传。") from None
    except (CalamineError, ValueError, IndexError, OSError):
        raise BadInput("文件打不开，可能已损坏。请在Excel或WPS中另存为.xlsx文件后再上传。") from None
    formulas = _formulas(content) if suspicious else frozenset()
    rows += [[] for _ in range(max((row for row, _ in formulas), default=0) + 1 - len(rows))]
    return _listed(rows, formulas, merged)


def _examined(content: bytes) -> bool:
    """Refuse what is no honest spreadsheet; whether formulas stand in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise BadInput("文件解压后过大，不像是名单。请只留名单一张表后重试。")
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise BadInput("文件加了密码，请去掉密码后再上传。")
            if any("vbaProject" in name or name.startswith("xl/macrosheets") for name in names):
                raise BadInput("文件里有宏，为安全起见不能接收。请另存为不含宏的.xlsx文件后再上传。")
            if "xl/workbook.xml" not in names:
                raise BadInput("这不是.xlsx表格文件。请下载模板填写，或在Excel、WPS中另存为.xlsx文件。")
            return _searched(archive, parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, RuntimeError, EOFError):
        raise BadInput("文件打不开，可能已损坏。请在Excel或WPS中另存为.xlsx文件后再上传。") from None


def _searched(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> bool:
    found = False
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            text = archive.read(part)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise BadInput("文件内容不正常（含有实体定义），不能接收。请下载模板重新填写。")
            found = found or (part.filename.startswith("xl/worksheets/") and bool(_FORMULA.search(text)))
    return found


def _formulas(content: bytes) -> frozenset[tuple[int, int]]:
    """(row, column) from 0 of the cells of the first sheet in which a formula stands."""
    rows = load_workbook(io.BytesIO(content), keep_links=False).worksheets[0].iter_rows()
    numbered = ((number, place, cell) for number, row in enumerate(rows) for place, cell in enumerate(row))
    return frozenset((number, place) for number, place, cell in numbered if cell.data_type == "f")


def _csv(content: bytes) -> Sheet:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadInput("看不出这是什么文件。请上传.xlsx文件，或UTF-8、GBK编码的CSV文件。")
    if "\x00" in text:
        raise BadInput("看不出这是什么文件。请上传.xlsx文件，或UTF-8、GBK编码的CSV文件。")
    try:
        rows = list(_csv_rows(text))
    except csv.Error:
        raise BadInput("CSV文件的格式不对，请下载模板填写后再上传。") from None
    return _listed(rows, frozenset(), [], csv=True)


def _csv_rows(text: str) -> Iterator[Sequence[str]]:
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""))):
        if number > 20 * MOST_ROWS or len(row) > MOST_COLUMNS:
            raise BadInput(f"表格太大。请只留名单，最多{MOST_ROWS}行。")
        yield row


def _listed(
    rows: Sequence[Sequence[Any]],
    formulas: frozenset[tuple[int, int]],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    csv: bool = False,
) -> Sheet:
    heading, places = _heading(rows)
    found = (_line(number, row, places, formulas) for number, row in enumerate(rows) if number > heading)
    lines = [line for line in found if line is not None]
    if not lines:
        raise BadInput("表里没有名单：表头下面一行也没有填写。")
    if len(lines) > MOST_ROWS:
        raise BadInput(f"名单有{len(lines)}行，一次最多{MOST_ROWS}行。请分几次上传。")
    areas = [_area(low, high) for low, high in merged if high[0] > heading]
    return Sheet(heading, places, lines, csv, areas)


def _line(
    number: int, row: Sequence[Any], places: Mapping[str, int], formulas: frozenset[tuple[int, int]]
) -> Line | None:
    """None where nothing was filled in, and for the line with the sum at the end."""
    cells = {name: row[place] for name, place in places.items() if place < len(row)}
    computed = frozenset(
        name for name, place in places.items() if (number, place) in formulas or _is_formula(cells.get(name))
    )
    blank = not computed and not any(str(cell).strip() for cell in cells.values())
    is_sum = plain(cells.get("name", "")) in ("合计", "总计") and not str(cells.get("id_number", "")).strip()
    return None if blank or is_sum else Line(number + 1, cells, computed)


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip().startswith(_LOOKS_LIKE_ONE)


def _heading(rows: Sequence[Sequence[Any]]) -> tuple[int, Mapping[str, int]]:
    """The row that names the columns, and where each one stands."""
    needed = [column.title for column in COLUMNS if column.needed]
    best: list[str] = []
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        titles = [plain(cell) for cell in row]
        known = [title for title in titles if title in BY_TITLE]
        if not [title for title in needed if title not in known]:
            _no_doubles(known)
            return number, {BY_TITLE[t].name: place for place, t in enumerate(titles) if t in BY_TITLE}
        best = max(best, known, key=len)
    missing = "、".join(f"“{title}”" for title in needed if title not in best)
    raise BadInput(f"没有找到表头：缺少{missing}列。请下载模板，按模板的表头填写。")


def _no_doubles(titles: Sequence[str]) -> None:
    if doubled := sorted({title for title in titles if titles.count(title) > 1}):
        raise BadInput(f"表头中“{'、'.join(doubled)}”出现了不止一次，请删去多余的列。")


def _area(low: tuple[int, int], high: tuple[int, int]) -> str:
    return f"{get_column_letter(low[1] + 1)}{low[0] + 1}:{get_column_letter(high[1] + 1)}{high[0] + 1}"

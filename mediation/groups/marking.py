"""The same sheet back, with the faults marked: red cells with a comment, and a column that says what is wrong."""

import csv
import io
from collections.abc import Sequence
from itertools import groupby

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .checking import Fault
from .columns import FAULTS, plain
from .reading import Sheet

_RED = PatternFill("solid", fgColor="FFC7CE")
_DARK = Font(color="9C0006", bold=True)


def marked(content: bytes, sheet: Sheet, faults: Sequence[Fault]) -> bytes:
    """An XLSX file: what was handed in, with the faults in their rows. `faults` in the order of the sheet."""
    book = _from_csv(content) if sheet.csv else load_workbook(io.BytesIO(content), keep_links=False)
    page = book.worksheets[0]
    last = _fault_column(page, sheet)
    for row, found in groupby(faults, key=lambda fault: fault.row):
        told = []
        for fault in found:
            told.append(f"{fault.title}：{fault.sentence}" if fault.title else fault.sentence)
            if fault.column in sheet.places:
                _mark(page, row, sheet.places[fault.column] + 1, fault.sentence)
        cell = page.cell(row, last)
        cell.value, cell.font, cell.data_type = "；".join(told)[:32_000], _DARK, "s"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _fault_column(page: Worksheet, sheet: Sheet) -> int:
    """The column for sentences: the one of an earlier return, emptied, or a new one at the right."""
    heading = sheet.heading + 1
    old = [c.column for c in page[heading] if plain(c.value or "") == FAULTS and c.column]
    column = old[0] if old else max(page.max_column, max(sheet.places.values()) + 1) + 1
    for row in range(heading + 1, page.max_row + 1):
        if old:
            page.cell(row, column).value = None
    head = page.cell(heading, column)
    head.value, head.font = FAULTS, _DARK
    page.column_dimensions[get_column_letter(column)].width = 60
    return column


def _mark(page: Worksheet, row: int, column: int, sentence: str) -> None:
    cell = page.cell(row, column)
    if type(cell).__name__ != "MergedCell":
        cell.fill, cell.comment = _RED, Comment(sentence, "劳动争议调解")


def _from_csv(content: bytes) -> Workbook:
    """The CSV as a spreadsheet of texts, so that nothing in it becomes a formula or loses digits."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    book = Workbook()
    page = book.worksheets[0]
    for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
        for place, value in enumerate(row, start=1):
            cell = page.cell(number, place)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_000]
            cell.data_type, cell.number_format = "s", "@"
    return book

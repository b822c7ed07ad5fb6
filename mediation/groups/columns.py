"""The columns of a list of workers, and the empty sheet that people fill in."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter

MOST_ROWS = 1000
"""In one list; a case holds as many workers (`Intake.workers`)."""
FAULTS = "错误说明"
"""The column that the returned sheet has in addition."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the program, its heading, whether text is kept as text, how wide, what to write there."""

    name: str
    title: str
    text: bool
    width: int
    hint: str
    needed: bool = False


COLUMNS: Sequence[Column] = (
    Column("name", "姓名", True, 12, "必填", needed=True),
    Column("id_number", "证件号码", True, 22, "文本格式；18位身份证号码"),
    Column("phone", "电话", True, 15, "文本格式"),
    Column("from_on", "工资期间自", True, 14, "如 2026-07-01 或 2026-07"),
    Column("until_on", "工资期间至", True, 14, "如 2026-08-31 或 2026-08"),
    Column("due", "应发金额", False, 14, "元，最多两位小数", needed=True),
    Column("paid", "已发金额", False, 14, "元，没有发过的填0"),
    Column("unpaid", "未发金额", False, 14, "元，等于应发减已发；可以不填"),
    Column("head", "请求项目", True, 16, "不填就是拖欠工资"),
    Column("note", "备注", True, 24, "可以不填"),
)
BY_TITLE: Mapping[str, Column] = {column.title: column for column in COLUMNS}
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def plain(text: object) -> str:
    """A heading without what people add to it: spaces, full-width forms, （元）, *."""
    folded = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"\(元\)|[\s*:]", "", folded)


def workbook(held: BytesIO) -> xlsxwriter.Workbook:
    """A new file in which no text can become a formula or a link."""
    return xlsxwriter.Workbook(held, _SAFE)


def template(heads: Mapping[str, str]) -> bytes:
    """The empty sheet. Numbers of documents and telephones are text from the start; `heads` are code → title."""
    held = BytesIO()
    book = workbook(held)
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
    bold = book.add_format({"bold": True, "bg_color": "#DDE7F3", "border": 1})
    sheet = book.add_worksheet("名单")
    for number, column in enumerate(COLUMNS):
        sheet.set_column(number, number, column.width, text if column.text else money)
        sheet.write_string(0, number, column.title, bold)
        sheet.write_comment(0, number, column.hint)
    sheet.freeze_panes(1, 1)
    titles = list(heads.values())
    place = [column.name for column in COLUMNS].index("head")
    _help(book, titles)
    sheet.data_validation(
        1, place, MOST_ROWS, place, {"validate": "list", "source": f"=项目!$A$2:$A${len(titles) + 1}"}
    )
    book.close()
    return held.getvalue()


def _help(book: xlsxwriter.Workbook, titles: Sequence[str]) -> None:
    """The second sheet: which heads there are, and how to fill in the first."""
    sheet = book.add_worksheet("项目")
    sheet.set_column(0, 0, 28)
    sheet.set_column(2, 2, 70)
    sheet.write_string(0, 0, "请求项目")
    for row, title in enumerate(titles, start=1):
        sheet.write_string(row, 0, title)
    rules = (
        "填写说明",
        f"一行一人一个期间；同一人的不同期间或不同项目各占一行。最多{MOST_ROWS}行。",
        "证件号码、电话请保持文本格式，否则18位号码的末几位会丢失。",
        "只填数值，不要写公式，不要合并单元格，不要改动表头。",
        *(f"{column.title}：{column.hint}" for column in COLUMNS),
    )
    for row, rule in enumerate(rules):
        sheet.write_string(row, 2, rule)

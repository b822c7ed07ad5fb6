"""The roster as a spreadsheet; nothing that somebody typed can become a formula in it."""

from collections.abc import Sequence
from io import BytesIO

from ..money import yuan
from ..people.masking import masked_number
from .columns import workbook
from .comparing import Comparison
from .roster import STANDINGS, RosterPage

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
KINDS = {
    "same": "一致",
    "differs": "金额不一致",
    "only_payroll": "只在工资表上",
    "only_unpaid": "只在欠薪名单上",
}
Cell = str | int | None


def guarded(text: str) -> str:
    """Texts that look like formulas get a quote in front, for programs that read the file as CSV later."""
    return "'" + text if text.startswith(FORMULAS) else text


def roster_sheet(page: RosterPage) -> bytes:
    """All rows with a line of sums. Sums are numbers in yuan."""
    heading = ("序号", "姓名", "电话", "分组", "加入日期", "退出日期", "情况", "请求", "协议", "裁判", "到账")
    rows: list[Sequence[Cell]] = [
        (
            str(number),
            m.name,
            m.phone or "",
            m.subgroup or "",
            m.joined_on.isoformat() if m.joined_on else "",
            m.left_on.isoformat() if m.left_on else "",
            STANDINGS[m.standing],
            m.claimed,
            m.agreed,
            m.awarded,
            m.received,
        )
        for number, m in enumerate(page.members, start=1)
    ]
    sums = page.sums
    total = ("", "合计", "", "", "", "", "", sums.claimed, sums.agreed, sums.awarded, sums.received)
    return _sheet("花名册", heading, [*rows, total])


def comparison_sheet(found: Comparison) -> bytes:
    heading = ("姓名", "证件号码", "比较", "工资表应发", "工资表未发", "名单应发", "名单未发")
    rows = [
        (
            one.name,
            masked_number(one.id_number or ""),
            KINDS[one.kind],
            one.payroll_due,
            one.payroll_unpaid,
            one.claimed_due,
            one.claimed,
        )
        for one in found.people
    ]
    return _sheet("比较", heading, rows)


def _sheet(name: str, heading: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Texts stay texts; whole numbers are fen and shown as yuan."""
    held = BytesIO()
    book = workbook(held)
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(name)
    for place, title in enumerate(heading):
        sheet.write_string(0, place, title, bold)
        sheet.set_column(place, place, 22 if title == "证件号码" else 14)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, guarded(cell), text)
            elif cell is not None:
                sheet.write_number(number, place, float(yuan(cell)), money)
    sheet.freeze_panes(1, 2)
    book.close()
    return held.getvalue()

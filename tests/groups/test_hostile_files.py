"""Files that are no honest list are refused with one sentence, before anything of them is believed."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from mediation.errors import BadInput
from mediation.groups import reading
from mediation.groups.checking import check
from mediation.groups.reading import read_sheet
from tests.groups.sheets import HEADING, changed, row, xlsx

TODAY = date(2026, 9, 18)
HEADS = {"wages": "拖欠工资"}


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same file with further parts, or with parts replaced."""
    held = io.BytesIO()
    named = {name.replace("__", "/"): text for name, text in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in named:
                new.writestr(part, old.read(part))
        for name, text in named.items():
            new.writestr(name, text)
    return held.getvalue()


GOOD = xlsx([row(1)])

REFUSED = {
    "empty": (b"", "是空的"),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版Excel"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "看不出"),
    "cut_off": (GOOD[: len(GOOD) // 2], "已损坏"),
    "no_workbook": (b"PK\x05\x06" + bytes(18), "不是.xlsx"),
    "macros": (repacked(GOOD, **{"xl__vbaProject.bin": b"x"}), "有宏"),
    "bomb": (repacked(GOOD, **{"xl__media__big.bin": bytes(reading.MOST_UNPACKED + 1)}), "解压后过大"),
    "entities": (
        repacked(GOOD, **{"xl__sharedStrings.xml": b'<!DOCTYPE a [<!ENTITY x "y">]><sst/>'}),
        "实体定义",
    ),
    "no_heading": (xlsx([["张三", 1]], heading=["甲", "乙"]), "缺少“姓名”、“应发金额”列"),
    "only_heading": (xlsx([]), "一行也没有填写"),
    "two_headings": (xlsx([], heading=[*HEADING, "姓名"]), "不止一次"),
    "too_many": (xlsx([row(n) for n in range(1001)]), "最多1000行"),
    "huge": (b"\xef\xbb\xbf" + b"," * (reading.MOST_BYTES + 1), "超过5MB"),
    "wide_csv": (("," * 99).encode(), "表格太大"),
    "binary_csv": ("姓名,应发金额\n张\x00三,1".encode(), "看不出"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused(name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(BadInput, match=words):
        read_sheet(content)


def test_a_far_cell_makes_the_sheet_too_large() -> None:
    with pytest.raises(BadInput, match="表格太大"):
        read_sheet(changed(GOOD, A900000="x"))


def test_formulas_and_merged_cells_are_faults_of_their_cells() -> None:
    content = changed(xlsx([row(1), row(2), row(3)]), H2="=F2-G2", A3='=cmd|"/c calc"!A1', J4="@SUM(1)")
    book = load_workbook(io.BytesIO(content))
    book.worksheets[0].merge_cells("B3:B4")
    held = io.BytesIO()
    book.save(held)
    found = check(read_sheet(held.getvalue()), HEADS, TODAY).ordered()
    assert [(fault.row, fault.column) for fault in found] == [(2, "unpaid"), (3, ""), (3, "name"), (4, "note")]
    assert "B3:B4" in found[1].sentence
    assert "公式" in found[0].sentence


def test_a_row_of_nothing_but_formulas_is_not_overlooked() -> None:
    content = changed(GOOD, A3="=A2", F3="=F2")
    assert [fault.row for fault in check(read_sheet(content), HEADS, TODAY).ordered()] == [3, 3]


@pytest.mark.parametrize("cell", [True, float("1e308"), -5, "-5", "1e5", "１０万", 0.001, "99999999999999999"])
def test_odd_sums_are_faults(cell: object) -> None:
    content = xlsx([row(1, due=cell, paid="")])
    found = check(read_sheet(content), HEADS, TODAY)
    assert ([fault.column for fault in found.faults], found.entries) in ((["due"], []), ([], found.entries))
    assert all(entry.due == 10_000_000 for entry in found.entries)


def test_other_sheets_and_unknown_columns_do_no_harm() -> None:
    book = Workbook()
    page = book.worksheets[0]
    page.append(["序号", *HEADING, "工种"])
    page.append([1, *row(1), "木工"])
    book.create_sheet("说明").append(["随便"])
    held = io.BytesIO()
    book.save(held)
    checked = check(read_sheet(held.getvalue()), HEADS, TODAY)
    assert (len(checked.entries), checked.faults) == (1, [])

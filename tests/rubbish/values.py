"""What careless, broken and hostile callers send instead of an answer."""

import io
import random
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

MARK = "<script>rubbish()</script>"
"""Must never come back in a page as it is."""

HALF = "\ud83d"
"""Half of an emoji: JSON can carry it, UTF-8 cannot."""

NUMBERS = ("0", "-1", "1", "2", "3", str(2**31), str(2**63), str(-(2**63) - 1), "9" * 30, "1e400", "NaN", "-Infinity")
SUMS = (
    "0.001",
    "1234.567",
    "-0.01",
    "１２３４．５",
    "¥1,2,3",
    "99999999999999999999.99",
    "万",
    "1万",
    "1e5",
    ".5",
    "5.",
)
DAYS = (
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "2026-13-01",
    "1899-12-31",
    "2199-12-31",
    "0000-00-00",
    "20260918",
    "2026-09-18",
    "２０２６年９月１日",
    "2026-09-18T25:61",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-09-18T09:00",
    "2026-09",
    "9999-12",
    "0001-01",
    "24:00",
)
DIGITS = ("١٢٣", "²", "Ⅷ", "①", "１", "一", "1_000", "+1", " 1 ", "0x10", "1.0", "01")
"""What some function takes for a number and another does not."""

WORDS = ("true", "null", "[]", "{}", "all", "mine", "yes", "unknown", "month", "street", "received", "pdf", "csv", "B1")
HOSTILE = (
    MARK,
    f"\"'><img src=x>{MARK}",
    '=HYPERLINK("http://example.com","x")',
    "@SUM(1+1)",
    "-1+cmd|' /C calc'!A0",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{0.__class__}%s%n",
    "' OR 1=1 --",
    "../../etc/passwd",
    "\\%_",
    "\r\nX-Evil: 1",
    "\u202e倒\u200b着\ufeff",
    "#set text(red)\n= 标题 $x$ @y",
)
BROKEN = ("\x00", "甲\x00乙", "\x1b[31m", "\x7f", "", " ", "\u3000", "😀👨‍👩‍👧", "\ufffe", "𠮷")
LONG = ("张" * 500, "x" * 5000, "😀" * 300, "." * 2500, "9" * 5000)
TEXTS = (*NUMBERS, *SUMS, *DAYS, *DIGITS, *WORDS, *HOSTILE, *BROKEN, *LONG)
_KINDS: Sequence[Sequence[str]] = (NUMBERS, SUMS, DAYS, DIGITS, WORDS, HOSTILE, BROKEN, LONG)

IDS = (0, -1, 1, 2, 7, 2**31, 2**62, 2**63, 2**63 - 1, 10**30)


class Raw(str):
    """Text that goes into JSON as it stands, without quotes."""


_ODD: Sequence[Any] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": ""},
    {"a": {"b": [1, {"c": None}]}},
    1.5,
    -0.0,
    float("nan"),
    float("inf"),
    HALF,
    "甲" + HALF,
    {HALF: HALF},
    ["1"] * 1001,
    [{"party": 1}] * 3,
    Raw("1e400"),
    Raw("1" * 5000),
    Raw("[" * 2000 + "]" * 2000),
    Raw('{"a":' * 300 + "1" + "}" * 300),
    Raw('"\\u0000"'),
    *IDS,
)


def text(chance: random.Random) -> str:
    return chance.choice(chance.choice(_KINDS))


def value(chance: random.Random) -> Any:
    """Anything that JSON can carry, and some that it cannot."""
    return text(chance) if chance.random() < 0.6 else chance.choice(_ODD)


def file(chance: random.Random) -> tuple[str, bytes]:
    """The name of a file, and content that is seldom what the name says."""
    name = chance.choice(
        ("名单.xlsx", "证据.pdf", "图.png", "x", "../../x.xlsx", "张" * 300 + ".xlsx", MARK, "a\x00b.pdf")
    )
    content = chance.choice(
        (b"", b"PK\x03\x04 no archive", b"%PDF-1.7 no paper", b"\x89PNG\r\n\x1a\n", bytes(range(256)))
    )
    return name, _sheet(chance) if chance.random() < 0.4 else content


def _sheet(chance: random.Random) -> bytes:
    """A real spreadsheet with a likely heading and unlikely rows."""
    book = Workbook()
    sheet: Any = book.active
    heading = ["姓名", "身份证号", "电话", "应发金额", "金额", "入职日期", "备注", "序号"]
    sheet.append(chance.sample(heading, chance.randint(1, len(heading))))
    for _ in range(chance.randint(0, 4)):
        sheet.append([_cell(chance) for _ in heading])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _cell(chance: random.Random) -> Any:
    """Spreadsheets hold no control characters; anything else they do."""
    told = text(chance)
    return chance.choice((None, 1.5, 10**20, -3, True, told if told.isprintable() else "张三"))

"""What hands really type: full-width digits, spaces, 元, 2026年9月1日. Made plain where the meaning is beyond doubt.

Whatever is not understood stays as typed, so that the refusal can quote it.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

MONEY = frozenset(("amount", "net_of"))
"""Columns that hold a sum."""
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SUM = re.compile(r"[¥￥]?([0-9,，]*[0-9](?:\.[0-9]+)?)(万)?(?:元整?)?")


def folded(text: str) -> str:
    """Half-width, without any space or invisible mark."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def amount(text: str) -> str:
    """ "２.４万元" → "24000"; "¥1,234.50" → "1234.50"."""
    found = _SUM.fullmatch(folded(text))
    if found is None:
        return text
    number = found[1].replace(",", "").replace("，", "")
    return format(Decimal(number) * 10_000, "f") if found[2] else number


def day(text: str) -> str:
    """ "2026年9月1日", "2026/9/1" → "2026-09-01"."""
    found = _DAY.fullmatch(folded(text))
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else text


def number(text: str) -> str:
    """Digits of any width."""
    plain = folded(text)
    return plain if plain.isascii() and plain.isdecimal() else text


def column(name: str, text: str) -> str:
    """The text of a column of a table, by what the column's name says."""
    if name in MONEY:
        return amount(text)
    return day(text) if name.endswith("_on") or name == "birth_date" else text


def given(tree: Any) -> Any:
    """Answers without what was left blank, with sums and days made plain; rows and tables keep their places."""
    if isinstance(tree, Mapping):
        plain = {k: column(k, v) if isinstance(v, str) else given(v) for k, v in tree.items()}
        return {k: v for k, v in plain.items() if not (isinstance(v, str) and not v.strip())}
    return [given(row) for row in tree] if isinstance(tree, list) else tree

"""The filters a document template may use; there are no others. Each passes an absent optional fact through."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from mediation.errors import BadInput
from mediation.money import yuan_grouped

from .blocks import chinese_number
from .capitals import capitals
from .vocabulary import Absent

BLANK = "________"
_CIRCLE = "〇一二三四五六七八九"


def yuan(amount: Any) -> Any:
    """Fen as 1,234.50元."""
    return amount if isinstance(amount, Absent) else f"{yuan_grouped(_whole(amount))}元"


def yuan_number(amount: Any) -> Any:
    """Fen as 1,234.50, for a table column whose header says 元."""
    return amount if isinstance(amount, Absent) else yuan_grouped(_whole(amount))


def in_capitals(amount: Any) -> Any:
    """Fen as 柒万伍仟元整."""
    return amount if isinstance(amount, Absent) else capitals(_whole(amount))


def chinese_date(day: Any) -> Any:
    """A date as 2026年11月20日."""
    return day if isinstance(day, Absent) else f"{_date(day).year}年{_date(day).month}月{_date(day).day}日"


def formal_date(day: Any) -> Any:
    """A date as 二〇二六年十一月二十日."""
    if isinstance(day, Absent):
        return day
    year = "".join(_CIRCLE[int(digit)] for digit in str(_date(day).year))
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


def masked_id(number: Any) -> Any:
    """An identity number with its middle hidden: six and four characters of eighteen stay, else one and two."""
    if isinstance(number, Absent):
        return number
    text = str(number).strip()
    head, tail = (6, 4) if len(text) == 18 else (1, 2)
    hidden = len(text) - head - tail
    return text[:head] + "*" * hidden + text[-tail:] if hidden > 0 else "*" * len(text)


def default_blank(value: Any, blank: str = BLANK) -> Any:
    """A line to fill in by hand where an optional fact is absent."""
    return blank if isinstance(value, Absent) else value


def party_list(parties: Iterable[Mapping[str, str]], most: int = 5) -> str:
    """Names joined by 、; of more than `most` parties the first three and the head count."""
    names = [party["name"] for party in parties]
    return "、".join(names) if len(names) <= most else f"{'、'.join(names[:3])}等{len(names)}人"


def joined(texts: Iterable[str], separator: str = "、") -> str:
    """A list of texts in one line."""
    return separator.join(texts)


FILTERS: dict[str, Callable[..., Any]] = {
    "yuan": yuan,
    "yuan_number": yuan_number,
    "capitals": in_capitals,
    "chinese_date": chinese_date,
    "formal_date": formal_date,
    "masked_id": masked_id,
    "default_blank": default_blank,
    "party_list": party_list,
    "joined": joined,
    "length": len,
}
# What a filter is made for, by the kind of fact ("list" and "texts" mean many groups and many texts).
FITS = {
    "yuan": "money",
    "yuan_number": "money",
    "capitals": "money",
    "chinese_date": "date",
    "formal_date": "date",
    "masked_id": "text",
    "party_list": "list",
    "joined": "texts",
}


def _whole(amount: Any) -> int:
    if type(amount) is not int:
        raise BadInput("文书中的金额必须是以“分”为单位的整数，请核对。")
    return amount


def _date(day: Any) -> date:
    if not isinstance(day, date):
        raise BadInput("文书中的日期必须是日期，请核对。")
    return day

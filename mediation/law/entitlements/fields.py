"""The kinds of inputs that formulas read. Money is fen in Python and yuan text outside; sentences are Chinese.

A `Kind` beside a type tells forms and the command line what is wanted; validation ignores it. Errors of the type
`SENTENCE` carry a sentence that reaches the person as it is (the convention of `mediation.engine.asks`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from mediation.errors import BadInput
from mediation.money import fen, yuan

SENTENCE = "answer"
LARGEST_SUM = 10**10
"""Fen: a hundred million yuan, far above any single wage, far below where sums would no longer fit the database."""
LARGEST_NUMBER = 10_000
MOST_ROWS = 240
"""Twenty years of months."""

_NUMBER = re.compile(r"[0-9]{1,5}(\.[0-9]{1,4})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TRUE, _FALSE = ("true", "1", "on", "是"), ("false", "0", "off", "否")


@dataclass(frozen=True, slots=True)
class Kind:
    """How an input is asked for: money, date, month, number, count, yes_no, text or choice (code, title)."""

    name: str
    options: tuple[tuple[str, str], ...] = ()


class Inputs(BaseModel):
    """What a formula wants to know. Nothing is guessed from the type of a value; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def canonical(self) -> dict[str, Any]:
        """As JSON that the same model reads back: money as yuan text, days in ISO; what was not said is left out."""
        return self.model_dump(mode="json", exclude_none=True)


def wrong(sentence: str) -> PydanticCustomError:
    """The error for validators: the sentence reaches the person as it is."""
    return PydanticCustomError(SENTENCE, "{sentence}", {"sentence": sentence})


def _money(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong("金额请用文字填写，例如 1234.50。")
    try:
        amount = fen(value)
    except BadInput as error:
        raise wrong(error.sentence) from None
    if amount > LARGEST_SUM:
        raise wrong("金额过大，请核对。")
    return amount


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise wrong("请按 2026-03-05 的格式填写。")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong(f"“{text}”并不存在，请核对后重新填写。") from None
    if not 1950 <= day.year < 2100:
        raise wrong(f"年份 {day.year} 不对，请核对后重新填写。")
    return day


def _month(value: Any) -> date:
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise wrong("请按 2026-03 的格式填写年和月。")
    return _day(text + "-01")


def _number(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        value = str(value)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise wrong("请填写数字，例如 2.5（最多四位小数）。")
    if Decimal(text) > LARGEST_NUMBER:
        raise wrong("数字过大，请核对。")
    return Decimal(text)


def _count(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise wrong("请填写整数。")
    return int(number)


def _yes_no(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in _TRUE + _FALSE:
        raise wrong("请选择“是”或“否”。")
    return text in _TRUE


def _printable(value: Any) -> Any:
    if isinstance(value, str) and _CONTROL.search(value):
        raise wrong("含有不可见的控制字符，请删除后重新填写。")
    return value


Money = Annotated[
    int,
    BeforeValidator(_money),
    PlainSerializer(yuan, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["1234.50"]}),
    Kind("money"),
]
Wage = Annotated[Money, Field(gt=0)]
Day = Annotated[date, BeforeValidator(_day), Kind("date")]
Month = Annotated[
    date,
    BeforeValidator(_month),
    PlainSerializer(lambda first: f"{first:%Y-%m}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "examples": ["2026-03"]}),
    Kind("month"),
]
"""The first day of the month in Python, 2026-03 outside."""
Number = Annotated[
    Decimal,
    BeforeValidator(_number),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["2.5"]}),
    Kind("number"),
]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer"}), Kind("count")]
YesNo = Annotated[bool, BeforeValidator(_yes_no), Kind("yes_no")]
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    BeforeValidator(_printable),
    Kind("text"),
]


def titled(**titles: str) -> Kind:
    """The Chinese titles of a few codes; stands beside the Literal that names them."""
    return Kind("choice", tuple(titles.items()))


def not_before(end: date | None, start: date | None, sentence: str) -> date | None:
    """`end`, refused where it is earlier than `start`; `start` is None where it was itself refused."""
    if end is not None and start is not None and end < start:
        raise wrong(sentence)
    return end


def each_once(months: Sequence[date]) -> None:
    """Months may lie apart, but none is told twice."""
    twice = {f"{month:%Y-%m}" for month in months if list(months).count(month) > 1}
    if twice:
        raise wrong(f"{'、'.join(sorted(twice))}填了不止一次，请合并成一行。")

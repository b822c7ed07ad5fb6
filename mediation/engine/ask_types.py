"""The built-in kinds of answers. Each reads what forms and JSON send, and says in Chinese what is wrong with it.

Tables of higher layers build their columns from the same annotations: Text, LongText, Day, Instant, TimeOfDay, Money,
Integer, YesNo.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..clock import SHANGHAI
from ..errors import BadInput
from ..money import fen, yuan
from .pasted import in_one_line, pasted
from .vocabulary import AskType

SENTENCE = "answer"
"""The pydantic error type whose message is a Chinese sentence already."""

_YEARS = range(1900, 2200)
_INTEGERS = range(-(2**31), 2**31)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_YES_NO = {"true": True, "1": True, "on": True, "是": True, "false": False, "0": False, "off": False, "否": False}


def wrong(sentence: str) -> PydanticCustomError:
    """The error for validators of ask types: the sentence reaches the person as it is."""
    return PydanticCustomError(SENTENCE, "{sentence}", {"sentence": sentence})


def _cleaned(clean: Callable[[str], str]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        plain = clean(value) if isinstance(value, str) else value
        if isinstance(plain, str) and _CONTROL.search(plain):
            raise wrong("含有不可见的控制字符，请删除后重新填写。")
        return plain

    return read


def _reader(kind: type, shape: str, parse: Callable[[str], Any], example: str) -> Callable[[Any], Any]:
    """Reads only text of this shape; pydantic alone would take 0 and "0" as the day 1970-01-01."""
    pattern = re.compile(shape)

    def read(value: Any) -> Any:
        if type(value) is kind:
            return value
        if not isinstance(value, str) or not pattern.fullmatch(value.strip()):
            raise wrong(f"请按 {example} 的格式填写。")
        try:
            return parse(value.strip())
        except ValueError:
            raise wrong(f"“{value.strip()}”并不存在，请核对后重新填写。") from None

    return read


def _plausible_day(value: date) -> date:
    if value.year not in _YEARS:
        raise wrong(f"年份 {value.year} 不对，请核对后重新填写。")
    return value


def _in_shanghai(value: datetime) -> datetime:
    _plausible_day(value)
    return value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value.astimezone(SHANGHAI)


def _integer(value: Any) -> int:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise wrong("请填写整数。")
    if len(text) > 11 or int(text) not in _INTEGERS:
        raise wrong("数字过大，请核对。")
    return int(text)


def _yes_no(value: Any) -> bool:
    if (known := _YES_NO.get(str(value).strip().lower())) is None:
        raise wrong("请选择“是”或“否”。")
    return known


def _money(value: Any) -> int:
    """Yuan in, fen out. A float is refused: it has already lost the fen."""
    if not isinstance(value, str | int):
        raise wrong("金额请用文字填写，例如 1234.50。")
    try:
        return fen(value)
    except BadInput as error:
        raise wrong(error.sentence) from None


_ISO_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_read_day = _reader(date, _ISO_DAY, date.fromisoformat, "2026-03-05")
_read_instant = _reader(
    datetime,
    _ISO_DAY + "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?",
    datetime.fromisoformat,
    "2026-03-05 14:30",
)
_read_time = _reader(time, "[0-9]{2}:[0-9]{2}(:[0-9]{2})?", time.fromisoformat, "14:30")

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), BeforeValidator(_cleaned(in_one_line))
]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), BeforeValidator(_cleaned(pasted))
]
Day = Annotated[date, BeforeValidator(_read_day), AfterValidator(_plausible_day)]
Instant = Annotated[datetime, BeforeValidator(_read_instant), AfterValidator(_in_shanghai)]
TimeOfDay = Annotated[time, BeforeValidator(_read_time)]
Integer = Annotated[int, BeforeValidator(_integer)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Money = Annotated[
    int,
    BeforeValidator(_money),
    PlainSerializer(yuan, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["1234.50"]}),
]
"""Fen in Python, yuan text in JSON: what was dumped can be read again without becoming a hundred times as much."""

BUILT_IN: Mapping[str, AskType] = MappingProxyType(
    {
        "text": AskType(Text, "text"),
        "long_text": AskType(LongText, "textarea"),
        "date": AskType(Day, "date"),
        "datetime": AskType(Instant, "datetime-local"),
        "time": AskType(TimeOfDay, "time"),
        "money": AskType(Money, "money"),
        "integer": AskType(Integer, "number"),
        "boolean": AskType(YesNo, "checkbox", carried=False),
        "choice": AskType(str, "select"),
        "choices": AskType(str, "checkboxes"),
    }
)
"""`choice` and `choices` get their values from the code list that the ask names."""

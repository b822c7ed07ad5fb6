"""Checking each row of a list: typed values, or every fault of every cell in the order of the sheet."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..errors import BadInput
from ..money import fen, yuan
from ..people.identity import clean_name, id_number, phone
from .columns import BY_TITLE, COLUMNS, plain
from .reading import Line, Sheet

_TITLES = {column.name: title for title, column in BY_TITLE.items()}
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_LOSES_DIGITS = 10**15
"""A spreadsheet keeps fifteen digits of a number; the rest of an ID number is lost for good."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell. `column` is "" where it is the whole row; `row` counts from 1, as the sheet does."""

    row: int
    column: str
    sentence: str

    @property
    def title(self) -> str:
        return _TITLES.get(self.column, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One correct row. Sums are fen; `unpaid` is what is demanded."""

    row: int
    name: str
    id_number: str | None
    phone: str | None
    from_on: date | None
    until_on: date | None
    due: int
    paid: int
    unpaid: int
    head: str
    note: str

    @property
    def person(self) -> tuple[str, ...]:
        """Who it is, as far as the list tells: the document, else name and telephone."""
        return (self.id_number,) if self.id_number else (self.name, self.phone or "")


@dataclass(slots=True)
class Checked:
    """The rows of a list with all that is wrong; `entries` is complete only without faults."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(entry.unpaid for entry in self.entries)

    @property
    def due(self) -> int:
        return sum(entry.due for entry in self.entries)

    def ordered(self) -> Sequence[Fault]:
        """By row, and in a row from left to right."""
        places = {column.name: number for number, column in enumerate(COLUMNS)}
        return sorted(self.faults, key=lambda fault: (fault.row, places.get(fault.column, -1)))


def check(sheet: Sheet, heads: Mapping[str, str], today: date) -> Checked:
    """Every row by itself, then the rows against each other. `heads` are code → title of what may be demanded."""
    checked = Checked()
    codes = {plain(title): code for code, title in heads.items()} | {code: code for code in heads}
    for area in sheet.merged:
        row = int(re.sub(r"[A-Z]+", "", area.split(":")[0]))
        checked.faults.append(Fault(row, "", f"{area}是合并的单元格，请取消合并，每格都填写。"))
    for line in sheet.lines:
        reader = _Reader(line, codes, today, checked.faults)
        entry = reader.entry()
        if entry is not None:
            checked.entries.append(entry)
    _doubles(checked)
    return checked


class _Reader:
    """Reads one line; faults are added as they are found."""

    def __init__(self, line: Line, codes: Mapping[str, str], today: date, faults: list[Fault]) -> None:
        self.line, self.codes, self.today, self.faults = line, codes, today, faults
        self.wrong = len(faults)

    def entry(self) -> Entry | None:
        """None where anything is wrong."""
        name = self.read("name", self.name)
        number = self.read("id_number", self.number)
        call = self.read("phone", self.call)
        start, end = self.read("from_on", self.first), self.read("until_on", self.last)
        due, paid, unpaid = (self.read(column, self.sum) for column in ("due", "paid", "unpaid"))
        head = self.read("head", self.head)
        note = self.read("note", lambda cell: str(cell).strip()[:400])
        self.period(start, end)
        owed = self.owed(due, paid, unpaid)
        if len(self.faults) > self.wrong:
            return None
        return Entry(
            self.line.number, name, number, call, start, end, due, paid or 0, owed, head or "wages", note or ""
        )

    def fault(self, column: str, sentence: str) -> None:
        self.faults.append(Fault(self.line.number, column, sentence))

    def read(self, column: str, read: Callable[[Any], Any]) -> Any:
        """The value of a cell; None where it is empty or wrong."""
        cell = self.line.cells.get(column, "")
        if column in self.line.formulas:
            self.fault(column, "这里是公式，请改填数值或文字（复制后“选择性粘贴—数值”）。")
            return None
        if not str(cell).strip():
            if column in ("name", "due"):
                self.fault(column, "必须填写。")
            return None
        try:
            return read(cell)
        except BadInput as error:
            self.fault(column, error.sentence)
            return None

    def name(self, cell: Any) -> str:
        name = clean_name(cell) if isinstance(cell, str) else ""
        if not name or re.search(r"[0-9<>=@{}]", name) or len(name) > 50:
            raise BadInput("这不像姓名，请核对。")
        return name

    def number(self, cell: Any) -> str:
        if isinstance(cell, float | int) and not -_LOSES_DIGITS < cell < _LOSES_DIGITS:
            raise BadInput("证件号码存成了数字，末几位已经丢失。请把这一列设为“文本”格式，再按证件重新填写。")
        cell = _whole(cell)
        text = plain(cell)
        if _SCIENTIFIC.fullmatch(text):
            raise BadInput("证件号码成了科学记数法，末几位已经丢失。请把这一列设为“文本”格式，再按证件重新填写。")
        return id_number(kind_of_number(text), text)

    def call(self, cell: Any) -> str:
        cell = _whole(cell)
        if _SCIENTIFIC.fullmatch(plain(cell)):
            raise BadInput("电话成了科学记数法。请把这一列设为“文本”格式后重新填写。")
        return phone(str(cell))

    def sum(self, cell: Any) -> int:
        if isinstance(cell, bool | date | datetime):
            raise BadInput("这不是金额，请填写数字，例如 1234.50。")
        return fen(Decimal(repr(cell)) if isinstance(cell, float) else plain(cell).removesuffix("元"))

    def head(self, cell: Any) -> str:
        code = self.codes.get(plain(cell))
        if code is None:
            raise BadInput(f"没有“{str(cell).strip()[:20]}”这个请求项目，请从“项目”表中选择，或留空。")
        return code

    def first(self, cell: Any) -> date:
        return self.day(cell, last=False)

    def last(self, cell: Any) -> date:
        return self.day(cell, last=True)

    def day(self, cell: Any, *, last: bool) -> date:
        """A day, or a month: its first day, or its last."""
        found = (
            cell.date() if isinstance(cell, datetime) else cell if isinstance(cell, date) else _day(plain(cell), last)
        )
        if found is None:
            raise BadInput(f"“{str(cell)[:20]}”不是日期，请按 2026-07-01 或 2026-07 的格式填写。")
        if not 1990 <= found.year <= self.today.year:
            raise BadInput(f"{found}不像工资所属的期间，请核对。")
        return found

    def period(self, start: date | None, end: date | None) -> None:
        if start and end and start > end:
            self.fault("until_on", f"期间的终点{end}早于起点{start}，请核对。")
        if start and start > self.today:
            self.fault("from_on", "期间还没有开始，请核对。")

    def owed(self, due: int | None, paid: int | None, unpaid: int | None) -> int:
        """What was due less what was paid; where the list says it too, both must be the same."""
        if due is None or (paid is None and str(self.line.cells.get("paid", "")).strip()):
            return 0
        rest = due - (paid or 0)
        if rest < 0:
            self.fault("paid", f"已发{yuan(paid or 0)}元多于应发{yuan(due)}元，请核对。")
        elif unpaid is not None and unpaid != rest:
            self.fault("unpaid", f"应发减已发是{yuan(rest)}元，这里写的是{yuan(unpaid)}元，请核对。")
        return rest


def _whole(cell: Any) -> Any:
    """A whole number as its digits; spreadsheets keep 13800138000 as 13800138000.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell


def kind_of_number(text: str) -> str:
    """What document a number of this shape belongs to; what looks like a resident's number is checked as one."""
    upper = text.upper()
    if re.fullmatch(r"8[1-3][0-9]{15}[0-9X]", upper):
        return "residence_permit"
    if re.fullmatch(r"[HM][0-9]{8}([0-9]{2})?", upper):
        return "hk_macau_permit"
    if re.fullmatch(r"[0-9]{8}", upper):
        return "taiwan_permit"
    return "passport" if re.fullmatch(r"[A-Z][A-Z0-9]{5,9}", upper) else "resident_id"


def _day(text: str, last: bool) -> date | None:
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.fullmatch(text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, monthrange(year, month)[1] if last else 1)
    except ValueError:
        return None
    return None


def _doubles(checked: Checked) -> None:
    """The same claim of a person twice; one number under two names; one name twice without numbers."""
    claims: dict[tuple[str, ...], list[Entry]] = {}
    numbered: dict[str, Entry] = {}
    named: dict[str, Entry] = {}
    for entry in checked.entries:
        earlier = claims.setdefault((*entry.person, entry.head), [])
        if twin := next((other for other in earlier if overlap(entry, other.from_on, other.until_on)), None):
            sentence = f"与第{twin.row}行重复：同一人、同一项目，期间相同或重叠。"
            checked.faults.append(Fault(entry.row, "", sentence))
        earlier.append(entry)
        if entry.id_number and (known := numbered.setdefault(entry.id_number, entry)).name != entry.name:
            sentence = f"这个号码在第{known.row}行写的是“{known.name}”，请核对姓名和号码。"
            checked.faults.append(Fault(entry.row, "id_number", sentence))
        other = named.setdefault(entry.name, entry)
        if other.person != entry.person and not (other.id_number and entry.id_number):
            sentence = f"与第{other.row}行同名。请两行都填写证件号码，以便区分是不是同一人。"
            checked.faults.append(Fault(entry.row, "id_number", sentence))


def overlap(entry: Entry, start: date | None, end: date | None) -> bool:
    """Whether the entry's period and this one have a day in common; without days only where both have none."""
    if not (start and end and entry.from_on and entry.until_on):
        return (start, end) == (entry.from_on, entry.until_on)
    return entry.from_on <= end and start <= entry.until_on


def faults_in(faults: Iterable[Fault]) -> str:
    """The first faults in one sentence, for where there is no room for a sheet."""
    told = [f"第{f.row}行{f.title}：{f.sentence}" for f in faults]
    more = f"……共{len(told)}处。" if len(told) > 5 else ""
    return "".join(told[:5]) + more

"""Splitting each sum of an agreement into monthly instalments, before anything is saved."""

from collections.abc import Iterable, Iterator
from datetime import date

from mediation.errors import BadInput
from mediation.groups.allocation import months_after
from mediation.money import fen, split, yuan

from ..forms import Typed
from . import tidy

MOST = 60
COUNT, FIRST = "_split_count", "_split_first"
"""Fields of the form beside the table; no answers."""

Row = dict[str, str]


def instalments(typed: Typed, table: str) -> Typed:
    """The form with every sum in equal monthly parts that tie to the cent; the last parts are never the larger ones.

    Months without such a day end on their last day. Rows without a sum stay as they are. BadInput names the field.
    """
    count, first = _plan(typed)
    rows = [part for row in _rows(typed, table) for part in _parts(row, count, first)]
    kept = [item for item in typed.items if not item[0].startswith(table + ".") and item[0] != "_split"]
    cells = [(f"{table}.{n}.{name}", text) for n, row in enumerate(rows) for name, text in row.items()]
    return Typed((*kept, *cells), typed.uploads)


def _plan(typed: Typed) -> tuple[int, date]:
    wrong = {}
    count, day = tidy.number(typed.text(COUNT)), tidy.day(typed.text(FIRST))
    if not (count.isascii() and count.isdecimal() and len(count) < 4 and 2 <= int(count) <= MOST):
        wrong[COUNT] = f"请填写分几期，2至{MOST}期。"
    try:
        first = date.fromisoformat(day)
    except ValueError:
        wrong[FIRST] = "请填写首期的日期，例如 2026-10-15。"
    if wrong:
        raise BadInput("还不能按期填好，请按提示修改。", wrong)
    return int(count), first


def _rows(typed: Typed, table: str) -> Iterable[Row]:
    rows: dict[int, Row] = {}
    for name, text in typed.items:
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == table and parts[1].isdecimal():
            rows.setdefault(int(parts[1]), {})[parts[2]] = text
    return [rows[number] for number in sorted(rows)]


def _parts(row: Row, count: int, first: date) -> Iterator[Row]:
    try:
        total = fen(tidy.amount(row.get("amount", "")))
    except BadInput:
        total = 0
    if total < count:
        yield row
        return
    for number, amount in enumerate(split(total, [1] * count)):
        yield {**row, "amount": yuan(amount), "due_on": months_after(first, number).isoformat()}

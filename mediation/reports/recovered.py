"""挽回金额: claimed, agreed, awarded and received apart, each by its own date; every figure opens to its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from ..cases.facts import total
from ..errors import BadInput, NotFound
from ..money import yuan_grouped
from ..people.actor import Actor
from ..recovery.owed import COUNTED
from ..runtime import Runtime
from .sums import BY, SUMS, UNSEEN, Range, earlier, marked

_VERSION = 2
FORMULA = f"recovered@{_VERSION}"
BY_TITLES = {"month": "月份", "street": "组织", "cause": "事由"}


@dataclass(frozen=True, slots=True)
class Column:
    """One of the four sums."""

    name: str
    title: str
    definition: str


COLUMNS = (
    Column("claimed", "请求金额", "劳动者提出且未撤回的请求，按案件收件日期计入；没有写明金额的不计。"),
    Column(
        "agreed",
        "协议金额",
        "双方已签署（含在仲裁、诉讼、执行中达成的）、没有被新协议替换、也没有被否定的协议所约定的金额，按签署日期计入。",
    ),
    Column(
        "awarded",
        "裁决金额",
        "仲裁、法院等其他机关裁决或判决应付的金额，已扣除此前已付；被后来的裁判取代的不计，按裁决日期计入。",
    ),
    Column(
        "received",
        "到账金额",
        "劳动者实际收到的金额（含他人垫付、代付），已减去冲正，按到账日期计入；争议解决前已付的不计。",
    ),
)
APART = "四个数各按各的日期统计，不相加，不互为分母，金额单位为元。"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `sums` in fen, in the order of the columns. `key` opens its figures (`lines`)."""

    key: str
    title: str
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The frozen report that pages, JSON and sheets are made from."""

    formula: str
    by: str
    from_on: date
    to_on: date
    as_of: datetime
    """The instant whose records were counted."""
    scope: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[int, ...]
    by_kind: tuple[tuple[str, str, int], ...]
    """What was received, apart by its kind: (code, title, fen); together the received total."""
    definitions: tuple[str, ...]
    """Printed under the table, always."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row that a figure is made of: a demand, a promise, an award or a line of the ledger (`id` is its id).

    `case_id` None: of a case that counts, but that the reader may not see (restricted, or of a body moved away).
    """

    case_id: int | None
    number: str
    party: str
    on: date
    amount: int
    id: int


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of lines; `total` and `count` are of all pages."""

    column: Column
    lines: tuple[Line, ...]
    total: int
    count: int


def recovered(
    session: Session,
    runtime: Runtime,
    from_on: date,
    to_on: date,
    by: str,
    actor: Actor,
    *,
    as_of: datetime | None = None,
) -> Report:
    """The four sums of the actor's organisations from one SELECT, grouped by month, street or cause.

    With `as_of`, the report as it stood at that instant: last month's report prints the same for ever.
    """
    asked = _range(session, from_on, to_on, by, actor, as_of)
    parts = union_all(*(marked(name, source(asked)) for name, source in SUMS.items())).subquery()
    sums = [total(parts.c.amount, when=parts.c.sum == c.name).label(c.name) for c in COLUMNS]
    kinds = [total(parts.c.amount, when=parts.c.kind == kind).label(kind) for kind in COUNTED]
    query = select(parts.c.key, parts.c.title, *sums, *kinds).group_by(parts.c.key, parts.c.title)
    found = session.execute(query).all()
    rows = [
        Row(key, _title(runtime, by, key, title), tuple(int(x) for x in figures[: len(COLUMNS)]))
        for key, title, *figures in found
    ]
    rows.sort(key=lambda row: (len(row.key), row.key))
    moment = as_of or runtime.clock.now()
    by_kind = tuple(
        (kind, runtime.title("receipt_kinds", kind), amount)
        for kind in COUNTED
        if (amount := sum(int(getattr(row, kind)) for row in found))
    )
    return Report(
        formula=FORMULA,
        by=by,
        from_on=from_on,
        to_on=to_on,
        as_of=moment,
        scope="全部组织" if "/" in actor.paths() else "本人任职的组织及其下级组织",
        columns=COLUMNS,
        rows=tuple(rows),
        totals=tuple(sum(row.sums[n] for row in rows) for n in range(len(COLUMNS))),
        by_kind=by_kind,
        definitions=_definitions(moment, by_kind),
    )


def _range(session: Session, from_on: date, to_on: date, by: str, actor: Actor, as_of: datetime | None) -> Range:
    if by not in BY:
        raise BadInput(f"不能按“{by}”分组，可选：{'、'.join(BY)}。", {"by": "请从列表中选择。"})
    if to_on < from_on:
        raise BadInput("截止日期早于起始日期，请核对。", {"to": "截止日期早于起始日期。"})
    return Range(from_on, to_on, by, actor, as_of, earlier(session, as_of))


def _title(runtime: Runtime, by: str, key: str, title: str) -> str:
    if by == "month":
        return f"{int(key[:-2])}年{int(key[-2:])}月"
    return runtime.title("causes", key) if by == "cause" else title


def _definitions(moment: datetime, by_kind: Sequence[tuple[str, str, int]]) -> tuple[str, ...]:
    counted = f"统计{moment:%Y-%m-%d %H:%M}时已登记的内容；统计口径第{_VERSION}版。"
    kinds = "；".join(f"{title}{yuan_grouped(amount)}元" for _, title, amount in by_kind)
    split = (f"到账金额中：{kinds}。",) if any(kind != "payment" for kind, _, _ in by_kind) else ()
    return (*(f"{c.title}：{c.definition}" for c in COLUMNS), *split, APART, counted)


def lines(
    session: Session,
    from_on: date,
    to_on: date,
    by: str,
    actor: Actor,
    *,
    column: str,
    key: str | None = None,
    as_of: datetime | None = None,
    offset: int = 0,
    limit: int = 100,
) -> Lines:
    """The rows behind one figure of `recovered` with the same filters; `key` None: behind the column's total."""
    named = next((c for c in COLUMNS if c.name == column), None)
    if named is None:
        raise NotFound(f"没有“{column}”这一栏，可选：{'、'.join(c.name for c in COLUMNS)}。")
    rows = SUMS[column](_range(session, from_on, to_on, by, actor, as_of)).subquery()
    wanted: Any = select(rows) if key is None else select(rows).where(rows.c.key == key)
    behind = wanted.subquery()
    sum_of_all, count = session.execute(select(total(behind.c.amount), func.count())).one()
    page = wanted.order_by(rows.c.on, rows.c.id).offset(offset).limit(limit)
    found = tuple(_line(row) for row in session.execute(page))
    return Lines(named, found, int(sum_of_all), int(count))


def _line(row: Any) -> Line:
    if not row.shown:
        return Line(None, UNSEEN, "", row.on, row.amount, 0)
    return Line(row.case_id, row.number, row.party, row.on, row.amount, row.id)

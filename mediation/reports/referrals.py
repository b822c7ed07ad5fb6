"""转办统计: what was handed to other bodies or taken over from them, and what became of it; each referral counted once.

A referral stands in exactly one place at a time, so that the places always add up to the number handed over; papers
handed over are the sum of those given back and those that stayed. Rows and lists are made from the same SELECT.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..cases.models import UNDONE, Case, Proceeding
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.models import Organisation
from ..procedures.referrals import papers_counted
from ..runtime import Runtime
from .sums import UNSEEN, shown, within

BY_TITLES = {"kind": "单位类别", "body": "单位", "month": "月份", "street": "组织"}
DIRECTIONS = {"out": "转出", "in": "转来"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a referral stands: a column of the report, with its definition."""

    name: str
    title: str
    definition: str


OUT = (
    Place("preparing", "待移交", "已决定转办，材料还没有移交。"),
    Place("open", "办理中", "已移交，约定的答复日期未到或者已重新约定。"),
    Place("silent", "逾期未答复", "约定的答复日期已过，正在催办。"),
    Place("returned", "已反馈", "对方已经反馈结果。"),
    Place("refused", "不接收", "对方不接收，已退回。"),
    Place("unanswered", "无结果", "对方始终没有答复，由主管了结。"),
    Place("withdrawn", "已撤回", "本单位撤回。"),
)
IN = (
    Place("open", "办理中", "已接收，还没有回告。"),
    Place("returned", "已回告", "结果已经回告来件单位。"),
    Place("refused", "已退回", "不能办理，已退回来件单位。"),
)
_PLACES = {
    "preparing": "preparing",
    "unanswered": "silent",
    "referral_returned": "returned",
    "referral_refused": "refused",
    "referral_no_answer": "unanswered",
    "referral_withdrawn": "withdrawn",
    "reported_back": "returned",
    "returned_to_source": "refused",
}
"""By outcome, or by state where there is none yet; every other state is `open`."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One way of referring: its workflow, and under which names its answers were told."""

    name: str
    workflow: str
    kind: str
    codes: str
    body: str
    on: str
    given: str
    back: str
    places: tuple[Place, ...]


WAYS = {
    "out": Direction(
        *("out", "referral", "referral_kind", "referral_bodies", "referral_body", "referred_on"),
        *("papers_handed", "papers_back", OUT),
    ),
    "in": Direction(
        *("in", "referral_in", "referral_source", "referral_sources", "source_body", "taken_over_on"),
        *("papers_received", "papers_returned", IN),
    ),
}


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral as the lists show it. `case_id` None: of a case that counts, but that the reader may not see."""

    case_id: int | None
    number: str
    organisation_id: int
    organisation: str
    kind: str
    body: str
    on: date
    place: str
    state_title: str
    ended_at: datetime | None
    papers: int
    papers_back: int


@dataclass(frozen=True, slots=True)
class Row:
    """One group: how many referrals, how many in each place (in the order of the places), and the papers."""

    key: str
    title: str
    total: int
    counts: tuple[int, ...]
    papers: int
    papers_back: int

    @property
    def papers_kept(self) -> int:
        """What stayed where it was handed to."""
        return self.papers - self.papers_back


@dataclass(frozen=True, slots=True)
class Report:
    """The frozen report that pages and JSON are made from."""

    direction: str
    by: str
    from_on: date
    to_on: date
    as_of: datetime
    places: tuple[Place, ...]
    rows: tuple[Row, ...]
    totals: Row
    definitions: tuple[str, ...]


def referrals(
    session: Session, runtime: Runtime, actor: Actor, *, direction: str, from_on: date, to_on: date, by: str = "kind"
) -> Report:
    """All referrals of the actor's organisations that were decided on (or taken over) in the range, both days included.

    BadInput for an unknown direction or grouping, or a range that ends before it begins.
    """
    way = _way(direction, by, from_on, to_on)
    found = _found(session, runtime, actor, way, from_on, to_on)
    groups: dict[str, list[Referral]] = {}
    for one in found:
        groups.setdefault(_key(one, by), []).append(one)
    titles = {key: _title(runtime, way, group[0], by) for key, group in groups.items()}
    return Report(
        direction=direction,
        by=by,
        from_on=from_on,
        to_on=to_on,
        as_of=runtime.clock.now(),
        places=way.places,
        rows=tuple(_row(way, key, titles[key], groups[key]) for key in sorted(groups)),
        totals=_row(way, "", "合计", found),
        definitions=_definitions(way),
    )


def listed(
    session: Session,
    runtime: Runtime,
    actor: Actor,
    *,
    direction: str,
    from_on: date,
    to_on: date,
    by: str = "kind",
    key: str | None = None,
    place: str | None = None,
) -> tuple[Referral, ...]:
    """The referrals behind one figure: of one group (None: all), in one place (None: everywhere), the oldest first."""
    way = _way(direction, by, from_on, to_on)
    if place is not None and place not in {p.name for p in way.places}:
        raise NotFound("没有这一栏，请从报表中打开明细。")
    found = _found(session, runtime, actor, way, from_on, to_on)
    return tuple(r for r in found if place in (None, r.place) and key in (None, _key(r, by)))


def _way(direction: str, by: str, from_on: date, to_on: date) -> Direction:
    if direction not in WAYS or by not in BY_TITLES:
        raise BadInput("请从列表中选择方向和分组。")
    if to_on < from_on:
        raise BadInput("截止日期不能早于起始日期。", {"to": "不能早于起始日期。"})
    return WAYS[direction]


def _found(
    session: Session, runtime: Runtime, actor: Actor, way: Direction, from_on: date, to_on: date
) -> list[Referral]:
    rows = session.execute(_select(actor, way, from_on, to_on)).all()
    return [_referral(runtime, way, *row) for row in rows]


def _select(actor: Actor, way: Direction, from_on: date, to_on: date) -> Select[Proceeding, str, int, str, bool]:
    """Days are told as ISO text, which sorts like the days themselves."""
    on = Proceeding.answers[way.on].as_string()
    return (
        select(Proceeding, Case.number, Organisation.id, Organisation.name, shown(actor))
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.workflow == way.workflow, Proceeding.outcome.is_distinct_from(UNDONE), within(actor, on))
        .where(on >= from_on.isoformat(), on <= to_on.isoformat())
        .order_by(on, Proceeding.id)
    )


def _referral(
    runtime: Runtime,
    way: Direction,
    row: Proceeding,
    number: str,
    organisation_id: int,
    organisation: str,
    open: bool,
) -> Referral:
    said: Mapping[str, Any] = row.answers
    machine = runtime.machines.get((row.workflow, row.version))
    state = machine.definition.states.get(row.state) if machine else None
    back = papers_counted(said.get(way.back)) if row.ended_at else 0
    return Referral(
        case_id=row.case_id if open else None,
        number=number if open else UNSEEN,
        organisation_id=organisation_id,
        organisation=organisation,
        kind=said[way.kind],
        body=said[way.body],
        on=date.fromisoformat(said[way.on]),
        place=_PLACES.get(row.outcome or row.state, "open"),
        state_title=runtime.title("outcomes", row.outcome) if row.outcome else state.title if state else row.state,
        ended_at=row.ended_at,
        papers=papers_counted(said.get(way.given)),
        papers_back=back,
    )


_KEYS: Mapping[str, Callable[[Referral], str]] = {
    "kind": lambda one: one.kind,
    "body": lambda one: one.body,
    "month": lambda one: f"{one.on:%Y%m}",
    "street": lambda one: str(one.organisation_id),
}


def _key(one: Referral, by: str) -> str:
    return _KEYS[by](one)


def _title(runtime: Runtime, way: Direction, one: Referral, by: str) -> str:
    if by == "kind":
        return runtime.title(way.codes, one.kind)
    return {"body": one.body, "month": f"{one.on.year}年{one.on.month}月", "street": one.organisation}[by]


def _row(way: Direction, key: str, title: str, found: Sequence[Referral]) -> Row:
    return Row(
        key=key,
        title=title,
        total=len(found),
        counts=tuple(_count(one.place == place.name for one in found) for place in way.places),
        papers=sum(one.papers for one in found),
        papers_back=sum(one.papers_back for one in found),
    )


def _count(found: Iterable[bool]) -> int:
    return sum(found)


def _definitions(way: Direction) -> tuple[str, ...]:
    day = "决定转办" if way.name == "out" else "收到来件"
    kept = "留在对方单位" if way.name == "out" else "留在本单位"
    sentence = f"按{day}的日期统计；每件转办同一时刻只在一栏，各栏相加等于件数。"
    return (
        sentence,
        f"材料按清单份数统计；移交等于退回加{kept}。",
        *(f"{p.title}：{p.definition}" for p in way.places),
    )

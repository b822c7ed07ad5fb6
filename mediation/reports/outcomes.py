"""结果统计: what mediations came to, counted by case and by person side by side; a success rate only if asked for.

One SELECT gives the rows of which every figure is made; a case has one place, worked out from its parties' rows. With
an `as_of`, only what was on record at that instant counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.models import Case, Party, Proceeding
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.models import Organisation
from ..recovery.models import PartyOutcome
from ..runtime import Runtime
from .sums import UNSEEN, shown, within

_VERSION = 1
FORMULA = f"outcomes@{_VERSION}"
WHOLE, PART = "agreed", "agreed_partly"
AGREED = (WHOLE, PART)
FAILED = ("refused", "no_contact", "no_answer", "withdrawn", "waived", "not_agreed", "left")
"""Where nobody agreed on anything, a case stands where the first of these stands that one of its parties has."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted: a column of the report, with its definition."""

    name: str
    title: str
    definition: str


UNITS = (
    Unit("cases", "案件", "调解已有结果的案件，一案一次，按最后一名当事人有结果之日计入。"),
    Unit("workers", "劳动者", "每名劳动者一次，按其结果登记的日期计入；代理人、推选代表不另计。"),
    Unit("employers", "用人单位", "每案的每家用人单位一次，按其结果登记的日期计入。"),
)
RULES = (
    "案件的结果：全部劳动者达成协议的为达成协议，部分人或部分请求达成的为部分达成；都没有达成的，依次看有无拒绝、联系不上、"
    "未答复、撤回、放弃，其余为未达成协议。",
    "当事人的结果由意愿、协议覆盖的人和请求、不成或撤回的原因得出；恢复调解、重新启动后，没有协议的当事人的结果不再计入，"
    "直到再次有结果。",
    "案件数与人数分别统计，不相加，也不互为分母。",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of those counted: a case (`party` empty) or a person, with its outcome and reason.

    `case_id` below 0: of a case that counts, but that the reader may not see.
    """

    case_id: int
    number: str
    party: str
    outcome: str
    reason: str
    on: date
    received_on: date


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome with one reason (or all reasons: `reason` None), counted in each unit."""

    outcome: str
    reason: str | None
    title: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that was asked for, with all that it is made of. `carried_in` were received before the period."""

    unit: Unit
    numerator: int
    denominator: int
    carried_in: int

    @property
    def percent(self) -> str:
        """One decimal, rounded half up; "—" where there is nothing to divide by."""
        if not self.denominator:
            return "—"
        thousandths = (2000 * self.numerator + self.denominator) // (2 * self.denominator)
        return f"{thousandths // 10}.{thousandths % 10}%"


@dataclass(frozen=True, slots=True)
class Report:
    """The frozen report. `open_at_end`: cases received by the last day without any result then, counted nowhere."""

    from_on: date
    to_on: date
    as_of: datetime
    units: tuple[Unit, ...]
    rows: tuple[Row, ...]
    totals: Row
    rates: tuple[Rate, ...]
    open_at_end: int
    definitions: tuple[str, ...]


def outcomes(
    session: Session,
    runtime: Runtime,
    actor: Actor,
    *,
    from_on: date,
    to_on: date,
    as_of: datetime | None = None,
    rate: bool = False,
) -> Report:
    """Counts by outcome and reason within what the actor may see; `rate` adds the share of agreements."""
    found = _entries(session, actor, from_on, to_on, as_of)
    moment = as_of or runtime.clock.now()
    keys = {(one.outcome, one.reason) for entries in found.values() for one in entries}
    order = list(runtime.codes["party_outcomes"])
    rows = [_row(runtime, found, outcome, reason) for outcome, reason in sorted(keys, key=_by(order))]
    rates = [_rate(unit, found[unit.name], from_on) for unit in UNITS if unit.name != "employers"] if rate else []
    open_at_end = _open(session, actor, to_on, as_of)
    return Report(
        from_on,
        to_on,
        moment,
        UNITS,
        tuple(rows),
        Row("", None, "合计", tuple(len(found[unit.name]) for unit in UNITS)),
        tuple(rates),
        open_at_end,
        _definitions(moment, open_at_end, rate),
    )


def _by(order: Sequence[str]) -> Callable[[tuple[str, str]], tuple[int, str]]:
    return lambda key: (order.index(key[0]) if key[0] in order else len(order), key[1])


def listed(
    session: Session,
    actor: Actor,
    *,
    from_on: date,
    to_on: date,
    unit: str,
    outcome: str | None = None,
    reason: str | None = None,
    as_of: datetime | None = None,
) -> tuple[Entry, ...]:
    """Those behind one figure: of one outcome and reason ("": without one; None: all), by day."""
    if unit not in {u.name for u in UNITS}:
        raise NotFound("没有这一栏，请从报表中打开明细。")
    found = _entries(session, actor, from_on, to_on, as_of)[unit]
    return tuple(one for one in found if outcome in (None, one.outcome) and reason in (None, one.reason))


def _entries(
    session: Session, actor: Actor, from_on: date, to_on: date, as_of: datetime | None
) -> Mapping[str, Sequence[Entry]]:
    """By unit. Whole cases are read, so that a case whose last party comes later is counted then."""
    if to_on < from_on:
        raise BadInput("截止日期不能早于起始日期。", {"to": "不能早于起始日期。"})
    live = _standing(as_of)
    touched = select(PartyOutcome.case_id).where(*live, PartyOutcome.on >= from_on, PartyOutcome.on <= to_on)
    query = (
        select(PartyOutcome, Party.name, Party.side, Case.number, Case.received_on, shown(actor))
        .join(Party, Party.id == PartyOutcome.party_id)
        .join(Case, Case.id == PartyOutcome.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(PartyOutcome.case_id.in_(touched), *live, within(actor, _last_day(as_of)))
        .order_by(PartyOutcome.on, PartyOutcome.case_id, PartyOutcome.id)
    )
    people: dict[str, list[Entry]] = {"worker": [], "employer": []}
    for row, name, side, number, received_on, open in session.execute(query):
        named = (row.case_id, number, name) if open else (-row.case_id, UNSEEN, "")
        people[side].append(Entry(*named, row.outcome, row.reason or "", row.on, received_on))
    cases = _cases(people["worker"], people["employer"])
    every = {"cases": cases, "workers": people["worker"], "employers": people["employer"]}
    return {unit: [one for one in entries if from_on <= one.on <= to_on] for unit, entries in every.items()}


def _last_day(as_of: datetime | None) -> Any:
    """The day of the case's last result: where the office stood on it, the case counts."""
    last = aliased(PartyOutcome)
    return select(func.max(last.on)).where(last.case_id == Case.id, *_standing(as_of, last)).scalar_subquery()


def _standing(as_of: datetime | None, of: Any = PartyOutcome) -> tuple[Any, ...]:
    if as_of is None:
        return (of.replaced_at.is_(None),)
    return (of.at <= as_of, or_(of.replaced_at.is_(None), of.replaced_at > as_of))


def _cases(workers: Iterable[Entry], employers: Iterable[Entry]) -> list[Entry]:
    parties: dict[int, tuple[list[Entry], list[Entry]]] = {}
    for side, entries in enumerate((workers, employers)):
        for one in entries:
            parties.setdefault(one.case_id, ([], []))[side].append(one)
    found = [_case(*sides) for sides in parties.values()]
    return sorted(found, key=lambda one: (one.on, one.case_id))


def _case(workers: Sequence[Entry], employers: Sequence[Entry]) -> Entry:
    """One entry for the case: the workers decide whether there is an agreement, all parties why there is none."""
    both = [*workers, *employers]
    outcome = _of_case([one.outcome for one in workers], [one.outcome for one in both])
    reasons = {one.reason for one in both if one.outcome == outcome}
    reason = reasons.pop() if len(reasons) == 1 else ""
    first = both[0]
    on = max(one.on for one in both)
    return Entry(first.case_id, first.number, "", outcome, reason, on, first.received_on)


def _of_case(workers: Sequence[str], everybody: Sequence[str]) -> str:
    there = [outcome for outcome in workers if outcome != "left"]
    if there and all(outcome == WHOLE for outcome in there):
        return WHOLE
    if any(outcome in AGREED for outcome in everybody):
        return PART
    return next((outcome for outcome in FAILED if outcome in everybody), "not_agreed")


def _row(runtime: Runtime, found: Mapping[str, Sequence[Entry]], outcome: str, reason: str) -> Row:
    named = runtime.title("party_outcomes", outcome)
    why = runtime.title("party_outcome_reasons", reason) if reason else ""
    counts = (sum((one.outcome, one.reason) == (outcome, reason) for one in found[unit.name]) for unit in UNITS)
    return Row(outcome, reason, f"{named}：{why}" if why else named, tuple(counts))


def _rate(unit: Unit, entries: Sequence[Entry], from_on: date) -> Rate:
    agreed = sum(one.outcome in AGREED for one in entries)
    return Rate(unit, agreed, len(entries), sum(one.received_on < from_on for one in entries))


def _open(session: Session, actor: Actor, to_on: date, as_of: datetime | None) -> int:
    """Cases received by the last day that were still open then, without a result of anybody."""
    told = select(PartyOutcome.id).where(PartyOutcome.case_id == Case.id, *_standing(as_of), PartyOutcome.on <= to_on)
    query = (
        select(func.count(Case.id))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .join(Proceeding, (Proceeding.case_id == Case.id) & (Proceeding.workflow == "dispute"))
        .where(Case.received_on <= to_on, ~told.exists(), within(actor, to_on))
    )
    ended: ColumnElement[bool] = Proceeding.ended_at.is_(None)
    if as_of is not None:
        query, ended = query.where(Case.created_at <= as_of), or_(ended, Proceeding.ended_at > as_of)
    return session.scalar(query.where(ended)) or 0


def _definitions(moment: datetime, open_at_end: int, rate: bool) -> tuple[str, ...]:
    told = [f"{unit.title}：{unit.definition}" for unit in UNITS]
    if rate:
        told.append(
            "达成率：分子为达成和部分达成协议的件数（人数），分母为期间内调解有结果的全部件数（人数），含上期收到、本期有结果的结转；"
            f"截止日还没有结果的{open_at_end}件不在分母中。拒绝、联系不上、未答复、撤回和放弃都在分母中。"
        )
    return (*told, *RULES, f"统计{moment:%Y-%m-%d %H:%M}时已登记的内容；统计口径第{_VERSION}版。")

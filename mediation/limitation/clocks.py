"""The clocks of a case: one for each demand that stands, reckoned from the file as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Case, Demand, Party
from ..law.book import LawBook
from ..law.limitation import Clock, clock
from ..law.limitation_line import Interruption, Suspension
from ..law.limitation_window import double_wage
from ..law.statutes import Statute
from ..people.models import Person
from ..runtime import Runtime
from .models import LimitationEvent
from .starts import Told, starting, window_of


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as people read it. `demand_id` None: of the whole case; `struck_why` None: it counts."""

    id: int
    demand_id: int | None
    kind: str
    ground: str
    title: str
    cites: tuple[Statute, ...]
    on: date
    note: str
    source_event: str
    by: str
    at: datetime
    struck_why: str | None


Light = Literal["red", "amber", "green"]
SOON = 60
"""Days left from which the clock is amber: an office's own mark, no legal number."""


@dataclass(frozen=True, slots=True)
class DemandClock:
    """The clock of one demand with its reading at `at`."""

    demand_id: int
    party: str
    item: str
    clock: Clock
    at: date

    @property
    def state(self) -> str:
        return self.clock.state(self.at)

    @property
    def days_left(self) -> int | None:
        return self.clock.days_left(self.at)

    @property
    def urgent(self) -> bool:
        return self.clock.urgent(self.at)

    @property
    def light(self) -> Light:
        """How pressing it is at a glance: red is lost or nearly so, amber asks for a decision soon."""
        left = self.days_left
        if self.state == "expired" or self.urgent or self.clock.losing:
            return "red"
        return "amber" if self.state == "running" and left is not None and left <= SOON else "green"


def clocks_of(session: Session, runtime: Runtime, case_id: int) -> tuple[DemandClock, ...]:
    """The clocks of the demands that are not withdrawn, the most pressing first."""
    today = runtime.clock.today()
    found = _clocks(session, runtime, case_id, today, [e for e in events_of(session, runtime, case_id) if _counts(e)])
    return tuple(sorted(found, key=_urgency))


def _counts(event: EventRow) -> bool:
    return event.struck_why is None


def _urgency(one: DemandClock) -> tuple[bool, date, int]:
    due = one.clock.next_end
    return one.state not in ("running", "suspended"), due or date.max, one.demand_id


def _clocks(
    session: Session, runtime: Runtime, case_id: int, today: date, events: Sequence[EventRow]
) -> list[DemandClock]:
    heads, lines = runtime.codes["limitation_heads"], _Lines(events)
    found = []
    for row in session.execute(_DEMANDS.where(Demand.case_id == case_id)):
        demand, name, employed, ended_on, since_on, received_on = row
        told = Told(demand.head, demand.from_on, demand.until_on, since_on, received_on, employed, ended_on)
        counted, left_out = lines.of(demand.id, demand.added_at)
        rule = _rule(heads, demand.head, left_out)
        reckoned = one_clock(runtime.law, told, rule, today, *counted)
        found.append(DemandClock(demand.id, name, demand.item, reckoned, today))
    return found


_DEMANDS: Any = (
    select(Demand, Party.name, Party.employed, Party.employment_ended_on, Case.since_on, Case.received_on)
    .join(Party, Party.id == Demand.party_id)
    .join(Case, Case.id == Demand.case_id)
    .where(Demand.withdrawn_on.is_(None), Party.left_on.is_(None), Party.side == "worker")
    .order_by(Demand.id)
)
"""What employers ask of workers has its own clock in arbitration, not here."""


def _rule(heads: Any, head: str, left_out: bool) -> Mapping[str, str]:
    about: Mapping[str, str] = heads.about(head)
    return {**about, "late": LATE} if left_out else about


LATE = "本项请求提出之前登记的中断、中止没有计入；当时确已一并主张的，请另行登记并写明凭据"


def one_clock(
    law: LawBook,
    told: Told,
    rule: Mapping[str, str],
    today: date,
    interruptions: tuple[Interruption, ...],
    suspensions: tuple[Suspension, ...],
) -> Clock:
    """The clock of one demand as the file tells it."""
    start = starting(told, rule)
    window = window_of(told, today) if start.kind == "double_wage" else None
    if window is not None:
        return double_wage(law, start, window, today, interruptions, suspensions)
    if start.kind == "double_wage":
        start = type(start)("ordinary", start.on, start.why, (*start.doubts, "没有登记二倍工资的起止日，不能逐日计算"))
    return clock(law, start, interruptions, suspensions)


Line = tuple[tuple[Interruption, ...], tuple[Suspension, ...]]


class _Lines:
    """Events by demand, as the law module wants them. Those of the whole case count for the demands that stood when
    they were recorded: who asks for more later has not claimed it before."""

    def __init__(self, events: Sequence[EventRow]) -> None:
        self._events = events
        self._found: dict[tuple[EventRow, ...], Line] = {}

    def of(self, demand_id: int, added_at: datetime) -> tuple[Line, bool]:
        """The line of one demand, and whether something was left out of it."""
        mine = [e for e in self._events if e.demand_id in (None, demand_id)]
        counted = tuple(e for e in mine if e.demand_id is not None or e.at >= added_at)
        if counted not in self._found:
            self._found[counted] = self._read(counted)
        return self._found[counted], len(counted) < len(mine)

    def _read(self, events: Sequence[EventRow]) -> Line:
        broken = tuple(Interruption(e.on, e.title, e.cites) for e in events if e.kind == "interrupted")
        return broken, tuple(_suspensions(events))


def _suspensions(events: Sequence[EventRow]) -> list[Suspension]:
    """A suspension lasts until the next day on which an obstacle is told to have ended."""
    ends = sorted(e.on for e in events if e.kind == "resumed")
    return [
        Suspension(e.on, next((end for end in ends if end >= e.on), None), e.title, e.cites)
        for e in events
        if e.kind == "suspended"
    ]


def events_of(session: Session, runtime: Runtime, case_id: int) -> tuple[EventRow, ...]:
    """All events of a case in order of time, struck ones too."""
    query = (
        select(LimitationEvent, Person.name)
        .outerjoin(Person, Person.id == LimitationEvent.by_id)
        .where(LimitationEvent.case_id == case_id)
        .order_by(LimitationEvent.on, LimitationEvent.id)
    )
    return tuple(_event(runtime, row, name) for row, name in session.execute(query))


def _event(runtime: Runtime, row: LimitationEvent, name: str | None) -> EventRow:
    return EventRow(
        row.id,
        row.demand_id,
        row.kind,
        row.ground,
        runtime.title("limitation_grounds", row.ground),
        cites_of(runtime, row.ground),
        row.on,
        row.note,
        row.source_event,
        name or "系统时钟",
        row.at,
        row.struck_why,
    )


def cites_of(runtime: Runtime, ground: str) -> tuple[Statute, ...]:
    """The articles on which a ground rests."""
    told = runtime.codes["limitation_grounds"].about(ground).get("cites", "")
    return tuple(runtime.law.statute(id.strip()) for id in told.split(",") if id.strip())

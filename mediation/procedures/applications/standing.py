"""Whether a paper may be drafted now: open, uncertain (with what must be found out), or closed with the reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from ...cases.access import UNSEEN
from ...cases.facts import Facts
from ...cases.proceedings import dispute_of
from ...errors import NotFound
from ...law.routing import JudgedRoute, judge_route
from ...runtime import Runtime
from ..facts import words
from ..hand_off import Asked, told_for
from ..route_rules import route_case
from ..titles import titles_of
from .kinds import KINDS, Kind, named_by

NO_TITLE = (
    "现在没有可以申请强制执行的文书：单独的调解协议不是执行依据，须先经仲裁审查、司法确认，或者取得生效的裁决、"
    "判决、支付令"
)
SUE_LATER = "劳动争议一般须先申请仲裁；可以先起草仲裁申请书"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one paper stands in one case. `until` is the last day of the right, where the law sets one."""

    kind: Kind
    title: str
    state: Literal["open", "uncertain", "closed"]
    reasons: tuple[str, ...] = ()
    until: date | None = None


def standing(runtime: Runtime, facts: Any, kind: Kind) -> Standing:
    """Judged as of today. A draft for arbitration is always possible: whether it is too early or too late, the
    committee decides, and the reasons are told."""
    title = runtime.templates.get(kind.template).title
    if kind.template == "enforcement_application":
        return Standing(kind, title, "open") if titles_of(facts) else Standing(kind, title, "closed", (NO_TITLE,))
    if kind.route is None:
        return Standing(kind, title, "open")
    judged = _judged(runtime, facts, kind.route)
    state = judged.state
    reasons = tuple(reason.sentence for reason in judged.reasons if reason.bars or state != "closed")
    if state == "closed" and kind.template == "arbitration_application":
        state = "uncertain"
    elif state == "closed" and kind.template == "civil_complaint":
        if _arbitrated(facts):
            return Standing(kind, title, "open")
        reasons = (*reasons, SUE_LATER)
    return Standing(kind, title, state, reasons, judged.last_day)


def _judged(runtime: Runtime, facts: Any, route: str) -> JudgedRoute:
    heads = runtime.codes["demand_heads"]
    return judge_route(runtime.law, route, route_case(facts, heads, **told_for(facts, Asked())))


def _arbitrated(facts: Any) -> bool:
    """An arbitration has begun or ended: then a suit may follow it."""
    workflows = {one.partition(":")[0] for one in words(facts.procedures_ended)} | words(facts.procedures_open)
    return "arbitration" in workflows


def standings(
    session: Session, runtime: Runtime, case_id: int, kinds: Iterable[Kind] = KINDS.values()
) -> tuple[str, tuple[Standing, ...]]:
    """The state of the dispute, and every paper as it stands there. Whoever asks has been let in already."""
    connection, now = session.connection(), runtime.clock.now()
    row = runtime.reading.row(connection, dispute_of(connection, case_id), now)
    if row is None:
        raise NotFound(UNSEEN)
    facts = Facts(row, now, None)
    return facts.state, tuple(standing(runtime, facts, kind) for kind in kinds)


def next_papers(session: Session, runtime: Runtime, case_id: int) -> tuple[Standing, ...]:
    """What comes next in the present state of the case, without what is closed."""
    state, found = standings(session, runtime, case_id)
    return tuple(one for one in found if state in one.kind.states and one.state != "closed")


def ready_for(session: Session, runtime: Runtime, case_id: int, deadline: str) -> tuple[Standing, ...]:
    """The papers that a reminder of this deadline names: those that are not closed, the certain ones first."""
    kinds = named_by(deadline)
    if not kinds:
        return ()
    _, found = standings(session, runtime, case_id, kinds)
    order: Mapping[str, int] = {"open": 0, "uncertain": 1}
    return tuple(sorted((one for one in found if one.state != "closed"), key=lambda one: order[one.state]))

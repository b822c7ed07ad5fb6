"""协议之后走哪条路: every way after the agreement (or after a failed mediation) of one case, judged as of today.

What the file does not know (whether both want to apply, whether the employer is gone) may be told for this look;
nothing of that is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from ..cases.facts import Facts
from ..cases.proceedings import dispute_of
from ..cases.view import options
from ..errors import NotFound
from ..law.route_conditions import Answer, RouteCase
from ..law.routing import JudgedRoute, judge_routes
from ..people.actor import Actor
from ..runtime import Runtime
from .facts import words
from .route_rules import route_case, three
from .titles import titles_of

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "joint_review": "apply_joint_review",
        "judicial_confirmation": "apply_judicial_confirmation",
        "payment_order": "apply_payment_order",
        "direct_suit": "file_suit",
        "arbitration": "file_arbitration",
    }
)
"""The event of the dispute under which each way is recorded once it is taken."""
PROCEDURES: Mapping[str, str] = MappingProxyType({"direct_suit": "litigation"})
"""Where the procedure is not called like the way."""
_ORDER = ("open", "uncertain", "closed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is told for this look. None: nobody has said; then the file decides, and may not know either."""

    jointly: Answer = None
    lawful_body: Answer = None
    debtor_missing: Answer = None
    mutual_debts: Answer = None
    body: str | None = None
    wage_iou: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way for this case. `event` of the main proceeding records it; `allowed`: the reader may do that now."""

    judged: JudgedRoute
    event: str
    allowed: bool
    under_way: bool


@dataclass(frozen=True, slots=True)
class HandOff:
    """`titles` are the enforceable titles the case has already (codes/enforceable_titles). Open ways come first."""

    case: RouteCase
    proceeding_id: int
    titles: tuple[str, ...]
    ways: tuple[Way, ...]


def hand_off(session: Session, runtime: Runtime, case_id: int, actor: Actor, asked: Asked) -> HandOff:
    """Every way with its reasons, for whoever may see the case; NotFound otherwise."""
    connection = session.connection()
    proceeding_id = dispute_of(connection, case_id)
    allowed = {o.event.name for o in options(session, runtime, proceeding_id, actor) if o.allowed}
    row = runtime.reading.row(connection, proceeding_id, runtime.clock.now())
    if row is None:
        raise NotFound("没有这个案件，或者您无权查看。")
    facts = Facts(row, runtime.clock.now(), None)
    case = route_case(facts, runtime.codes["demand_heads"], **told_for(facts, asked))
    running = words(facts.procedures_open)
    ways = [
        Way(judged, EVENTS[id], EVENTS[id] in allowed, PROCEDURES.get(id, id) in running)
        for judged in judge_routes(runtime.law, case)
        for id in [judged.route.id]
    ]
    ways.sort(key=lambda way: _ORDER.index(way.judged.state))
    return HandOff(case, proceeding_id, tuple(sorted(titles_of(facts))), tuple(ways))


def told_for(facts: Any, asked: Asked) -> dict[str, Any]:
    """For this look first, then what an earlier form said; what neither knows is left to the file."""
    said = facts.said
    told = {
        "jointly": asked.jointly,
        "lawful_body": _first(asked.lawful_body, said.get("confirmation_body_lawful")),
        "debtor_missing": _first(asked.debtor_missing, said.get("payment_order_debtor_missing")),
        "mutual_debts": _first(asked.mutual_debts, said.get("payment_order_mutual_debts")),
        "body": asked.body or said.get("confirmation_mediated_by"),
        "document": "wage_iou" if asked.wage_iou and not facts.route_signed_on else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _first(now: Answer, earlier: Any) -> Answer:
    return three(earlier) if now is None else now

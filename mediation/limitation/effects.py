"""Effects of dispute events on limitation: which event is which ground stands in codes/limitation_grounds."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, update

from ..cases.effects import nothing
from ..cases.models import Party
from ..cases.step import Step
from ..deadlines.models import Deadline
from ..recovery.models import Agreement, Promise
from ..runtime import Effect, Inverse
from .clocks import clocks_of
from .keep import ADVANCE, RAISED, close, reckon_limitation
from .models import LimitationEvent


def interrupt_limitation(step: Step) -> None:
    """Note the ground that this event gives, if it gives one, and reckon the clocks anew."""
    found = _ground(step)
    day = _day(step, found[1]["day"]) if found else None
    if found and day is not None:
        event = LimitationEvent(
            case_id=step.case_id,
            demand_id=None,
            kind=found[1]["kind"],
            ground=found[0],
            on=day,
            source_event=step.event,
            by_id=step.actor.person_id,
            at=step.at,
        )
        step.session.add(event)
        step.session.flush()
        step.before["limitation_event"] = event.id
        step.results["limitation_ground"] = {"ground": found[0], "on": day}
    reckon_limitation(step)


def _ground(step: Step) -> tuple[str, Mapping[str, str]] | None:
    """The first ground whose event this is and whose answer was given."""
    if _refused_by_a_worker(step):
        return None
    grounds = step.runtime.codes["limitation_grounds"]
    for code in grounds:
        about = grounds.about(code)
        ask, _, answer = about.get("when", "").partition("=")
        if about.get("event") != step.event or (ask and step.facts.told(ask) != answer):
            continue
        if "owed_under" not in about or about["owed_under"] == _owed_under(step):
            return code, about
    return None


def _owed_under(step: Step) -> str | None:
    """What the promise that fell due first rests on: an award is enforced, no limitation of arbitration follows it."""
    return step.session.scalar(
        select(Agreement.kind)
        .join(Promise, Promise.agreement_id == Agreement.id)
        .where(
            Promise.case_id == step.case_id,
            Promise.done_on.is_(None),
            Agreement.signed_on.is_not(None),
            Agreement.replaced_at.is_(None),
            Promise.id.in_(_PROMISES.where(Deadline.proceeding_id == step.proceeding_id)),
        )
        .order_by(Promise.due_on, Promise.id)
        .limit(1)
    )


_PROMISES = select(cast(func.substr(Deadline.subject, len("promise:") + 1), BigInteger)).where(
    Deadline.name == "promise_due", Deadline.closed_at.is_(None), Deadline.subject.startswith("promise:")
)


def _refused_by_a_worker(step: Step) -> bool:
    """Only what the other side refuses interrupts (ER 31)."""
    party = step.session.get(Party, step.facts.told("consent_party") or 0)
    return party is not None and party.side == "worker"


def _day(step: Step, name: str) -> date | None:
    """A day that was told; or the end of a running deadline of this name, at the latest today."""
    definition = step.runtime.machine(step.facts.workflow, step.facts.version).definition
    if name not in definition.deadlines:
        return step.facts.day(name)
    first = step.session.scalar(
        select(func.min(Deadline.legal_due)).where(
            Deadline.proceeding_id == step.proceeding_id, Deadline.name == name, Deadline.closed_at.is_(None)
        )
    )
    return None if first is None else min(first, step.today)


def raise_advance_aid(step: Step) -> None:
    """Fewer than seven days are left (LAL 44): say for which demands, and watch the next last day."""
    lines = select(Deadline.id).where(
        Deadline.proceeding_id == step.proceeding_id, Deadline.name == ADVANCE, Deadline.closed_at.is_(None)
    )
    close(step, step.session.scalars(lines).all(), "已经提示", RAISED)
    clocks = [each for each in clocks_of(step.session, step.runtime, step.case_id) if each.urgent]
    step.results["urgent"] = [
        {"demand": each.demand_id, "last_day": each.clock.next_end, "days_left": each.days_left} for each in clocks
    ]
    reckon_limitation(step)


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (interrupt_limitation, raise_advance_aid, reckon_limitation)}


def strike_ground(step: Step, before: Mapping[str, Any]) -> None:
    """What the undone event interrupted did not happen: struck out, and the clocks are reckoned anew afterwards."""
    struck = {"struck_at": step.at, "struck_why": "这一步已撤销"}
    id = before.get("limitation_event")
    step.session.execute(update(LimitationEvent).where(LimitationEvent.id == id).values(struck))


UNDOES: Mapping[str, Inverse] = {"interrupt_limitation": strike_ground, "reckon_limitation": nothing}

"""What the three letters print: the addressee, the finding, the demand, how long the answer may take and why."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ..cases.models import Party
from ..cases.step import Step
from ..documents.models import Document
from ..engine.definition import DeadlineRule

ANSWER = {
    "approve_hint": "hint_reply",
    "approve_opinion": "opinion_reply",
    "approve_proposal": "department_result",
}
"""The deadline that each letter speaks of, by the event that writes it."""
DRAFTED = {"approve_hint": "issue_hint", "approve_opinion": "issue_opinion", "approve_proposal": "issue_proposal"}
"""The event in which somebody else drafted what is now approved."""

SERVED = {"supervision_hint": "hint_served_on", "supervision_opinion": "opinion_served_on"}


def letter_facts(step: Step, _known: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the letter being written; none for papers of other events."""
    if step.facts.workflow != "supervision" or step.event not in ANSWER:
        return {}
    told, employer = _drafted(step), _employer(step)
    letter = {
        "addressee": told.get("department_name") or employer,
        "employer": employer,
        "infringement": step.runtime.title("supervision_infringements", step.facts.known("supervision_infringement")),
        "found_on": step.facts.day("supervision_found_on"),
        "facts": told.get("letter_facts"),
        "rule": told.get("letter_rule"),
        "demand": told.get("letter_demand"),
        "contact": told.get("letter_contact"),
        "evidence": lines(told.get("letter_evidence")),
        "earlier": _earlier(step),
        **_answer(step),
    }
    return {"letter": {name: value for name, value in letter.items() if value not in (None, [], "")}}


def _drafted(step: Step) -> Mapping[str, Any]:
    """What the draft of this letter asked for; what an earlier letter said besides is not repeated."""
    definition = step.runtime.machine(step.facts.workflow, step.facts.version).definition
    asks = definition.events[DRAFTED[step.event]].asks
    return {name: value for name, value in step.facts.said.items() if name in asks}


def lines(text: str | None) -> list[str]:
    """The lines of a text in which something stands."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _employer(step: Step) -> str:
    query = select(Party.name).where(Party.id == step.facts.known("supervised_employer"))
    return step.session.scalars(query).one()


def _answer(step: Step) -> dict[str, Any]:
    """How long the addressee has; `reply_rule` only where an article gives the number, never for our own proposal."""
    definition = step.runtime.machine(step.facts.workflow, step.facts.version).definition
    period = step.runtime.law.period(_period(step, definition.deadlines[ANSWER[step.event]]), step.today)
    span = period.working_span
    cite = period.cites[0].text if period.span is not None and period.is_law and period.cites else None
    return {"reply_within": span.text if span else None, "reply_rule": cite}


def _period(step: Step, rule: DeadlineRule) -> str:
    value = step.facts.known("supervision_infringement")
    return rule.instead.get("supervision_infringement", {}).get(value, rule.period or "")


def _earlier(step: Step) -> list[dict[str, Any]]:
    """Letters of this proceeding that were delivered before."""
    query = select(Document.template, Document.title, Document.number).where(
        Document.proceeding_id == step.proceeding_id, Document.voided_at.is_(None), Document.template.in_(SERVED)
    )
    rows = step.session.execute(query.order_by(Document.id)).all()
    served = [(row, step.facts.day(SERVED[row.template])) for row in rows]
    return [{"title": row.title, "number": row.number, "served_on": on} for row, on in served if on]

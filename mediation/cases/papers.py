"""The facts that papers may print, gathered from the case file at the moment of the event."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from ..documents.issue import Issuer, issue
from ..engine.definition import TODAY
from ..people.models import Employer, Organisation, Person
from .models import Activity, Case, Demand, Party
from .printed import note_printed
from .step import Step


def issue_papers(step: Step, templates: Iterable[str]) -> None:
    """Issue each paper of the event. One missing fact, and the whole event is given up."""
    names = tuple(templates)
    if not names:
        return
    facts = paper_facts(step)
    for name in names:
        issued = issue(
            step.connection,
            step.runtime.templates.get(name),
            facts,
            step.issuer or Issuer(step.facts.organisation_id, step.facts.short_name),
            case_id=step.case_id,
            proceeding_id=step.proceeding_id,
            by_id=step.actor.person_id,
            at=step.at,
        )
        step.results.setdefault("documents", []).append(issued.said)
        note_printed(step, step.runtime.templates.get(name), [issued.said])


def paper_facts(step: Step) -> dict[str, Any]:
    """What every paper of the case may print, plus what the features add."""
    step.session.flush()
    facts = _case_facts(step)
    for add in step.runtime.paper_facts:
        facts |= add(step, facts)
    return facts | step.paper_extras


def _case_facts(step: Step) -> dict[str, Any]:
    session, runtime = step.session, step.runtime
    case = session.scalars(select(Case).where(Case.id == step.case_id)).one()
    organisation = session.scalars(select(Organisation).where(Organisation.id == case.organisation_id)).one()
    sides = _parties(step)
    facts: dict[str, Any] = {
        "case_number": case.number,
        "today": step.today,
        "cause": runtime.title("causes", case.cause),
        "dispute_facts": case.summary,
        "organisation": _known(
            name=organisation.name,
            short_name=organisation.short_name,
            address=organisation.address,
            phone=organisation.phone,
        ),
        "workers": sides["worker"],
        "employers": sides["employer"],
        "third_parties": sides["third"],
        "applicants": [{"name": p["name"]} for p in sides["worker"]],
        "mediators": _mediators(step),
        "received_on": case.received_on,
        "arbitration_committee": _known(name=organisation.arbitration_committee),
        **_demands(step),
        **_dates(step),
        **_failure(step),
    }
    return {name: value for name, value in facts.items() if value not in (None, {}, [])}


def _known(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _parties(step: Step) -> dict[str, list[dict[str, Any]]]:
    rows = step.session.execute(
        select(Party, Person, Employer)
        .outerjoin(Person, Person.id == Party.person_id)
        .outerjoin(Employer, Employer.id == Party.employer_id)
        .where(Party.case_id == step.case_id, Party.left_on.is_(None))
        .order_by(Party.id)
    ).all()
    speaks = {p.represents_id: p.name for p, _, _ in rows if p.represents_id}
    sides: dict[str, list[dict[str, Any]]] = {"worker": [], "employer": [], "third": []}
    for party, person, employer in rows:
        if is_principal(party):
            sides[party.side].append(_party(step, party, person, employer, speaks.get(party.id)))
    return sides


def is_principal(party: Party) -> bool:
    """One who is a side of the dispute: neither speaks for somebody nor was elected to."""
    return party.represents_id is None and party.role != "elected_representative"


def _party(
    step: Step, party: Party, person: Person | None, employer: Employer | None, representative: str | None
) -> dict[str, Any]:
    address = party.address or (person.address if person else None) or (employer.address if employer else None)
    phone = party.phone or (person.phone if person else None) or (employer.phone if employer else None)
    shared = _known(name=party.name, address=address, phone=phone)
    if party.side == "third":
        return {**shared, **_known(role=step.runtime.title("party_roles", party.role))}
    if employer is not None or party.side == "employer":
        return {
            **shared,
            **_known(
                uscc=employer.uscc if employer else None,
                legal_representative=employer.legal_representative if employer else None,
                post=employer.representative_post if employer else None,
                representative=representative,
            ),
        }
    return {**shared, **_person(step, person), **_known(representative=representative)}


def _person(step: Step, person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    return _known(
        gender=step.runtime.title("genders", person.gender),
        birth_date=person.birth_date,
        id_number=person.id_number,
        migrant={True: "是", False: "否"}.get(person.migrant_worker) if person.migrant_worker is not None else None,
    )


def _mediators(step: Step) -> list[dict[str, Any]]:
    owner = step.changed.get("owner_id", step.facts.owner_id)
    name = step.session.scalar(select(Person.name).where(Person.id == owner)) if owner else None
    return [{"name": name}] if name else []


def _demands(step: Step) -> dict[str, Any]:
    rows = step.session.execute(
        select(Demand, Party.name)
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id == step.case_id, Demand.withdrawn_on.is_(None))
        .order_by(Demand.id)
    ).all()
    listed = [_known(worker=name, head=d.item, amount=d.amount) for d, name in rows]
    sums = [d.amount for d, _ in rows if d.amount is not None]
    return {"demands": listed, "demands_total": sum(sums) if len(sums) > 1 else None}


def _dates(step: Step) -> dict[str, Any]:
    facts: dict[str, Any] = {"accepted_on": step.facts.day("accepted_on"), "signed_on": step.facts.day("signed_on")}
    finish = step.courses.get("mediation_finish")
    if finish is not None:
        reasons = json.loads(finish.explanation)["reasons"]
        facts["finish_due"] = {"legal_due": finish.legal_due, "reasons": reasons}
    window = step.runtime.law.reckon("mediation_arbitration_window", step.facts.received_on)
    facts["arbitration_window_until"] = window.legal_due
    return facts


def _failure(step: Step) -> dict[str, Any]:
    reason = step.results.get("failure_reason") or step.facts.told("failure")
    if reason is None:
        return {}
    titles = step.runtime.codes["failures"].titles
    said = titles.get(reason) or step.runtime.title("outcomes", reason)
    note = step.facts.told("failure_note")
    sessions = step.session.execute(
        select(Activity.at, Activity.text)
        .where(Activity.case_id == step.case_id, Activity.kind == "session", Activity.private.is_(False))
        .order_by(Activity.at, Activity.id)
    ).all()
    failure: dict[str, Any] = {
        "reason": f"{said}：{note}" if note else said,
        "ended_on": step.facts.told("failed_on") or step.today,
        "sessions": [{"held_on": at.date(), "summary": text} for at, text in sessions],
    }
    return {"failure": failure}


def _what_to_do(help: str) -> str:
    """The help of a state says where the case stands, then what is done about it; the receipt needs the latter."""
    stands, _, done = help.rstrip("。").partition("。")
    return done or stands


def first_step(step: Step, papers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """For the receipt: what was received, and who does what next until when."""
    machine = step.runtime.machine(step.facts.workflow, step.facts.version)
    state = machine.definition.states[step.facts.state]
    timed = step.courses.get(state.within or TODAY)
    facts: dict[str, Any] = {"papers": list(papers), "received_by": step.actor.name}
    if timed is not None:
        facts["next_step"] = {
            "who": step.runtime.title("roles", state.acts_next),
            "what": _what_to_do(state.help),
            "due_on": timed.legal_due,
            "reasons": json.loads(timed.explanation)["reasons"],
        }
    return facts

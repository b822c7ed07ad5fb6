"""Who needs what, and who acts for whom until when: marks that are confirmed, letters that run out."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from mediation.assignments.queries import waiting
from mediation.cases.authorities import AuthorityIn, set_authority
from mediation.cases.change import Change
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.needs import NeedsIn, proposed_needs, set_needs
from mediation.cases.parties import PartyCorrection, PartyIn, add_party, change_party
from mediation.cases.telling import names_of, timeline
from mediation.cases.view import case_view
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import BadInput
from mediation.findings.invariants import invariant_faults
from mediation.findings.verify import verify_all
from mediation.people.actor import Actor
from mediation.reminders.models import Reminder
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def change(office: Office, case_id: int, use_case: Any, *given: Any, actor: Actor | None = None) -> Change:
    with office.database.write() as session:
        view = case_view(session, office.runtime, case_id, office.mediator)
        done: Change = use_case(
            session,
            office.runtime,
            case_id,
            *given,
            revision=view.main.revision,
            key=office.key(),
            actor=actor or office.mediator,
        )
        return done


def test_needs_are_told_at_intake_and_changed_later(office: Office) -> None:
    worker = {"name": "张三", "needs": ["sign_language", "dialect"]}
    case = office.register(workers=[worker])
    (party,) = office.parties(case.case_id, "worker")
    told = change(office, case.case_id, set_needs, party, NeedsIn(needs=["injured", "dialect"], note="住院"))
    assert told.result["before"] == {"needs": ["dialect", "sign_language"]}
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, office.mediator)
        assert (view.parties[0].needs, view.parties[0].needs_hidden) == (("dialect",), 1)
        row = timeline(session, office.runtime, view, names_of(view))[0]
    said = dict(row.said)
    assert (row.title, said["需要特别照顾的情况"], said["说明"]) == ("登记需要特别照顾的情况", "****", "住院")


def test_unknown_needs_and_those_of_a_firm_are_refused(office: Office) -> None:
    with pytest.raises(BadInput) as wrong:
        office.register(workers=[{"name": "张三", "needs": ["rich"]}])
    assert set(wrong.value.fields) == {"workers.0.needs"}
    case = office.register()
    (employer,) = office.parties(case.case_id, "employer")
    with pytest.raises(BadInput, match="只登记劳动者"):
        change(office, case.case_id, set_needs, employer, NeedsIn(needs=["minor"]))


@pytest.mark.parametrize(
    ("born", "found"), [("2008-09-18", ()), ("2008-09-19", ("minor",)), ("2010-02-28", ("minor",)), (None, ())]
)
def test_who_is_under_eighteen_is_proposed_as_a_minor(born: str | None, found: tuple[str, ...]) -> None:
    today = date(2026, 9, 18)
    assert proposed_needs((), date.fromisoformat(born) if born else None, today) == found
    assert proposed_needs(("minor",), date(2010, 1, 1), today) == ()


def test_the_queue_tells_what_is_needed_and_not_who(office: Office) -> None:
    case = office.register(workers=[{"name": "张三", "needs": ["pregnant_or_nursing"]}, {"name": "李四"}])
    office.queued(case)
    with office.database.read() as session:
        (row,) = waiting(session, office.lawyer)
    assert row.needs == ("pregnant_or_nursing",)
    assert "张三" not in repr(row)


def expiries(office: Office, case_id: int) -> list[tuple[str, str, date, bool]]:
    with office.database.read() as session:
        query = select(Deadline).where(Deadline.case_id == case_id, Deadline.name == "authority_expiry")
        rows = session.scalars(query.order_by(Deadline.id)).all()
        return [(d.subject, d.title, d.legal_due, d.closed_at is None) for d in rows]


def sound(office: Office) -> None:
    with office.database.read() as session:
        assert list(verify_all(session)) == []
        assert list(invariant_faults(session, office.runtime)) == []


def represented(office: Office, case_id: int, **more: Any) -> int:
    (worker, *_) = office.parties(case_id, "worker")
    data = PartyIn(name="王律师", role="representative", represents=worker, **more)
    added = change(office, case_id, add_party, "worker", data)
    return int(added.result["party"])


def test_the_last_day_of_a_letter_is_a_deadline_with_reminders(office: Office) -> None:
    case = office.accepted()
    agent = represented(office, case.case_id, authority="special", authority_until=date(2026, 12, 31))
    subject = f"party:{agent}"
    title = "代理授权到期：王律师（代理张三）"
    assert expiries(office, case.case_id) == [(subject, title, date(2026, 12, 31), True)]
    with office.database.read() as session:
        query = select(Reminder.rung).join(Deadline, Deadline.id == Reminder.deadline_id)
        rungs = session.scalars(query.where(Deadline.name == "authority_expiry").order_by(Reminder.rung)).all()
        (told,) = session.scalars(select(Deadline.explanation).where(Deadline.name == "authority_expiry"))
    assert rungs == [-14, -3, 0]
    assert "授权委托书写明" in told
    sound(office)
    later = AuthorityIn(authority="special", authority_until=date(2027, 3, 1), powers=["settle", "admit"])
    moved = change(office, case.case_id, set_authority, agent, later)
    assert moved.result["before"]["authority_until"] == date(2026, 12, 31)
    assert [(row[2], row[3]) for row in expiries(office, case.case_id)] == [
        (date(2026, 12, 31), False),
        (date(2027, 3, 1), True),
    ]
    gone = PartyCorrection(left_on=date(2026, 9, 18), reason="解除委托")
    change(office, case.case_id, change_party, agent, gone)
    assert [row[3] for row in expiries(office, case.case_id)] == [False, False]
    sound(office)


def test_a_letter_is_evidence_of_this_case_and_powers_need_a_special_one(office: Office) -> None:
    case = office.accepted()
    agent = represented(office, case.case_id, authority="general")
    with pytest.raises(BadInput) as wrong:
        change(
            office,
            case.case_id,
            set_authority,
            agent,
            AuthorityIn(authority="general", powers=["settle"], authority_evidence=99),
        )
    assert set(wrong.value.fields) == {"powers", "authority_evidence"}
    data = EvidenceIn(name="授权委托书", category="other", visibility="both_sides")
    with office.database.write() as session:
        letter = add_evidence(
            session,
            office.runtime,
            case.case_id,
            data,
            Upload(b"x", "text/plain"),
            key=office.key(),
            actor=office.mediator,
        ).result["evidence"]
    given = AuthorityIn(authority="special", powers=["settle", "waive"], authority_evidence=letter)
    change(office, case.case_id, set_authority, agent, given)
    with office.database.read() as session:
        rows = case_view(session, office.runtime, case.case_id, office.mediator).parties
    row = next(party for party in rows if party.id == agent)
    assert (row.authority, row.powers, row.authority_evidence_id) == ("special", ("waive", "settle"), letter)


def test_the_deadline_ends_with_the_case_and_comes_back_with_it(office: Office) -> None:
    case = office.accepted()
    represented(office, case.case_id, authority="special", authority_until=date(2026, 12, 31))
    office.fire(case.proceeding_id, "withdraw", {"withdrawal_reason": "given_up", "withdrawn_on": "2026-09-18"})
    assert [row[3] for row in expiries(office, case.case_id)] == [False]
    office.fire(case.proceeding_id, "reopen", {"reopen_reason": "漏项"}, actor=office.supervisor)
    assert [row[3] for row in expiries(office, case.case_id)] == [False, True]
    sound(office)

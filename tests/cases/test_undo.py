"""Undo: the last event is taken back with all that it did, both lines stay, and nothing is out of order afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mediation.assembly import EFFECTS, UNDOES
from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.advance import Advanced
from mediation.cases.models import Activity, AuditEntry, Case, Party, Proceeding
from mediation.cases.telling import names_of, timeline
from mediation.cases.undo import undo
from mediation.cases.undoable import undoables
from mediation.cases.view import case_view
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline, DeadlineChange
from mediation.documents.models import Document
from mediation.errors import BadInput, Forbidden, KeyReused, Refused, StateHasChanged
from mediation.findings.invariants import invariant_faults
from mediation.findings.verify import verify_all
from mediation.people.actor import Actor
from mediation.recovery.models import Agreement
from mediation.reminders.models import Reminder
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def take_back(
    office: Office,
    proceeding_id: int,
    *,
    actor: Actor | None = None,
    reason: str | None = None,
    key: str | None = None,
    revision: int | None = None,
) -> Advanced:
    with office.database.write() as session:
        present = session.get_one(Proceeding, proceeding_id).revision
        return undo(
            session,
            office.runtime,
            proceeding_id,
            reason=reason,
            revision=present if revision is None else revision,
            key=key or office.key(),
            actor=actor or office.mediator,
        )


_COLUMNS = ("state", "state_since", "owner_id", "outcome", "answers", "ended_at")


def picture(office: Office, case_id: int) -> dict[str, Any]:
    """Everything of a case that an undo must put back: what runs, what waits, what was said, who agreed."""
    with office.database.read() as session:
        main = select(Proceeding).where(Proceeding.case_id == case_id, Proceeding.workflow == "dispute")
        open_ = session.execute(
            select(Deadline.id, Deadline.name, Deadline.subject, Deadline.legal_due, Deadline.suspended_on)
            .where(Deadline.case_id == case_id, Deadline.closed_at.is_(None))
            .order_by(Deadline.id)
        )
        waiting = session.execute(
            select(Reminder.deadline_id, Reminder.rung, Reminder.recipient, Reminder.remind_at)
            .join(Deadline, Deadline.id == Reminder.deadline_id)
            .where(Deadline.case_id == case_id, Reminder.state == "waiting")
            .order_by(Reminder.deadline_id, Reminder.rung, Reminder.recipient)
        )
        parties = session.execute(
            select(Party.id, Party.consent, Party.consent_on).where(Party.case_id == case_id).order_by(Party.id)
        )
        notes = select(Activity.kind, Activity.text).where(Activity.case_id == case_id).order_by(Activity.id)
        drafts = select(Agreement.id).where(Agreement.case_id == case_id, Agreement.replaced_at.is_(None))
        papers = select(Document.id).where(Document.case_id == case_id, Document.voided_at.is_(None))
        return {
            "columns": [[getattr(row, name) for name in _COLUMNS] for row in session.scalars(main)],
            "risk": session.get_one(Case, case_id).risk_level,
            "open": [tuple(row) for row in open_],
            "waiting": [tuple(row) for row in waiting],
            "parties": [tuple(row) for row in parties],
            "notes": [tuple(row) for row in session.execute(notes)],
            "drafts": list(session.scalars(drafts.order_by(Agreement.id))),
            "papers": list(session.scalars(papers.order_by(Document.id))),
        }


def sound(office: Office) -> None:
    with office.database.read() as session:
        assert list(verify_all(session)) == []
        assert list(invariant_faults(session, office.runtime)) == []


Told = Callable[[Office, int], dict[str, Any]]


def _draft(office: Office, case_id: int) -> dict[str, Any]:
    (worker,) = office.parties(case_id, "worker")
    return {"agreement_scope": "full", "promises": [{"party": worker, "amount": "20000", "due_on": "2026-10-20"}]}


def _refusal(office: Office, case_id: int) -> dict[str, Any]:
    (employer,) = office.parties(case_id, "employer")
    return {"consent_party": employer, "consent": "refused", "consent_on": "2026-09-18"}


def _evidence(office: Office, case_id: int) -> int:
    from mediation.cases.evidence import EvidenceIn, Upload, add_evidence

    data = EvidenceIn(name="延期调解同意书", category="other", visibility="both_sides")
    with office.database.write() as session:
        done = add_evidence(
            session, office.runtime, case_id, data, Upload(b"x", "text/plain"), key=office.key(), actor=office.mediator
        )
        return int(done.result["evidence"])


def _extension(office: Office, case_id: int) -> dict[str, Any]:
    return {"extended_until": "2026-10-15", "extension_paper": _evidence(office, case_id), "both_signed": True}


def _fixed(**told: Any) -> Told:
    return lambda office, case_id: told


STEPS: dict[str, Told] = {
    "assign_mediator": lambda office, case_id: {"mediator": office.mediator.person_id},
    "note_risk": _fixed(risk_level="yellow", risk_signals=["wage_arrears"], risk_note="再次拖欠"),
    "hold_session": _fixed(held_on="2026-09-18", session_form="joint", session_result="progress"),
    "extend_mediation": _extension,
    "draft_agreement": _draft,
    "declare_failed": _fixed(failure="failed_divergence", failed_on="2026-09-18"),
    "withdraw": _fixed(withdrawal_reason="given_up", withdrawn_on="2026-09-18"),
    "wait_for_procedures": _fixed(),
    "report_group_event": _fixed(
        group_event_at="2026-09-18T08:30",
        group_event_place="厂门口",
        group_event_people=20,
        risk_signals=["wage_arrears"],
        risk_note="聚集",
    ),
    "open_legal_aid": _fixed(
        aid_matter="追索三个月工资", aid_scope="pay", aid_means="migrant_pay", aid_applied_on="2026-09-18"
    ),
    "file_arbitration": _fixed(arbitration_filed_on="2026-09-18", arbitration_body="示范区仲裁委"),
}


@pytest.mark.parametrize("event", STEPS)
def test_an_event_is_taken_back_with_all_that_it_did(office: Office, event: str) -> None:
    case = office.accepted()
    if event == "wait_for_procedures":
        office.fire(case.proceeding_id, "file_arbitration", STEPS["file_arbitration"](office, case.case_id))
    told = STEPS[event](office, case.case_id)
    office.clock.move(minutes=3)
    before = picture(office, case.case_id)
    done = office.fire(case.proceeding_id, event, told)
    assert picture(office, case.case_id) != before or event == "assign_mediator"
    office.clock.move(minutes=9)
    taken = take_back(office, case.proceeding_id)
    assert (taken.event, taken.from_state, taken.to_state) == ("undo", done.to_state, done.from_state)
    assert taken.result["undone"] == {"seq": done.seq, "event": event}
    assert picture(office, case.case_id) == before
    sound(office)
    again = office.fire(case.proceeding_id, event, told)
    assert again.to_state == done.to_state
    sound(office)


def test_refused_consent_is_taken_back(office: Office) -> None:
    case = office.register()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": "2026-09-18"})
    office.clock.move(minutes=1)
    before = picture(office, case.case_id)
    office.fire(case.proceeding_id, "record_consent", _refusal(office, case.case_id))
    assert office.state(case.proceeding_id) == "failed"
    take_back(office, case.proceeding_id)
    assert picture(office, case.case_id) == before
    office.clock.move(minutes=1)
    taken = take_back(office, case.proceeding_id)
    assert taken.result["undone"]["event"] == "ask_consent"
    assert office.state(case.proceeding_id) == "intake"
    sound(office)


def test_a_revised_draft_gives_way_to_the_one_before(office: Office) -> None:
    case = office.accepted()
    office.fire(case.proceeding_id, "draft_agreement", _draft(office, case.case_id))
    office.clock.move(minutes=1)
    before = picture(office, case.case_id)
    office.fire(case.proceeding_id, "revise_draft", _draft(office, case.case_id))
    after = picture(office, case.case_id)
    assert (after["drafts"], after["papers"]) != (before["drafts"], before["papers"])
    taken = take_back(office, case.proceeding_id)
    assert len(taken.result["voided"]) == 1
    assert picture(office, case.case_id) == before
    sound(office)
    with office.database.read() as session:
        numbers = list(session.scalars(select(Document.number).order_by(Document.id)))
    assert len(set(numbers)) == len(numbers)


def test_an_extension_leaves_its_line_and_can_be_given_again(office: Office) -> None:
    case = office.accepted()
    told = _extension(office, case.case_id)
    office.clock.move(minutes=1)
    office.fire(case.proceeding_id, "extend_mediation", told)
    take_back(office, case.proceeding_id)
    with office.database.read() as session:
        kinds = list(session.scalars(select(DeadlineChange.kind).order_by(DeadlineChange.id)))
    assert kinds[-2:] == ["extended", "undone"]
    office.fire(case.proceeding_id, "extend_mediation", told)
    with office.database.read() as session:
        due = session.scalar(
            select(Deadline.legal_due).where(Deadline.name == "mediation_finish", Deadline.closed_at.is_(None))
        )
    assert due is not None
    assert due.isoformat() == "2026-10-15"
    sound(office)


def test_after_ten_minutes_only_a_supervisor_who_says_why(office: Office) -> None:
    case = office.accepted()
    office.clock.move(minutes=1)
    office.fire(case.proceeding_id, "withdraw", STEPS["withdraw"](office, case.case_id))
    office.clock.move(minutes=10)
    with pytest.raises(Forbidden, match="请主管写明理由"):
        take_back(office, case.proceeding_id, reason="点错了")
    with pytest.raises(BadInput) as missing:
        take_back(office, case.proceeding_id, actor=office.supervisor)
    assert set(missing.value.fields) == {"reason"}
    office.clock.move(days=2)
    take_back(office, case.proceeding_id, actor=office.supervisor, reason="申请人并未撤回")
    assert office.state(case.proceeding_id) == "mediation"
    sound(office)


def test_a_colleague_may_not_and_the_same_key_does_it_once(office: Office) -> None:
    case = office.accepted()
    office.clock.move(minutes=1)
    told = STEPS["hold_session"](office, case.case_id)
    done = office.fire(case.proceeding_id, "hold_session", told)
    with pytest.raises(StateHasChanged):
        take_back(office, case.proceeding_id, revision=done.revision - 1)
    first = take_back(office, case.proceeding_id, key="undo-once")
    again = take_back(office, case.proceeding_id, key="undo-once")
    assert again.repeated
    assert again.seq == first.seq
    with pytest.raises(KeyReused):
        take_back(office, case.proceeding_id, key="undo-once", reason="另一次")


def test_money_and_signatures_have_their_own_ways(office: Office) -> None:
    case = office.signed()
    with pytest.raises(Refused, match="重新约定履行"):
        take_back(office, case.proceeding_id)
    (worker,) = office.parties(case.case_id, "worker")
    payment = {"party": worker, "amount": "5000", "paid_on": "2026-09-18", "method": "bank", "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [payment]})
    with pytest.raises(Refused, match="冲正到账"):
        take_back(office, case.proceeding_id)


def test_a_procedure_in_which_something_happened_stands(office: Office) -> None:
    case = office.accepted()
    aid = office.aid(case)
    office.fire(aid, "grant_aid", {"aid_granted_on": "2026-09-18"})
    with pytest.raises(Refused, match="法律援助"):
        take_back(office, case.proceeding_id)


def test_an_undone_procedure_can_only_be_read(office: Office) -> None:
    case = office.accepted()
    aid = office.aid(case)
    take_back(office, case.proceeding_id)
    with pytest.raises(Refused, match="已经撤销"):
        office.fire(aid, "grant_aid", {"aid_granted_on": "2026-09-18"})
    with pytest.raises(Refused, match="没有可以撤销的步骤"):
        take_back(office, aid, actor=office.supervisor, reason="试一试")
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, office.mediator)
        shown = view.proceeding(aid)
        assert shown is not None
        assert (shown.outcome, shown.ended, shown.options) == ("已撤销（登记有误）", True, ())
    assert office.aid(case) != aid
    sound(office)


def test_what_the_clock_did_stands(office: Office) -> None:
    from mediation.sweeping.missed import fire_missed

    case = office.accepted()
    office.clock.move(days=30)
    fire_missed(office.runtime)
    assert office.state(case.proceeding_id) == "failed"
    with pytest.raises(Refused, match="系统按期限"):
        take_back(office, case.proceeding_id, actor=office.supervisor, reason="试一试")


def test_the_file_may_have_grown_but_not_been_divided(office: Office) -> None:
    case = office.accepted()
    office.clock.move(minutes=1)
    office.fire(case.proceeding_id, "hold_session", STEPS["hold_session"](office, case.case_id))
    note = ActivityIn(kind="note", text="记一笔")
    with office.database.write() as session:
        add_activity(session, office.runtime, case.case_id, note, key=office.key(), actor=office.mediator)
    take_back(office, case.proceeding_id)
    with office.database.read() as session:
        assert list(session.scalars(select(Activity.text))) == ["记一笔"]
        view = case_view(session, office.runtime, case.case_id, office.mediator)
        rows = timeline(session, office.runtime, view, names_of(view))
        assert rows[0].title == "撤销“记录调解会”"
        assert [row.title for row in rows if row.undone] == ["记录调解会"]
        offered = undoables(session, office.runtime, case.case_id, office.mediator, view.roles)
    assert offered[case.proceeding_id].title == "受理"
    assert offered[case.proceeding_id].minutes == 9


def test_every_inverse_belongs_to_an_effect() -> None:
    assert set(UNDOES) <= set(EFFECTS)
    assert set(EFFECTS) - set(UNDOES) <= {"raise_advance_aid"}


def test_the_undone_entry_stays_as_it_was(office: Office) -> None:
    case = office.accepted()
    office.clock.move(minutes=1)
    done = office.fire(case.proceeding_id, "hold_session", STEPS["hold_session"](office, case.case_id))
    query = select(AuditEntry.hash).where(AuditEntry.proceeding_id == case.proceeding_id, AuditEntry.seq == done.seq)
    with office.database.read() as session:
        before = session.scalar(query)
    take_back(office, case.proceeding_id)
    with office.database.read() as session:
        assert session.scalar(query) == before

"""A running deadline that moves: extended with consent, stopped and resumed, counted from another day, recounted."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from mediation.cases.deadline_changes import (
    StartCorrection,
    apply_calendar,
    correct_deadline,
    preview,
)
from mediation.cases.dues import Due, dues_of
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry, Proceeding
from mediation.cli.calendar import app
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.deadlines.ledger import (
    Move,
    correct_start,
    extend_deadline,
    recalculated,
    recount,
    resume_deadline,
    suspend_deadline,
)
from mediation.deadlines.models import Deadline, DeadlineChange
from mediation.deadlines.run import course, open_deadline
from mediation.engine.definition import DeadlineRule
from mediation.errors import BadInput, NotFound, Refused, StateHasChanged
from mediation.findings.verify import verify_all
from mediation.law.book import LawBook
from mediation.law.workdays import Workdays
from mediation.reminders.models import Reminder
from tests.office import Office, open_office

FINISH = "mediation_finish"


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def paper(office: Office, case: Registered) -> int:
    with office.database.write() as session:
        said = EvidenceIn(name="延期调解同意书", category="other")
        upload = Upload("双方同意延期".encode(), "text/plain")
        change = add_evidence(
            session, office.runtime, case.case_id, said, upload, key=office.key(), actor=office.mediator
        )
        return int(change.result["evidence"])


def extend_until(office: Office, case: Registered, until: str, signed: bool = True) -> int:
    evidence = paper(office, case)
    answers = {"extended_until": until, "extension_paper": evidence, "both_signed": signed}
    office.fire(case.proceeding_id, "extend_mediation", answers)
    return evidence


def due(office: Office, case: Registered, name: str = FINISH) -> Due:
    with office.database.read() as session:
        return next(d for d in dues_of(session, case.case_id, office.clock.now()) if d.name == name)


def whole(office: Office) -> bool:
    with office.database.read() as session:
        return list(verify_all(session)) == []


def ladder(office: Office, deadline_id: int, state: str) -> list[tuple[str, int, int, date]]:
    with office.database.read() as session:
        query = select(Reminder).where(Reminder.deadline_id == deadline_id, Reminder.state == state)
        return sorted((r.recipient, r.rung, r.round, r.remind_at.date()) for r in session.scalars(query))


def test_an_extension_moves_both_days_and_keeps_the_signed_paper(office: Office) -> None:
    case = office.accepted()
    before = due(office, case)
    assert (before.nominal_due, before.due_on) == (date(2026, 10, 3), date(2026, 10, 8))
    evidence = extend_until(office, case, "2026-10-18")
    after = due(office, case)
    assert (after.nominal_due, after.due_on, after.target_on) == (
        date(2026, 10, 18),
        date(2026, 10, 19),
        date(2026, 10, 17),
    )
    assert [(x.title, x.before, x.after, x.by) for x in after.ledger] == [
        ("延期", date(2026, 10, 8), date(2026, 10, 19), "李调解")
    ]
    with office.database.read() as session:
        line = session.scalars(select(DeadlineChange)).one()
        assert (line.evidence_id, line.nominal_before, line.nominal_after) == (
            evidence,
            before.nominal_due,
            after.nominal_due,
        )


def test_an_extension_plans_its_reminders_anew_and_cancels_the_old(office: Office) -> None:
    case = office.accepted()
    old = ladder(office, due(office, case).id, "waiting")
    extend_until(office, case, "2026-10-18")
    id = due(office, case).id
    assert [(r, rung, 1) for r, rung, _, _ in old] == [(r, rung, n) for r, rung, n, _ in ladder(office, id, "waiting")]
    assert ladder(office, id, "cancelled") == old
    assert ("mediator", 0, 1, date(2026, 10, 18)) in ladder(office, id, "waiting")


def test_without_both_signatures_or_a_later_day_nothing_moves(office: Office) -> None:
    case = office.accepted()
    with pytest.raises(Refused, match="双方同意并签名"):
        extend_until(office, case, "2026-10-18", signed=False)
    with pytest.raises(BadInput) as refused:
        extend_until(office, case, "2026-10-02")
    assert list(refused.value.fields) == ["extended_until"]
    assert due(office, case).ledger == ()


def test_beyond_our_proposed_cap_it_is_allowed_but_said(office: Office) -> None:
    """The national rule sets no cap (ER 29): fifteen days is only our proposal."""
    case = office.accepted()
    extend_until(office, case, "2026-10-13")
    extend_until(office, case, "2026-10-18")
    assert not any("建议上限" in reason for reason in due(office, case).reasons)
    extend_until(office, case, "2026-10-19")
    after = due(office, case)
    assert any("累计延长16日，超过本单位建议上限15日（法律未设上限）" in reason for reason in after.reasons)
    assert (after.nominal_due, len(after.ledger)) == (date(2026, 10, 19), 3)


# ── periods with a cap of the law, and suspensions: through the ledger itself ──


def rule(period: str, name: str = "decide") -> DeadlineRule:
    return DeadlineRule(name, "期限", period, None, "today", None, "mediator", 2, {}, None, True)


@contextmanager
def opened(office: Office, period: str, start: date) -> Iterator[tuple[Any, DeadlineRule, Deadline]]:
    """A deadline of this period in some proceeding, in a transaction under way."""
    case = office.register()
    wanted = rule(period)
    with office.database.write() as session:
        made = open_deadline(
            session.connection(),
            wanted,
            course(office.runtime.law, wanted, start),
            case_id=case.case_id,
            proceeding_id=case.proceeding_id,
            calendar=office.runtime.law.calendar_version,
            at=office.clock.now(),
        )
        yield session, wanted, session.get_one(Deadline, made.id)


def move(office: Office, session: Any, deadline: Deadline, day: date) -> Move:
    at = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)
    return Move(session, office.runtime.law, deadline.proceeding_id, "理由", office.mediator.person_id, at)


def test_a_cap_of_the_law_counts_what_was_given_before(office: Office) -> None:
    with opened(office, "mediation_finish_nef", date(2026, 9, 1)) as (session, wanted, deadline):
        today = move(office, session, deadline, date(2026, 9, 10))
        extend_deadline(today, wanted, days=10)
        with pytest.raises(BadInput, match="最多延长15日"):
            extend_deadline(today, wanted, days=6)
        extend_deadline(today, wanted, days=5)
        assert deadline.nominal_due == date(2026, 10, 1)
        assert deadline.legal_due == date(2026, 10, 8)


def test_a_cap_in_working_days_counts_working_days(office: Office) -> None:
    """Arbitration review: five working days at most (AR 76); over the National Day week that is a fortnight."""
    with opened(office, "arb_review_decide", date(2026, 9, 10)) as (session, wanted, deadline):
        today = move(office, session, deadline, date(2026, 9, 11))
        count = office.runtime.law.calendar.count_working
        before = deadline.nominal_due
        extend_deadline(today, wanted, until=office.runtime.law.calendar.add_working(before, 4))
        assert count(before, deadline.nominal_due) == 4
        with pytest.raises(BadInput, match="最多延长"):
            extend_deadline(today, wanted, days=2)
        extend_deadline(today, wanted, days=1)
        assert count(before, deadline.nominal_due) == 5
        again = recount(session, office.runtime.law, deadline.id, deadline.start_on)
        assert (again.nominal_after, again.legal_after) == (deadline.nominal_due, deadline.legal_due)


def test_the_clock_stops_and_the_remainder_runs_on(office: Office) -> None:
    """Fifteen days from 1 June, stopped on 10 June, resumed on 10 August: 61 days later, rolled over a Sunday."""
    with opened(office, "mediation_finish_nef", date(2026, 6, 1)) as (session, wanted, deadline):
        assert deadline.nominal_due == date(2026, 6, 16)
        assert suspend_deadline(move(office, session, deadline, date(2026, 6, 10)), wanted) == [deadline.id]
        assert suspend_deadline(move(office, session, deadline, date(2026, 6, 11)), wanted) == []
        resume_deadline(move(office, session, deadline, date(2026, 8, 10)), wanted)
        assert (deadline.nominal_due, deadline.legal_due) == (date(2026, 8, 16), date(2026, 8, 17))
        assert deadline.suspended_on is None
        assert resume_deadline(move(office, session, deadline, date(2026, 8, 11)), wanted) == []
        kinds = session.scalars(select(DeadlineChange.kind).order_by(DeadlineChange.id)).all()
        assert kinds == ["suspended", "resumed"]
        corrected = correct_start(
            move(office, session, deadline, date(2026, 8, 12)), wanted, deadline.id, date(2026, 6, 3)
        )
        assert (corrected.nominal_due, corrected.legal_due) == (date(2026, 8, 18), date(2026, 8, 18))


# ── a corrected start ──


def correction(start: str) -> StartCorrection:
    return StartCorrection.model_validate({"start": start, "reason": "受理通知书上的日期是16日。"})


def correct(office: Office, case: Registered, start: str, actor: Any = None, **more: Any) -> Any:
    with office.database.write() as session:
        query = select(Proceeding.revision).where(Proceeding.id == case.proceeding_id)
        given = {"revision": session.scalars(query).one(), "key": office.key(), **more}
        deadline = session.scalars(select(Deadline.id).where(Deadline.name == FINISH)).one()
        who = actor or office.mediator
        return correct_deadline(session, office.runtime, case.case_id, deadline, correction(start), actor=who, **given)


def test_the_preview_shows_what_the_deed_then_does(office: Office) -> None:
    case = office.accepted()
    id = due(office, case).id
    with office.database.read() as session:
        shown = preview(session, office.runtime, case.case_id, id, date(2026, 9, 14), office.mediator)
    assert (shown.start_before, shown.start_after) == (date(2026, 9, 18), date(2026, 9, 14))
    assert (shown.legal_before, shown.legal_after) == (date(2026, 10, 8), date(2026, 9, 29))
    assert due(office, case).due_on == date(2026, 10, 8)
    change = correct(office, case, "2026-09-14")
    after = due(office, case)
    assert (after.due_on, after.reasons) == (shown.legal_after, shown.reasons)
    assert change.result["due"] == shown.legal_after
    assert [x.title for x in after.ledger] == ["更正起算日"]
    assert ("mediator", 0, 1, date(2026, 9, 29)) in ladder(office, id, "waiting")
    with office.database.read() as session:
        words = session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
        assert words[-1] == "correct_deadline"
    assert whole(office)


def test_a_corrected_start_keeps_the_extension(office: Office) -> None:
    case = office.accepted()
    extend_until(office, case, "2026-10-13")
    correct(office, case, "2026-09-16")
    after = due(office, case)
    assert (after.nominal_due, after.due_on) == (date(2026, 10, 11), date(2026, 10, 12))
    assert [x.title for x in after.ledger] == ["延期", "更正起算日"]


def test_a_correction_is_judged_like_every_other_change(office: Office) -> None:
    case = office.accepted()
    id = due(office, case).id
    with pytest.raises(BadInput):
        correct(office, case, "2026-09-19")
    with pytest.raises(StateHasChanged):
        correct(office, case, "2026-09-16", revision=1)
    with pytest.raises(NotFound):
        correct(office, case, "2026-09-16", actor=office.lawyer)
    other = office.register(workers=[{"name": "李四", "phone": "13900139000"}])
    with office.database.read() as session, pytest.raises(NotFound):
        preview(session, office.runtime, other.case_id, id, date(2026, 9, 16), office.mediator)
    with office.database.read() as session, pytest.raises(NotFound):
        preview(session, office.runtime, case.case_id, id, date(2026, 9, 16), office.lawyer)
    assert due(office, case).ledger == ()


def test_an_agreed_day_has_no_start_to_correct(office: Office) -> None:
    case = office.signed()
    id = due(office, case, "promise_due").id
    with office.database.read() as session, pytest.raises(BadInput, match="重新约定"):
        preview(session, office.runtime, case.case_id, id, date(2026, 9, 16), office.mediator)


# ── a changed calendar ──


def other_year(law: LawBook, *more_holidays: date) -> LawBook:
    """The same law with an amended notice for 2026: these days are holidays too."""
    years = []
    for calendar in law.calendar.calendars.values():
        if calendar.year == 2026:
            day = calendar.holidays[-1]
            longer = replace(day, rest=(*day.rest, *more_holidays))
            calendar = replace(calendar, holidays=(*calendar.holidays[:-1], longer), digest="amended")
        years.append(calendar)
    return replace(law, calendar=Workdays(years))


def test_a_changed_calendar_lists_what_moves_and_moves_it_on_purpose(office: Office) -> None:
    case = office.accepted()
    amended = replace(office.runtime, law=other_year(office.runtime.law, date(2026, 10, 8)))
    with office.database.read() as session:
        assert recalculated(session, office.runtime.law) == []
        moving = recalculated(session, amended.law)
    finish = next(m for m in moving if m.deadline_id == due(office, case).id)
    assert (finish.legal_before, finish.legal_after) == (date(2026, 10, 8), date(2026, 10, 9))
    assert due(office, case).due_on == date(2026, 10, 8)
    for _ in range(2):
        for shown in moving:
            with office.database.write() as session:
                apply_calendar(session, amended, case.case_id, shown)
    after = due(office, case)
    assert (after.due_on, after.calendar) == (date(2026, 10, 9), amended.law.calendar_version)
    assert [x.title for x in after.ledger] == ["放假安排变更后重算"]
    with office.database.read() as session:
        words = session.scalars(select(AuditEntry.event).where(AuditEntry.event == "calendar_changed")).all()
        assert len(words) == len(moving)
        assert recalculated(session, amended.law) == []
    assert whole(office)


def test_the_command_lists_first_and_applies_when_told(
    office: Office, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = office.accepted()
    folder = tmp_path / "workflows"
    shutil.copytree(office.runtime.settings.workflows_folder, folder)
    year = folder / "calendars" / "cn" / "2026.yaml"
    written = year.read_text("utf-8").replace("2026-10-06, 2026-10-07]", "2026-10-06, 2026-10-07, 2026-10-08]")
    year.write_text(written, "utf-8")
    monkeypatch.setenv("MEDIATION_DATABASE_URL", database_url)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(folder))
    listed = CliRunner().invoke(app, ["moved"])
    assert listed.exit_code == 0, listed.output
    assert f"{case.number}  调解期限：2026-10-08 → 2026-10-09" in listed.output
    assert due(office, case).due_on == date(2026, 10, 8)
    applied = CliRunner().invoke(app, ["moved", "--apply"])
    assert "已改期" in applied.output
    assert due(office, case).due_on == date(2026, 10, 9)
    assert "没有期限因放假安排变动" in CliRunner().invoke(app, ["moved"]).output

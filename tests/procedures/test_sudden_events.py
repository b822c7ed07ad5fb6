"""群体性、突发事件: red in minutes, who hears of a report that is missing, at any hour; risk may rise again."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import Activity, Case
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import Refused
from mediation.reminders.channels import Inbox
from mediation.reminders.inbox import inbox
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

FIRST = {
    "reported_to": ["union_up"],
    "people_present": 40,
    "event_claims": "支付工资。",
    "event_behaviour": "聚集。",
    "event_measures": "劝离。",
    "event_contacts": "李调解",
    "event_next_step": "约谈。",
}
FOLLOW_UP = {name: FIRST[name] for name in ("reported_to", "people_present", "event_measures", "event_next_step")}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    """Saturday night: events do not keep office hours."""
    clock.set(datetime(2026, 9, 19, 22, tzinfo=SHANGHAI))
    return open_office(database, clock)


def now(office: Office) -> str:
    return office.clock.now().strftime("%Y-%m-%d %H:%M")


def broken_out(office: Office) -> tuple[Registered, int]:
    case = office.register()
    told = {
        "group_event_place": "工地门口",
        "group_event_people": 40,
        "risk_signals": ["stoppage"],
        "risk_note": "聚集。",
    }
    done = office.fire(case.proceeding_id, "report_group_event", {**told, "group_event_at": now(office)})
    return case, int(done.result["started"]["proceeding_id"])


def told_to(office: Office, person_id: int | None) -> Sequence[str]:
    assert person_id is not None
    sweep_once(office.runtime, [Inbox()])
    with office.database.read() as session:
        return [line.subject for line in inbox(session, person_id, limit=50)]


def open_dues(office: Office, event: int) -> dict[str, datetime | None]:
    query = select(Deadline.name, Deadline.due_at).where(Deadline.proceeding_id == event, Deadline.closed_at.is_(None))
    with office.database.read() as session:
        return {row.name: row.due_at for row in session.execute(query)}


def report(office: Office, event: int, name: str) -> None:
    first = {**FIRST, "first_report_at": now(office)}
    later = {**FOLLOW_UP, "event_changes": "无变化。", "follow_up_at": now(office)}
    office.fire(event, name, first if name == "file_first_report" else later)


def test_the_case_is_red_at_once_and_the_hours_run(office: Office) -> None:
    case, event = broken_out(office)
    with office.database.read() as session:
        assert session.get_one(Case, case.case_id).risk_level == "red"
    assert open_dues(office, event) == {
        "verbal_report": datetime(2026, 9, 19, 23, tzinfo=SHANGHAI),
        "first_report": datetime(2026, 9, 20, 0, tzinfo=SHANGHAI),
    }


def test_every_report_starts_four_hours_and_the_supervisor_hears_of_a_missing_one(office: Office) -> None:
    _, event = broken_out(office)
    report(office, event, "file_first_report")
    assert open_dues(office, event) == {"follow_up_report": datetime(2026, 9, 20, 2, tzinfo=SHANGHAI)}
    office.clock.move(hours=3)
    report(office, event, "file_follow_up")
    assert open_dues(office, event) == {"follow_up_report": datetime(2026, 9, 20, 5, tzinfo=SHANGHAI)}
    office.clock.move(hours=3, minutes=59)
    assert told_to(office, office.supervisor.person_id) == []
    office.clock.move(minutes=2)
    assert ["突发事件续报" in line for line in told_to(office, office.supervisor.person_id)] == [True]
    assert ["突发事件续报" in line for line in told_to(office, office.mediator.person_id)] == [True]
    report(office, event, "file_follow_up")
    assert open_dues(office, event) == {"follow_up_report": datetime(2026, 9, 20, 9, 1, tzinfo=SHANGHAI)}


def test_calm_asks_for_the_closing_report_and_a_new_outbreak_is_red_again(office: Office) -> None:
    case, event = broken_out(office)
    report(office, event, "file_first_report")
    calm = {"stable_at": now(office), "risk_level": "yellow", "risk_note": "已散去。"}
    office.fire(event, "stabilise", calm)
    with office.database.read() as session:
        assert session.get_one(Case, case.case_id).risk_level == "yellow"
        closing = session.scalars(select(Deadline.legal_due).where(Deadline.name == "closing_report")).one()
    assert closing.isoformat() == "2026-09-20"  # a make-up Sunday, hence a working day
    office.fire(event, "flare_up", {"risk_note": "再次聚集。"})
    assert set(open_dues(office, event)) == {"follow_up_report"}
    with office.database.read() as session:
        assert session.get_one(Case, case.case_id).risk_level == "red"
        levels = session.scalars(select(Activity.text).where(Activity.kind == "risk").order_by(Activity.id)).all()
    assert [text[:2] for text in levels] == ["红色", "黄色", "红色"]


def test_the_log_keeps_the_time_on_the_spot(office: Office) -> None:
    case, event = broken_out(office)
    seen = datetime(2026, 9, 19, 21, 30, tzinfo=SHANGHAI)
    office.fire(event, "log_on_site", {"site_at": "2026-09-19 21:30", "site_note": "已报警。"})
    with office.database.read() as session:
        line = session.scalars(select(Activity).where(Activity.kind == "on_site")).one()
    assert (line.at, line.text, line.case_id) == (seen, "已报警。", case.case_id)
    with pytest.raises(Refused) as refused:
        office.fire(event, "log_on_site", {"site_at": "2026-09-19 22:30", "site_note": "明天的事。"})
    assert "2026-09-19 22:00" in refused.value.sentence

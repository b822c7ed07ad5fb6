"""A colleague of the same street without access to its restricted cases walks every page and operation: neither their
numbers nor a name or word of them comes back, from lists, figures, calendars, letters or files."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.app import create_app
from mediation.access.restrict import RestrictIn, restrict
from mediation.assignments.models import HandOver, HandOverItem
from mediation.cases.intake import Registered
from mediation.cases.models import Case
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.meetings.models import Meeting, MeetingPerson
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.channels import Inbox
from mediation.settings import Settings
from mediation.sweeping.sweep import sweep_once
from tests.wall.streets import MARK, Streets, fill_west, two_streets
from tests.wall.test_wall import ALIKE, EMPLOYERS, Wall, filled, narrowed, objects, operations, pages

COLLEAGUES = ("mediator", "clerk", "supervisor", "lawyer", "administrator")
TOLD = tuple(f"{MARK}{word}" for word in ("张大", "公司", "工", "某", "后", "里", "银行", "追索", "法援", "注"))


@pytest.fixture
def wall(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Wall:
    settings = Settings(data_folder=tmp_path, secret_key="only for tests", upload_limit_mb=1)
    streets = two_streets(sqlite_database, clock, settings)
    fill_west(streets)
    beside = _beside(streets)
    _in_trouble(streets, beside)
    for case in streets.cases:
        _restricted(streets, case)
    clock.move(days=9)
    sweep_once(streets.office.runtime, [Inbox()])
    streets.east = {**streets.them, "mediator": beside}
    return Wall(streets, create_app(streets.office.runtime))


def _beside(streets: Streets) -> Actor:
    """Another mediator of the street: whose the cases are sees them."""
    west = streets.west
    with west.database.write() as session:
        person = register_person(session, PersonData(name=f"{MARK}街另一人"), at=west.clock.now())
        grant_role(session, person.id, west.street_id, "mediator", west.clock.today())
        return load_actor(session, person.id, west.clock.today())


def _in_trouble(streets: Streets, beside: Actor) -> None:
    """One that waits for approval, one with an order, one handed over; deadlines given up; a colleague sits in at the
    meeting; letters went out to everybody before."""
    west, first = streets.west, streets.cases[0]
    waiting = west.register(summary=f"{MARK}后事", workers=[{"name": f"{MARK}张大"}])
    refusal = {"refusal_reason": "out_of_area", "next_place": "示范区总工会", "refusal_note": f"{MARK}后请到那里。"}
    west.fire(waiting.proceeding_id, "refuse_case", refusal)
    west.fire(first.proceeding_id, "give_order", {"order_text": f"{MARK}后请答复"}, actor=west.supervisor)
    streets.cases.append(waiting)
    west.clock.move(days=20)
    sweep_once(west.runtime, [Inbox()])
    with west.database.write() as session:
        rows = session.scalars(select(Deadline).where(Deadline.case_id == first.case_id, Deadline.closed_at.is_(None)))
        for row in rows:
            row.quarantined_why = f"{MARK}后流程定义缺失"
        meeting = session.scalars(select(Meeting.id).where(Meeting.case_id == first.case_id)).one()
        session.add(MeetingPerson(meeting_id=meeting, person_id=beside.person_id or 0, host=False))
        moved = session.scalars(select(HandOver.id)).one()
        item = HandOverItem(hand_over_id=moved, case_id=first.case_id, proceeding_id=first.proceeding_id)
        item.role, item.receiver_id = "mediator", west.mediator.person_id or 0
        item.next_title, item.deadlines, item.reminders, item.orders = "", 0, 0, 0
        session.add(item)


def _restricted(streets: Streets, case: Registered) -> None:
    office = streets.office
    with office.database.write() as session:
        data = RestrictIn(reason="当事人受到威胁", readers=[])
        restrict(session, office.runtime, case.case_id, data, key=office.key(), actor=office.supervisor)


def asked(wall: Wall, role: str) -> Iterator[tuple[str, Any]]:
    """Every GET of a page and of an operation; for supervisors also narrowed in every way that a list may be."""
    for question in [*pages(), *operations(wall.app.openapi())]:
        if question.method == "GET" and not question.path.startswith(ALIKE) and question.path != EMPLOYERS:
            known = narrowed if role == "supervisor" and not objects(question) else filled
            for path in known(question, wall.streets):
                yield path, wall.ask(role, "GET", path)


def text_of(answer: Any) -> str:
    """The answer as text; of a table or a Word file what is inside."""
    if answer.content[:2] != b"PK":
        return str(answer.text)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return "".join(packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())


def test_nothing_tells_which_cases_are_restricted(wall: Wall) -> None:
    with wall.streets.office.database.read() as session:
        numbers = tuple(session.scalars(select(Case.number).where(Case.restricted_at.is_not(None))))
    assert len(numbers) == 5
    answers = [
        (f"{role} {path}", answer.status_code, text_of(answer))
        for role in COLLEAGUES
        for path, answer in asked(wall, role)
    ]
    assert len(answers) > 500
    assert [(path, word) for path, _, text in answers for word in (*numbers, *TOLD) if word in text] == []
    assert [path for path, state, _ in answers if state >= 500] == []
    inside = f"/cases/{wall.streets.cases[0].case_id}"
    assert [path for path, state, _ in answers if state == 200 and inside in path] == []


def test_the_walk_is_no_walk_past_empty_rooms(wall: Wall) -> None:
    """The supervisor who restricted them finds the same words on the same pages."""
    wall.streets.east = {"supervisor": wall.streets.office.supervisor}
    number = wall.streets.cases[0].number
    listed = ("/cases?whose=all", "/overdue", "/machine", "/approvals", "/handovers/1", "/api/v1/machine")
    found = {path: text_of(wall.ask("supervisor", "GET", path)) for path in listed}
    assert f"{MARK}张大" in found["/cases?whose=all"]
    assert wall.streets.cases[-1].number in found["/approvals"]
    assert [path for path in listed if path != "/approvals" and number not in found[path]] == []

"""What the practice district has not, for a large office: made once, after the copying."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from mediation.assignments.models import HandOver, HandOverItem
from mediation.cases.access_models import EmergencyAccess
from mediation.cases.models import Activity, Case, Proceeding
from mediation.meetings.models import Meeting, MeetingPerson, MeetingRoom
from mediation.people.accounts import create_account
from mediation.people.models import Account, Membership
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.practice.build import PASSWORD
from mediation.retention.models import Deletion
from mediation.runtime import Runtime

CITY = 900_000
LOGINS: Mapping[str, str] = {"mediator": "tiaojie", "lawyer": "lvshi", "supervisor": "city"}
LONG_CASE_ACTIVITIES = 2_000
OPEN_OF_MEDIATOR = 200


def make(session: Session, runtime: Runtime) -> None:
    """A chief of the city, a mediator with very many cases, one very long case, and rows for every list."""
    now, today = runtime.clock.now(), runtime.clock.today()
    chief = register_person(session, PersonData("市总主管"), at=now)
    grant_role(session, chief.id, CITY, "supervisor", today.replace(month=1, day=1))
    create_account(session, chief.id, LOGINS["supervisor"], PASSWORD, at=now)
    mediator = session.scalars(select(Account.person_id).where(Account.login == LOGINS["mediator"])).one()
    place = session.scalars(select(Membership.organisation_id).where(Membership.person_id == mediator)).one()
    _burden(session, mediator, place)
    _lengthen(session, mediator)
    live: list[Any] = list(
        session.execute(
            select(Proceeding.case_id, Proceeding.id, Proceeding.owner_id, Case.organisation_id)
            .join(Case, Case.id == Proceeding.case_id)
            .where(Proceeding.workflow == "dispute", Proceeding.ended_at.is_(None), Proceeding.owner_id.is_not(None))
            .order_by(Proceeding.id)
        )
    )
    _meet(session, live, now)
    _look(session, live[:: max(1, len(live) // 500)], now)
    _hand_over(session, live, chief.id, now)
    _due_for_deletion(session, now)


def _burden(session: Session, mediator: int, place: int) -> None:
    """One mediator with very many open cases, all of their own street."""
    free = (
        select(Proceeding.id)
        .join(Case, Case.id == Proceeding.case_id)
        .where(
            Proceeding.workflow == "dispute",
            Proceeding.ended_at.is_(None),
            Proceeding.owner_id.is_not(None),
            Proceeding.owner_id != mediator,
            Case.organisation_id == place,
        )
        .order_by(Proceeding.id.desc())
        .limit(OPEN_OF_MEDIATOR)
    )
    ids = list(session.scalars(free))[: OPEN_OF_MEDIATOR - 41]
    session.execute(update(Proceeding).where(Proceeding.id.in_(ids)).values(owner_id=mediator))


def _lengthen(session: Session, mediator: int) -> None:
    """One case with very many activities."""
    proceeding = session.scalars(
        select(Proceeding)
        .where(Proceeding.owner_id == mediator, Proceeding.workflow == "dispute", Proceeding.ended_at.is_(None))
        .order_by(Proceeding.id)
        .limit(1)
    ).one()
    session.execute(
        insert(Activity),
        [
            {
                "case_id": proceeding.case_id,
                "proceeding_id": proceeding.id,
                "kind": "call",
                "text": f"第{n}次电话：与单位核对工资表和考勤记录，约定下周再谈。",
                "private": n % 7 == 0,
                "at": proceeding.opened_at + timedelta(minutes=n),
                "by_id": mediator,
            }
            for n in range(LONG_CASE_ACTIVITIES)
        ],
    )


def _meet(session: Session, live: list[Any], now: Any) -> None:
    """A room in each place; every third open case has a meeting within the month."""
    places = sorted({row.organisation_id for row in live})
    rooms = {place: n for n, place in enumerate(places, start=1)}
    common = {"address": "一楼", "seats": 8, "accessible": True, "video": False, "days": "12345", "note": ""}
    session.execute(
        insert(MeetingRoom),
        [
            {**common, "id": n, "organisation_id": place, "name": "第一调解室", "hours": "09:00-12:00,13:30-17:30"}
            for place, n in rooms.items()
        ],
    )
    monday = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    meetings, people = [], []
    for n, row in enumerate(live[::3], start=1):
        start = monday + timedelta(days=n % 28 - 7, minutes=30 * (n % 8))
        meetings.append(
            {
                "id": n,
                "case_id": row.case_id,
                "proceeding_id": row.id,
                "starts_at": start,
                "ends_at": start + timedelta(hours=1),
                "form": "joint",
                "room_id": rooms[row.organisation_id],
                "uid": f"meeting-{n}",
                "booked_at": now - timedelta(days=14),
                "state": "booked" if start > now else "held",
            }
        )
        people.append({"meeting_id": n, "person_id": row.owner_id, "host": True})
    session.execute(insert(Meeting), meetings)
    session.execute(insert(MeetingPerson), people)


def _look(session: Session, live: list[Any], now: Any) -> None:
    session.execute(
        insert(EmergencyAccess),
        [
            {
                "case_id": row.case_id,
                "person_id": row.owner_id,
                "roles": "调解员",
                "reason": "当事人来电称有人受伤。",
                "opened_at": now - timedelta(days=n % 90),
                "ends_at": now - timedelta(days=n % 90) + timedelta(hours=4),
                "review_due": (now - timedelta(days=n % 90)).date(),
                "reviewed_at": None if n % 3 else now,
                "verdict": None if n % 3 else "justified",
            }
            for n, row in enumerate(live)
        ],
    )


def _hand_over(session: Session, live: list[Any], chief: int, now: Any) -> None:
    """One in twenty of those who hold cases has left or was away."""
    holders: dict[int, list[Any]] = {}
    for row in live:
        holders.setdefault(row.owner_id, []).append(row)
    lists, items = [], []
    for n, (holder, rows) in enumerate(list(holders.items())[::20], start=1):
        made = now - timedelta(days=n % 300)
        lists.append(
            {
                "id": n,
                "organisation_id": rows[0].organisation_id,
                "giver_id": holder,
                "kind": "leaving",
                "reason": "调离。",
                "made_by_id": chief,
                "made_at": made,
                "finished_at": made,
                "idempotency_key": f"hand-over-{n}",
            }
        )
        items += [
            {
                "hand_over_id": n,
                "case_id": row.case_id,
                "proceeding_id": row.id,
                "role": "mediator",
                "receiver_id": row.owner_id,
                "deadlines": 2,
                "reminders": 4,
                "orders": 0,
                "moved_at": made,
            }
            for row in rows[:40]
        ]
    session.execute(insert(HandOver), lists)
    session.execute(insert(HandOverItem), items)


def _due_for_deletion(session: Session, now: Any) -> None:
    """Every tenth ended case waits for the decision on its personal data."""
    ended = session.execute(
        select(Proceeding.case_id, Case.organisation_id, Proceeding.ended_at)
        .join(Case, Case.id == Proceeding.case_id)
        .where(Proceeding.workflow == "dispute", Proceeding.ended_at.is_not(None))
        .order_by(Proceeding.id)
    ).all()[::10]
    rows = [
        {
            "case_id": case_id,
            "organisation_id": place,
            "classes": ["contact", "health"],
            "closed_on": ended_at.date(),
            "due_on": now.date() - timedelta(days=n % 200),
            "state": "proposed" if n % 5 == 0 else "due",
            "ground": "period",
            "found_at": now,
        }
        for n, (case_id, place, ended_at) in enumerate(ended)
    ]
    session.execute(insert(Deletion), rows)

"""Two streets of one district: East asks, West has the cases. Everything that West's people typed holds the word 墙."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import inspect, select

from mediation.access.asked import QuestionIn, ask
from mediation.assignments.interests import InterestIn, declare_interest
from mediation.assignments.models import HandOver
from mediation.cases.access_models import EmergencyAccess
from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.intake import Registered
from mediation.cases.models import Party
from mediation.clock import SHANGHAI, TestClock
from mediation.consents.record import AnswerIn, record_answer
from mediation.db import Base, Database
from mediation.findings.models import Finding
from mediation.groups.subgroups import SubgroupIn, create_subgroup
from mediation.limitation.events import LimitationEventIn, add_limitation_event
from mediation.meetings.asked import MeetingIn
from mediation.meetings.book import book_meeting
from mediation.meetings.calendars import make_feed
from mediation.meetings.models import BusyTime, CalendarFeed, MeetingRoom
from mediation.meetings.rooms import RoomIn, add_room
from mediation.meetings.times import BusyIn, PartyTimeIn, add_busy, add_party_time
from mediation.offers.log import OfferIn, record_offer
from mediation.people.actor import Actor, load_actor
from mediation.people.models import Account, Interest, Membership, Organisation, OutsideBody
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.retention.models import Deletion
from tests.api.desk import give_account
from tests.groups.sheets import do, handed_in, row, xlsx
from tests.office import Office, open_office

MARK = "墙"
"""In every name and text of West, and in nothing of East."""
ASKING = ("mediator", "clerk", "supervisor", "lawyer", "administrator")


@dataclass
class Streets:
    """`east`: one actor for each role of the street that asks. `own`: a case of theirs. `west`: the office behind the
    wall, `them`: one actor for each role there. `ids`: by the name of a path parameter, what of West's it may be."""

    office: Office
    west: Office
    east: dict[str, Actor]
    own: Registered
    them: dict[str, Actor]
    cases: list[Registered] = field(default_factory=list)
    ids: dict[str, list[int]] = field(default_factory=dict)


def two_streets(database: Database, clock: TestClock, settings: Any = None) -> Streets:
    """Both streets with their people; West has no case yet."""
    office = open_office(database, clock, settings)
    today = clock.today()
    with database.write() as session:
        above = session.get_one(Organisation, office.district_id)
        west = add_organisation(session, f"示范区{MARK}西街总工会", f"{MARK}西", "street", above)
        people: dict[str, int] = {}
        for place, prefix in ((office.street_id, "东"), (west.id, MARK)):
            for role in ASKING:
                person = register_person(session, PersonData(name=f"{prefix}街{role}"), at=clock.now())
                grant_role(session, person.id, place, role, today.replace(month=1, day=1))
                people[f"{prefix}{role}"] = person.id
        west_id = west.id
    with database.read() as session:
        actors = {name: load_actor(session, id, today) for name, id in people.items()}
    behind = replace(
        office,
        street_id=west_id,
        mediator=actors[f"{MARK}mediator"],
        supervisor=actors[f"{MARK}supervisor"],
        lawyer=actors[f"{MARK}lawyer"],
        keys=itertools.count(100_000),
    )
    own = office.register(workers=[{"name": "东工", "phone": "13900000001"}], employers=[{"name": "东公司"}])
    east, them = ({role: actors[f"{street}{role}"] for role in ASKING} for street in ("东", MARK))
    return Streets(office, behind, east, own, them)


def fill_west(streets: Streets) -> None:
    """A year's variety behind the wall: a group with lists, an agreement with receipts, aid in the queue, referrals,
    evidence, notes, papers, limitation, a finding."""
    west, today = streets.west, streets.west.clock.today()
    mine: dict[str, Any] = {
        "summary": f"{MARK}后情况",
        "workplace": f"{MARK}后工地",
        "workers": [{"name": f"{MARK}张大", "phone": "13712345678", "address": f"{MARK}里"}],
        "employers": [{"name": f"{MARK}公司", "phone": "01088886666"}],
    }
    signed = west.signed(**mine)
    worker, promise = west.parties(signed.case_id, "worker")[0], {"paid_on": today.isoformat(), "amount": "500"}
    west.fire(
        signed.proceeding_id,
        "record_payment",
        {"payments": [{"party": worker, **promise, "proof": f"{MARK}银行回单"}]},
    )
    aid = west.register(**mine)
    west.queued(aid, aid_matter=f"{MARK}追索工资")
    referred = west.register(**mine)
    told = {"referred_on": today.isoformat(), "referral_kind": "justice"}
    sent = west.fire(
        referred.proceeding_id,
        "refer_case",
        {**told, "referral_body": f"{MARK}援助中心", "referral_matter": f"{MARK}申请援助"},
    )
    due = (today + timedelta(days=5)).isoformat()
    handed = {"papers_handed": f"{MARK}合同 1份", "handed_receipt": f"{MARK}某", "answer_due": due}
    west.fire(sent.result["started"]["proceeding_id"], "hand_over", {"handed_over_on": today.isoformat(), **handed})
    crowd = [{"name": f"{MARK}工{n}", "phone": f"138{n:08d}"} for n in range(12)]
    claims = [{"party": n, "head": "wages", "amount": "2000.00"} for n in range(12)]
    group = west.register(**{**mine, "workers": crowd, "demands": claims})
    handed_in(west, group.case_id, xlsx([row(1, note=f"{MARK}注")]), name=f"{MARK}名单.xlsx")
    for case in (signed, group):
        _papers_of(west, case)
    _of_the_group(west, group)
    with west.database.write() as session:
        words = f"{MARK}案有误"
        session.add(
            Finding(kind="chain", subject="audit:0", case_id=group.case_id, sentence=words, found_at=west.clock.now())
        )
    _opened_in_an_emergency(streets, signed)
    _meeting(west, signed)
    give_account(west, west.mediator)
    _asked_and_agreed(west, signed)
    streets.cases = [signed, aid, referred, group]
    streets.ids = _ids(streets)


def _opened_in_an_emergency(streets: Streets, case: Registered) -> None:
    """By the district's supervisor's colleague; and a court that West knows."""
    west = streets.west
    with west.database.write() as session:
        session.add(OutsideBody(organisation_id=west.street_id, kind="court", name=f"{MARK}法院", note=""))
        at, why = west.clock.now(), f"{MARK}承办人联系不上，须核对代理权限"
        access = EmergencyAccess(case_id=case.case_id, person_id=west.supervisor.person_id, roles=MARK, reason=why)
        access.opened_at, access.ends_at, access.review_due = at, at, at.date()
        session.add(access)
        told: dict[str, Any] = {"classes": ["contact"], "state": "due", "ground": "period", "found_at": at}
        west_case = Deletion(case_id=case.case_id, organisation_id=west.street_id, **told)
        west_case.closed_on = west_case.due_on = at.date()
        session.add(west_case)
        given = {"kind": "absence", "reason": f"{MARK}病假", "made_at": at, "idempotency_key": "wall-hand-over"}
        me = west.supervisor.person_id
        session.add(HandOver(organisation_id=west.street_id, giver_id=west.mediator.person_id, made_by_id=me, **given))


def _meeting(west: Office, case: Registered) -> None:
    """A room, a meeting there, what a party and a colleague said of their time, a calendar."""
    place = RoomIn(name=f"{MARK}调解室", address=f"{MARK}路", seats=9)
    day = datetime.combine(west.clock.today() + timedelta(days=5), time(9), SHANGHAI)
    with west.database.write() as session:
        once: Any = {"actor": west.supervisor}
        room = add_room(session, west.runtime, west.street_id, place, key=west.key(), **once)
        session.flush()
        once = {"actor": west.mediator}
        said = PartyTimeIn(party=west.parties(case.case_id, "worker")[0], note=f"{MARK}愿望")
        add_party_time(session, west.runtime, case.case_id, said, key=west.key(), **once)
        busy = BusyIn(from_at=day, until_at=day + timedelta(hours=1), note=f"{MARK}忙")
        add_busy(session, west.runtime, busy, key=west.key(), **once)
        make_feed(session, west.runtime, key=west.key(), **once)
        wanted = MeetingIn(starts_at=day + timedelta(hours=5), room=room, note=f"{MARK}带材料", confirmed=True)
        book_meeting(session, west.runtime, case.case_id, wanted, key=west.key(), **once)


def _asked_and_agreed(west: Office, case: Registered) -> None:
    """What a worker was told and agreed to, and a question about who has looked."""
    worker, now = west.parties(case.case_id, "worker")[0], {"actor": west.mediator}
    agreed = AnswerIn(party=worker, purposes=["health"], answer="given", way="paper", guardian=f"{MARK}监护人")
    with west.database.write() as session:
        record_answer(session, west.runtime, case.case_id, agreed, key=west.key(), **now)
        asked = QuestionIn(party=worker, asker=f"{MARK}代理人", way="counter")
        ask(session, west.runtime, case.case_id, asked, key=west.key(), **now)


def _of_the_group(west: Office, group: Registered) -> None:
    today, workers = west.clock.today(), west.parties(group.case_id, "worker")
    part = SubgroupIn(name=f"{MARK}甲组", workers=workers[:2], from_on=today, reason="先谈妥")
    do(west, create_subgroup, group, part)
    letter = LimitationEventIn(ground="claimed", on=today, proof=f"{MARK}催告")
    do(west, add_limitation_event, group, letter)
    with west.database.write() as session:
        close = InterestIn(kind="client", name=f"{MARK}旧主")
        declare_interest(session, west.runtime, close, key=west.key(), actor=west.mediator)


def _papers_of(west: Office, case: Registered) -> None:
    once: Any = {"actor": west.mediator}
    worker = west.parties(case.case_id, "worker")[0]
    with west.database.write() as session:
        note = ActivityIn(kind="call", text=f"{MARK}后电话", private=True)
        add_activity(session, west.runtime, case.case_id, note, key=west.key(), **once)
        shown = EvidenceIn(name=f"{MARK}工资条", category="wage_record", visibility="both_sides")
        upload = Upload(f"{MARK}的证据{case.case_id}".encode(), "text/plain")
        add_evidence(session, west.runtime, case.case_id, shown, upload, key=west.key(), **once)
        told = OfferIn(party=worker, made_on=west.clock.today(), terms=f"{MARK}价")
        record_offer(session, west.runtime, case.case_id, told, key=west.key(), **once)


ROWS: Mapping[str, str] = {
    "{of}": "parties",
    "parties": "parties",
    "demands": "demands",
    "receipts": "receipts",
    "consents": "consents",
    "questions": "reading_requests",
    "documents": "documents",
    "offers": "offers",
    "subgroups": "subgroups",
    "lists": "rosters",
    "limitation": "limitation_events",
    "events": "limitation_events",
    "{what}": "parties",
    "{kind}": "deadlines",
    "people/{person_id}/{what}": "memberships",
    "interests": "interests",
    "meetings": "meetings",
    "times": "party_times",
    "rooms": "meeting_rooms",
    "busy": "busy_times",
    "feeds": "calendar_feeds",
    "busy-times": "busy_times",
    "calendar-feeds": "calendar_feeds",
    "roles": "memberships",
    "accounts": "accounts",
}
"""What {row_id} is, by the part of the path before it."""


def _ids(streets: Streets) -> dict[str, list[int]]:
    """Of every table that has a case: the first row of each of West's cases."""
    cases = [case.case_id for case in streets.cases]
    rows: dict[str, list[int]] = {}
    with streets.west.database.read() as session:
        for mapper in Base.registry.mappers:
            columns = inspect(mapper.class_).columns
            if "case_id" in columns and "id" in columns:
                query = select(columns["id"]).where(columns["case_id"].in_(cases)).order_by(columns["id"])
                rows[mapper.local_table.name] = list(session.scalars(query))  # type: ignore[attr-defined]
        me = streets.west.mediator.person_id
        rows["memberships"] = list(session.scalars(select(Membership.id).where(Membership.person_id == me)))
        rows["accounts"] = list(session.scalars(select(Account.id).where(Account.person_id == me)))
        rows["hand_overs"] = list(session.scalars(select(HandOver.id)))
        firms = select(Party.employer_id).where(Party.case_id.in_(cases), Party.employer_id.is_not(None))
        rows["employers"] = [one for one in session.scalars(firms) if one is not None]
        known = OutsideBody.organisation_id == streets.west.street_id
        rows["outside_bodies"] = list(session.scalars(select(OutsideBody.id).where(known)))
        there = MeetingRoom.organisation_id == streets.west.street_id
        rows["meeting_rooms"] = list(session.scalars(select(MeetingRoom.id).where(there)))
        rows["busy_times"] = list(session.scalars(select(BusyTime.id).where(BusyTime.person_id == me)))
        rows["calendar_feeds"] = list(session.scalars(select(CalendarFeed.id).where(CalendarFeed.person_id == me)))
        rows["interests"] = list(session.scalars(select(Interest.id).where(Interest.person_id == me)))
    return {
        "case_id": [cases[-1], cases[0]],
        "proceeding_id": rows["proceedings"],
        "party_id": rows["parties"],
        "evidence_id": rows["evidence"],
        "document_id": rows["documents"],
        "offer_id": rows["offers"],
        "finding_id": rows["findings"],
        **{f"{place}/row_id": rows[table] for place, table in ROWS.items()},
        "organisation_id": [streets.west.street_id],
        "person_id": [p for p in (streets.west.mediator.person_id,) if p],
        "access_id": rows["emergency_accesses"],
        "body_id": rows["outside_bodies"],
        "hand_over_id": rows["hand_overs"],
        "deletion_id": rows["deletions"],
        "employer_id": rows["employers"],
    }

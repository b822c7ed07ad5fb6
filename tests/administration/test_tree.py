"""The tree changes, and the past stays where it was."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation.administration.queries import outside_of, past_of, tree
from mediation.administration.tree import (
    BodyChange,
    BodyIn,
    CloseIn,
    MoveIn,
    OutsideIn,
    add_body,
    add_outside,
    change_body,
    change_outside,
    close_body,
    move_body,
)
from mediation.cases.models import AuditEntry
from mediation.cases.queries import Filters, my_cases
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound, Refused
from mediation.people.actor import Actor, load_actor
from mediation.people.models import Organisation
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.recovery.models import Receipt
from mediation.reports.outcomes import outcomes
from mediation.reports.recovered import lines, recovered
from mediation.reports.sums import UNSEEN
from tests.office import Office, open_office

ALL = Filters(whose="all")


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def hired(office: Office, name: str, role: str, place: int) -> Actor:
    today = office.clock.today()
    with office.database.write() as session:
        person = register_person(session, PersonData(name=name), at=office.clock.now())
        grant_role(session, person.id, place, role, today.replace(month=1, day=1))
        id = person.id
    return again(office, id)


def again(office: Office, person_id: int | None) -> Actor:
    with office.database.read() as session:
        return load_actor(session, person_id or 0, office.clock.today())


def city_over(office: Office) -> tuple[int, int]:
    """A city above the district and a second district; their ids."""
    with office.database.write() as session:
        city = add_organisation(session, "示范市总工会", "示市", "city", None)
        district = session.get_one(Organisation, office.district_id)
        street = session.get_one(Organisation, office.street_id)
        other = add_organisation(session, "新区总工会", "新", "district", city)
        district.parent_id, district.path = city.id, f"{city.path}{district.id}/"
        session.flush()
        street.path = f"{district.path}{street.id}/"
        made = city.id, other.id
    office.mediator = again(office, office.mediator.person_id)
    return made


def do(office: Office, verb: Any, *given: Any, actor: Actor, key: str | None = None) -> Any:
    with office.database.write() as session:
        return verb(session, office.runtime, *given, key=key or office.key(), actor=actor)


def moved(office: Office, admin: Actor, to: int, on: date | None = None) -> None:
    told = MoveIn(parent=to, on=on or office.clock.today(), reason="区划调整")
    assert do(office, move_body, office.street_id, told, actor=admin) == 1


def paid(office: Office, case: Any, amount: str) -> None:
    worker = office.parties(case.case_id, "worker")[0]
    row = {"party": worker, "amount": amount, "paid_on": office.clock.today().isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [row]})


def totals(office: Office, actor: Actor) -> tuple[int, ...]:
    with office.database.read() as session:
        return recovered(session, office.runtime, date(2026, 1, 1), date(2026, 12, 31), "month", actor).totals


def test_a_street_moves_and_its_past_stays(office: Office) -> None:
    """20,000 yuan agreed and 500 received in September under the old district; 700 received after the move."""
    city, new_district = city_over(office)
    admin = hired(office, "市管理员", "administrator", city)
    new_boss = hired(office, "新区主管", "supervisor", new_district)
    street_boss = hired(office, "街主管", "supervisor", office.street_id)
    city_boss = hired(office, "市主管", "supervisor", city)
    old_boss = again(office, office.supervisor.person_id)
    case = office.signed()
    paid(office, case, "500")
    before = {
        who.name: totals(office, again(office, who.person_id)) for who in (old_boss, new_boss, street_boss, city_boss)
    }
    assert before["王主管"][-1] == 50_000
    assert before["新区主管"][-1] == 0
    with office.database.read() as session:
        counted = outcomes(session, office.runtime, old_boss, from_on=date(2026, 1, 1), to_on=date(2026, 12, 31)).totals

    office.clock.move(days=4)
    moved(office, admin, new_district)
    old_boss, new_boss, street_boss, city_boss = (
        again(office, who.person_id) for who in (old_boss, new_boss, street_boss, city_boss)
    )
    for who in (old_boss, new_boss, street_boss, city_boss):
        assert totals(office, who) == before[who.name], who.name
    with office.database.read() as session:
        later = outcomes(session, office.runtime, old_boss, from_on=date(2026, 1, 1), to_on=date(2026, 12, 31)).totals
        assert later == counted
        assert my_cases(session, office.runtime, old_boss, ALL).total == 0
        assert my_cases(session, office.runtime, new_boss, ALL).total == 1
        hidden = lines(session, date(2026, 1, 1), date(2026, 12, 31), "month", old_boss, column="received")
        assert [(x.number, x.party, x.amount) for x in hidden.lines] == [(UNSEEN, "", 50_000)]

    office.mediator = again(office, office.mediator.person_id)
    paid(office, case, "700")
    gained = {
        who.name: totals(office, who)[-1] - before[who.name][-1] for who in (old_boss, new_boss, street_boss, city_boss)
    }
    assert gained == {"王主管": 0, "新区主管": 70_000, "街主管": 70_000, "市主管": 70_000}


def test_moving_back_and_twice_keeps_every_stretch(office: Office) -> None:
    city, other = city_over(office)
    admin = hired(office, "市管理员", "administrator", city)
    moved(office, admin, other)
    moved(office, admin, office.district_id)  # the same day: the last word counts
    office.clock.move(days=10)
    moved(office, admin, other, office.clock.today() - timedelta(days=2))
    with office.database.read() as session:
        rows = past_of(session, office.street_id)
        assert [(row.above, row.until_on) for row in rows] == [
            ("示范区总工会", date(2026, 9, 25)),
            ("示范区总工会", date(2026, 9, 17)),
        ]
    told = MoveIn(parent=office.district_id, on=date(2026, 9, 20), reason="更早")
    with pytest.raises(BadInput, match="生效日期不能更早"):
        do(office, move_body, office.street_id, told, actor=admin)


@pytest.mark.parametrize("to", ["itself", "below", "future", "same"])
def test_moves_that_cannot_be(office: Office, to: str) -> None:
    city, _ = city_over(office)
    admin = hired(office, "市管理员", "administrator", city)
    today = office.clock.today()
    wanted: dict[str, tuple[int, int, date]] = {
        "itself": (office.district_id, office.district_id, today),
        "below": (office.district_id, office.street_id, today),
        "future": (office.street_id, city, today + timedelta(days=1)),
        "same": (office.street_id, office.district_id, today),
    }
    body, parent, on = wanted[to]
    with pytest.raises(BadInput):
        do(office, move_body, body, MoveIn(parent=parent, on=on, reason="试"), actor=admin)


def test_nobody_reaches_above_or_beside(office: Office) -> None:
    city, other = city_over(office)
    admin = hired(office, "街管理员", "administrator", office.street_id)
    lines = {"name": "某街道总工会", "short_name": "某", "level": "street"}
    for parent in (city, office.district_id, other):
        with pytest.raises(NotFound):
            do(office, add_body, BodyIn.model_validate({**lines, "parent": parent}), actor=admin)
    told = MoveIn(parent=other, on=office.clock.today(), reason="试")
    with pytest.raises(NotFound):  # the body above is not theirs to give away
        do(office, move_body, office.street_id, told, actor=admin)
    with pytest.raises(Forbidden):
        do(office, add_body, BodyIn.model_validate({**lines, "parent": office.street_id}), actor=office.supervisor)
    made = do(
        office,
        add_body,
        BodyIn(name="东街一社区", short_name="东一", level="community", parent=office.street_id),
        actor=admin,
        key="add-1",
    )
    again_ = BodyIn(name="东街一社区", short_name="东一", level="community", parent=office.street_id)
    assert do(office, add_body, again_, actor=admin, key="add-1") == made
    with office.database.read() as session:
        assert [row.name for row in tree(session, admin, office.clock.today())] == ["示范区东街总工会", "东街一社区"]


def test_a_new_name_leaves_the_old_one_in_the_past(office: Office) -> None:
    admin = hired(office, "区管理员", "administrator", office.district_id)
    told = BodyChange(name="示范区东城街道总工会", short_name="示东", phone="010-1", reason="街道更名")
    do(office, change_body, office.street_id, told, actor=admin)
    with office.database.read() as session:
        (past,) = past_of(session, office.street_id)
        assert past.name == "示范区东街总工会"
        assert session.get_one(Organisation, office.street_id).name == "示范区东城街道总工会"
        events = session.scalars(select(AuditEntry.event).where(AuditEntry.organisation_id == office.street_id)).all()
        assert "change_organisation" in events


def test_closing_waits_for_open_work(office: Office) -> None:
    admin = hired(office, "区管理员", "administrator", office.district_id)
    case = office.register()
    told = CloseIn(reason="撤街设办")
    with pytest.raises(Refused, match="1件案件"):
        do(office, close_body, office.street_id, told, actor=admin)
    office.fire(
        case.proceeding_id, "withdraw", {"withdrawn_on": office.clock.today().isoformat(), "withdrawal_reason": "other"}
    )
    do(office, close_body, office.street_id, told, actor=admin)
    with pytest.raises(Forbidden, match="已撤销"):
        office.register()
    office.clock.move(days=1)
    assert not again(office, office.mediator.person_id).grants
    with office.database.read() as session:
        (row,) = [r for r in tree(session, admin, office.clock.today()) if r.id == office.street_id]
        assert row.closed_on == date(2026, 9, 18)
        assert row.people == 0


def test_bodies_outside_are_known_below(office: Office) -> None:
    admin = hired(office, "区管理员", "administrator", office.district_id)
    court = OutsideIn(kind="court", name="示范区人民法院", phone="12368")
    made = do(office, add_outside, office.district_id, court, actor=admin)
    with pytest.raises(BadInput, match="已登记"):
        do(office, add_outside, office.district_id, court, actor=admin)
    do(office, change_outside, made, court.model_copy(update={"closed": True}), actor=admin)
    with office.database.read() as session:
        street = session.get_one(Organisation, office.street_id)
        ((body, owner),) = outside_of(session, street.path)
        assert (body.name, owner, body.closed_on) == ("示范区人民法院", "示范区总工会", date(2026, 9, 18))
    below = hired(office, "街管理员", "administrator", office.street_id)
    with pytest.raises(NotFound):
        do(office, change_outside, made, court, actor=below)


def test_receipts_stay_with_their_day(office: Office) -> None:
    """A receipt dated before the move counts for the old district, even if it is booked after it."""
    city, other = city_over(office)
    admin = hired(office, "市管理员", "administrator", city)
    new_boss = hired(office, "新区主管", "supervisor", other)
    case = office.signed()
    day = office.clock.today()
    office.clock.move(days=4)
    moved(office, admin, other)
    office.mediator = again(office, office.mediator.person_id)
    worker = office.parties(case.case_id, "worker")[0]
    late = {"party": worker, "amount": "300", "paid_on": day.isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [late]})
    assert totals(office, again(office, office.supervisor.person_id))[-1] == 30_000
    assert totals(office, again(office, new_boss.person_id))[-1] == 0
    with office.database.read() as session:
        assert session.scalars(select(Receipt.paid_on)).all() == [day]

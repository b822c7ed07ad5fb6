"""A list of people is registered as one after the other would be, only faster."""

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.persons import PersonData, register_people, register_person

ID = "110101199003078515"


def test_a_list_finds_whom_it_knows_and_adds_the_rest(database: Database, clock: TestClock) -> None:
    with database.write() as session:
        known = register_person(session, PersonData("张三", phone="13800138000"), at=clock.now()).id
        numbered = register_person(session, PersonData("李四", id_number=ID), at=clock.now()).id
    people = [
        PersonData("张三", phone="138 0013 8000", address="甲街"),
        PersonData("李四", id_number=ID, phone="13900139000"),
        PersonData("王五", phone="13700137000"),
        PersonData("王五", phone="13700137000"),
        PersonData("王五"),
    ]
    with database.write() as session:
        found = register_people(session, people, at=clock.now())
        ids = [person.id for person in found]
        assert ids[:2] == [known, numbered]
        assert (found[0].address, found[1].phone, found[2].phone) == ("甲街", "13900139000", "13700137000")
        assert (ids[2] == ids[3], ids[3] == ids[4], len(set(ids))) == (True, False, 4)

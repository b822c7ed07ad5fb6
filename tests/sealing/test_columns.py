"""Sealed columns: what goes in comes out; what cannot be compared says so; damage and misplacement are found."""

from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from mediation.cases.models import Party, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput
from mediation.people.models import Person
from mediation.people.persons import PersonData, register_person
from mediation.sealing.blind import same
from mediation.sealing.faults import BrokenCharacter, TooLong, Unreadable
from mediation.sealing.keys import ring_of

NUMBER = "11010519491231002X"


@pytest.fixture
def person_id(database: Database, clock: TestClock) -> int:
    told = PersonData("张三", id_number=NUMBER, phone="13800138000", email="zhang@example.com", address="东街1号")
    with database.write() as session:
        return register_person(session, told, at=clock.now()).id


def test_what_goes_in_comes_out(database: Database, person_id: int) -> None:
    with database.read() as session:
        person = session.get_one(Person, person_id)
        assert (person.id_number, person.phone, person.email) == (NUMBER, "13800138000", "zhang@example.com")
        assert person.birth_date == date(1949, 12, 31)
        row = session.execute(text("SELECT id_number, phone, birth_date, id_number_blind FROM persons")).one()
    key = ring_of(database.engine.dialect).newest.id
    assert all(value.startswith(f"s1.{key}.") for value in row[:3])
    assert len(row.id_number_blind) == 32


def test_a_person_is_found_by_number_and_by_telephone(database: Database, person_id: int, clock: TestClock) -> None:
    with database.write() as session:
        assert register_person(session, PersonData("张三", id_number=NUMBER), at=clock.now()).id == person_id
        assert register_person(session, PersonData("张三", phone="138 0013 8000"), at=clock.now()).id == person_id
        with pytest.raises(BadInput, match="已登记为“张三”"):
            register_person(session, PersonData("李四", id_number=NUMBER), at=clock.now())
        assert session.scalars(select(Person.id).where(same(session, Person, "phone", ["13800138000"]))).all() == [
            person_id
        ]
        assert session.scalars(select(Person.id).where(same(session, Person, "phone", ["13900139000"]))).all() == []


def test_a_number_stays_unique(database: Database, person_id: int, clock: TestClock) -> None:
    with pytest.raises(IntegrityError) as caught, database.write() as session:
        session.add(Person(name="李四", id_kind="resident_id", id_number=NUMBER, created_at=clock.now()))
    assert NUMBER not in str(caught.value)


def test_the_index_follows_a_changed_number(database: Database, person_id: int) -> None:
    with database.write() as session:
        session.get_one(Person, person_id).phone = "13900139000"
    with database.read() as session:
        assert session.scalar(select(Person.id).where(same(session, Person, "phone", ["13900139000"]))) == person_id
        assert session.scalar(select(Person.id).where(same(session, Person, "phone", ["13800138000"]))) is None
    with database.write() as session:
        session.get_one(Person, person_id).phone = None
    with database.read() as session:
        assert session.scalars(select(Person.phone_blind)).all() == [None]


def test_comparing_ciphertext_is_refused_when_the_query_is_written() -> None:
    with pytest.raises(TypeError, match=r"parties\.phone is sealed"):
        Party.phone == "13800138000"  # noqa: B015
    with pytest.raises(TypeError, match=r"parties\.address is sealed"):
        Party.address.contains("东街")
    with pytest.raises(TypeError, match="'note' is not among the names that are shown"):
        Proceeding.answers["note"]
    assert "IS NULL" in str(Party.phone.is_(None))


def test_a_value_moved_to_another_column_does_not_open(database: Database, person_id: int) -> None:
    with database.write() as session:
        session.execute(text("UPDATE persons SET address = email"))
    with pytest.raises(Unreadable, match=r"persons\.address"), database.read() as session:
        session.scalars(select(Person.address)).all()


def test_clear_text_smuggled_in_is_not_taken_for_sealed(database: Database, person_id: int) -> None:
    with database.write() as session:
        session.execute(text("UPDATE persons SET address = '东街1号'"))
    with pytest.raises(Unreadable), database.read() as session:
        session.scalars(select(Person.address)).all()


def test_too_long_and_broken_texts_are_told_in_words(database: Database, person_id: int) -> None:
    with pytest.raises(TooLong, match="最多500个字"), database.write() as session:
        session.execute(update(Person).values(address="长" * 501))
    with pytest.raises(BrokenCharacter, match="无法识别的字符"), database.write() as session:
        session.execute(update(Person).values(address="\ud83d"))
    with database.read() as session:
        assert session.scalars(select(Person.address)).all() == ["东街1号"]


def test_empty_is_not_unknown(database: Database, person_id: int) -> None:
    with database.write() as session:
        session.execute(update(Person).values(address="", email=None))
    with database.read() as session:
        assert session.execute(select(Person.address, Person.email)).all() == [("", None)]

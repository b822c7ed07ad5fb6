"""Shared records of employers and persons, and the organisation tree."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from mediation.errors import BadInput
from mediation.people.actor import load_actor
from mediation.people.employers import EmployerData, find_employers, register_employer
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person

CODE = "91110000600037341L"
ID = "11010519491231002X"


def test_an_employer_is_found_by_its_code_and_learns(session: Session, at: datetime) -> None:
    first = register_employer(session, EmployerData("北京某某有限公司", CODE, address="朝阳区一号"), at=at)
    again = EmployerData("北京某某 有限公司", CODE.lower(), address=" ", phone="010 6512 3456", has_union=False)
    second = register_employer(session, again, at=at)
    assert second.id == first.id
    assert (second.address, second.phone, second.has_union) == ("朝阳区一号", "010-65123456", False)


def test_an_employer_without_code_is_found_by_name_and_gets_its_code_later(session: Session, at: datetime) -> None:
    first = register_employer(session, EmployerData("北京某某(中国)有限公司"), at=at)
    second = register_employer(session, EmployerData("北京某某（中国）有限公司", CODE), at=at)
    assert (second.id, second.uscc) == (first.id, CODE)


def test_one_code_with_two_names_is_refused_until_confirmed(session: Session, at: datetime) -> None:
    register_employer(session, EmployerData("北京旧名有限公司", CODE), at=at)
    renamed = EmployerData("北京新名有限公司", CODE)
    with pytest.raises(BadInput, match=r"北京旧名有限公司.*北京新名有限公司"):
        register_employer(session, renamed, at=at)
    assert register_employer(session, renamed, at=at, accept_name_change=True).name == "北京新名有限公司"


def test_two_codes_with_one_name_are_two_employers(session: Session, at: datetime) -> None:
    first = register_employer(session, EmployerData("北京同名有限公司", CODE), at=at)
    second = register_employer(session, EmployerData("北京同名有限公司", "91350100M000100Y43"), at=at)
    assert first.id != second.id


def test_all_faults_of_an_employer_at_once(session: Session, at: datetime) -> None:
    with pytest.raises(BadInput) as caught:
        register_employer(session, EmployerData("", "123", phone="12"), at=at)
    assert set(caught.value.fields) == {"name", "uscc", "phone"}


def test_employers_are_suggested_by_part_of_name_or_start_of_code(session: Session, at: datetime) -> None:
    register_employer(session, EmployerData("北京某某建筑有限公司", CODE), at=at)
    register_employer(session, EmployerData("上海100%餐饮店"), at=at)
    assert [row.name for row in find_employers(session, "某建筑")] == ["北京某某建筑有限公司"]
    assert [row.name for row in find_employers(session, "91110000")] == ["北京某某建筑有限公司"]
    assert [row.name for row in find_employers(session, "0%餐")] == ["上海100%餐饮店"]
    assert find_employers(session, "%") == find_employers(session, "100%")
    assert find_employers(session, " ") == ()
    assert len(find_employers(session, "1", limit=1)) == 1


def test_a_person_is_found_by_number_and_told_by_it(session: Session, at: datetime) -> None:
    first = register_person(session, PersonData("张 三", id_kind="resident_id", id_number=ID.lower()), at=at)
    assert (first.name, first.gender, first.birth_date) == ("张三", "female", date(1949, 12, 31))
    second = register_person(session, PersonData("张三", id_number=ID, phone="13800138000", union_member=True), at=at)
    assert (second.id, second.phone, second.union_member) == (first.id, "13800138000", True)


def test_without_number_only_name_and_phone_together_make_the_same_person(session: Session, at: datetime) -> None:
    first = register_person(session, PersonData("李四", phone="13800138000"), at=at)
    assert register_person(session, PersonData("李四", phone="138 0013 8000"), at=at).id == first.id
    assert register_person(session, PersonData("李四"), at=at).id != first.id
    assert register_person(session, PersonData("王五", phone="13800138000"), at=at).id != first.id
    known = register_person(session, PersonData("李四", phone="13800138000", id_number=ID), at=at)
    assert (known.id, known.id_kind) == (first.id, "resident_id")
    other = PersonData("李四", phone="13800138000", id_kind="passport", id_number="E12345678")
    assert register_person(session, other, at=at).id != first.id


def test_one_number_with_two_names_is_refused(session: Session, at: datetime) -> None:
    register_person(session, PersonData("张三", id_number=ID), at=at)
    with pytest.raises(BadInput, match=r"张三.*张山"):
        register_person(session, PersonData("张山", id_number=ID), at=at)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (PersonData(" "), "name"),
        (PersonData("张三", gender="x"), "gender"),
        (PersonData("张三", phone="1"), "phone"),
        (PersonData("张三", email="zhang"), "email"),
        (PersonData("张三", id_number="123"), "id_number"),
        (PersonData("张三", id_number=ID, gender="male"), "gender"),
        (PersonData("张三", id_number=ID, birth_date=date(1950, 1, 1)), "birth_date"),
        (PersonData("张三", birth_date=date(2030, 1, 1)), "birth_date"),
    ],
)
def test_each_fault_of_a_person_names_its_field(session: Session, at: datetime, data: PersonData, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        register_person(session, data, at=at)
    assert set(caught.value.fields) == {field}


def test_a_role_holds_at_an_organisation_and_below_for_its_days(session: Session, at: datetime) -> None:
    district = add_organisation(session, "某某区总工会", "某", "district")
    street = add_organisation(session, "甲街道总工会", "甲", "street", district)
    other = add_organisation(session, "乙街道总工会", "乙", "street", district)
    assert street.path == f"/{district.id}/{street.id}/"
    person = register_person(session, PersonData("赵六"), at=at)
    grant_role(session, person.id, district.id, "supervisor", date(2026, 1, 1))
    grant_role(session, person.id, street.id, "mediator", date(2026, 1, 1), date(2026, 6, 30))
    summer, autumn = (load_actor(session, person.id, date(2026, month, 30)) for month in (6, 9))
    assert summer.roles_at(street.path) == {"supervisor", "mediator"}
    assert autumn.roles_at(street.path) == autumn.roles_at(other.path) == {"supervisor"}


def test_organisations_and_roles_that_cannot_be(session: Session, at: datetime) -> None:
    street = add_organisation(session, "甲街道总工会", "甲", "street")
    person = register_person(session, PersonData("赵六"), at=at)
    with pytest.raises(BadInput, match="已存在"):
        add_organisation(session, "甲街道 总工会", "甲", "street")
    with pytest.raises(BadInput, match="低于上级"):
        add_organisation(session, "某某区总工会", "某", "district", street)
    with pytest.raises(BadInput, match="这一级组织"):
        add_organisation(session, "某某省总工会", "省", "province")
    with pytest.raises(BadInput, match="全称和简称"):
        add_organisation(session, "无简称工会", " ", "community", street)
    with pytest.raises(BadInput, match="系统时钟"):
        grant_role(session, person.id, street.id, "clock", date(2026, 1, 1))
    with pytest.raises(BadInput, match="早于"):
        grant_role(session, person.id, street.id, "mediator", date(2026, 1, 2), date(2026, 1, 1))

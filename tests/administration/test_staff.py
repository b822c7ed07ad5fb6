"""Colleagues, roles and accounts: nobody grants above or beside their place, nor to themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation.administration.queries import Sought, colleague, people
from mediation.administration.staff import (
    AccountIn,
    ColleagueChange,
    ColleagueIn,
    PasswordIn,
    RoleIn,
    add_colleague,
    change_colleague,
    end_role,
    grant,
    lock_account,
    new_password,
    open_account,
    unlock_account,
)
from mediation.cases.models import Party
from mediation.cases.view import case_view
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.people.accounts import LoginRefused, log_in
from mediation.people.actor import Actor
from mediation.people.models import Account, Membership
from tests.administration.test_tree import again, do, hired
from tests.office import Office, open_office

FIRST, SECOND = "初始密码 2026 甲", "第二密码 2026 乙"


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@pytest.fixture
def admin(office: Office) -> Actor:
    return hired(office, "街管理员", "administrator", office.street_id)


def newcomer(office: Office, admin: Actor, key: str | None = None, **changes: Any) -> int:
    raw = {"name": "新调解", "organisation": office.street_id, "role": "mediator", "from_on": "2026-09-01"}
    told = ColleagueIn.model_validate({**raw, **changes})
    made: int = do(office, add_colleague, told, actor=admin, key=key)
    return made


def entered(office: Office, login: str, password: str) -> bool:
    with office.database.write() as session:
        return not isinstance(log_in(session, login, password, at=office.clock.now()), LoginRefused)


def role(office: Office, person: int, admin: Actor, **changes: Any) -> Any:
    raw = {"organisation": office.street_id, "role": "clerk", "from_on": "2026-09-01"}
    return do(office, grant, person, RoleIn.model_validate({**raw, **changes}), actor=admin)


def test_from_the_first_day_to_the_last(office: Office, admin: Actor) -> None:
    person = newcomer(office, admin, "new-1")
    assert newcomer(office, admin, "new-1") == person
    assert [g.role for g in again(office, person).grants] == ["mediator"]
    do(office, open_account, person, AccountIn(login="xin", password=FIRST), actor=admin)
    assert entered(office, "xin", FIRST)
    with office.database.read() as session:
        account = session.scalars(select(Account.id).where(Account.person_id == person)).one()
        membership = session.scalars(select(Membership.id).where(Membership.person_id == person)).one()
    do(office, new_password, account, PasswordIn(password=SECOND), actor=admin)
    assert not entered(office, "xin", FIRST)
    assert entered(office, "xin", SECOND)
    do(office, lock_account, account, actor=admin)
    assert not entered(office, "xin", SECOND)
    do(office, unlock_account, account, actor=admin)
    assert entered(office, "xin", SECOND)
    do(office, change_colleague, person, ColleagueChange(name="新调解员", phone="13912345678"), actor=admin)
    do(office, end_role, membership, office.clock.today() - timedelta(days=1), actor=admin)
    assert again(office, person).grants == ()
    with office.database.read() as session:
        found = colleague(session, admin, person, office.clock.today())
        assert (found.name, found.phone, found.roles[0].until_on) == ("新调解员", "13912345678", date(2026, 9, 17))
        assert people(session, admin, Sought(text="新调解"), office.clock.today())[1] == 0
        assert people(session, admin, Sought(text="新调解", state="former"), office.clock.today())[1] == 1


def test_nobody_grants_above_beside_or_to_themselves(office: Office, admin: Actor) -> None:
    person = newcomer(office, admin)
    with pytest.raises(NotFound):
        role(office, person, admin, organisation=office.district_id)
    with pytest.raises(NotFound):
        newcomer(office, admin, organisation=office.district_id)
    with pytest.raises(Forbidden, match="自己"):
        role(office, admin.person_id or 0, admin, role="supervisor")
    with pytest.raises(BadInput, match="角色"):
        role(office, person, admin, role="clock")
    with pytest.raises(Forbidden, match="管理员"):
        role(office, person, office.supervisor)
    role(office, person, admin)
    with pytest.raises(BadInput, match="已有同一单位"):
        role(office, person, admin, from_on="2026-09-10")


def test_whoever_serves_above_too_is_administered_above(office: Office, admin: Actor) -> None:
    """A street's administrator must not get into the account of somebody who is supervisor of the district."""
    above = hired(office, "区管理员", "administrator", office.district_id)
    both = newcomer(office, admin)
    role(office, both, above, organisation=office.district_id, role="supervisor")
    account = AccountIn(login="both", password=FIRST)
    with pytest.raises(Forbidden, match="上级管理员"):
        do(office, open_account, both, account, actor=admin)
    do(office, open_account, both, account, actor=above)
    with office.database.read() as session:
        id = session.scalars(select(Account.id).where(Account.person_id == both)).one()
        district = session.scalars(
            select(Membership.id).where(Membership.person_id == both, Membership.role == "supervisor")
        )
        membership = district.one()
    with pytest.raises(Forbidden):
        do(office, new_password, id, PasswordIn(password=SECOND), actor=admin)
    with pytest.raises(NotFound):
        do(office, end_role, membership, office.clock.today(), actor=admin)
    assert entered(office, "both", FIRST)


def test_parties_are_nobody_here(office: Office, admin: Actor) -> None:
    office.register()
    with office.database.read() as session:
        worker = session.scalars(select(Party.person_id).where(Party.side == "worker")).one()
        with pytest.raises(NotFound):
            colleague(session, admin, worker or 0, office.clock.today())
    with pytest.raises(NotFound):
        do(office, change_colleague, worker, ColleagueChange(name="改名"), actor=admin)
    with pytest.raises(NotFound):
        role(office, worker or 0, admin)


def test_the_list_is_narrowed_and_paged_in_the_database(office: Office) -> None:
    above = hired(office, "区管理员", "administrator", office.district_id)
    for n in range(5):
        newcomer(office, above, name=f"甲{n}", role="lawyer")
    today = office.clock.today()
    with office.database.read() as session:
        found, total = people(session, above, Sought(text="甲", role="lawyer"), today, limit=2, offset=2)
        assert ([one.name for one in found], total) == (["甲2", "甲3"], 5)
        assert people(session, above, Sought(organisation_id=office.district_id, role="supervisor"), today)[1] == 1
        with pytest.raises(Forbidden):
            people(session, office.supervisor, Sought(), today)


def test_an_administrator_reads_no_case(office: Office, admin: Actor) -> None:
    case = office.register()
    with office.database.read() as session, pytest.raises(NotFound):
        case_view(session, office.runtime, case.case_id, admin)

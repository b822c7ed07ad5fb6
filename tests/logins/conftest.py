"""One person with an account in a street, on both databases; attempts come from wherever a test says."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.cases.models import AuditEntry
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.accounts import create_account
from mediation.people.models import Account
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.settings import Settings

PASSWORD = "何当共剪西窗烛 2026"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def at(clock: TestClock) -> datetime:
    return clock.now()


@pytest.fixture
def account(session: Session, at: datetime) -> Account:
    """陈调解, supervisor of a street."""
    return open_account(session, "chen", "陈调解", "supervisor", at=at)


def open_account(session: Session, login: str, name: str, role: str, *, at: datetime) -> Account:
    street = add_organisation(session, f"{name}的街道总工会", "甲", "street")
    person = register_person(session, PersonData(name), at=at)
    grant_role(session, person.id, street.id, role, date(2026, 1, 1), date(2026, 12, 31))
    return create_account(session, person.id, login, PASSWORD, at=at)


def settings(**given: object) -> Settings:
    return Settings(secret_key="only for tests", **given)  # type: ignore[arg-type]


def noted(session: Session) -> list[str]:
    """The events in the chains of organisations, in their order."""
    query = select(AuditEntry.event).where(AuditEntry.organisation_id.is_not(None)).order_by(AuditEntry.id)
    return list(session.scalars(query))

"""Accounts, wrong passwords, lock-out, and sessions."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput
from mediation.people.accounts import LoginRefused, change_password, create_account, log_in
from mediation.people.models import Account, WebSession
from mediation.people.persons import PersonData, register_person
from mediation.people.sessions import close_session, close_sessions_of, find_session, open_session

PASSWORD = "correct horse 马"


@pytest.fixture
def account(session: Session, at: datetime) -> Account:
    person = register_person(session, PersonData("陈调解"), at=at)
    return create_account(session, person.id, "Chen", PASSWORD, at=at)


def test_the_right_words_log_in(session: Session, account: Account, at: datetime) -> None:
    assert log_in(session, " chen ", PASSWORD, at=at) is account
    assert PASSWORD not in account.password_hash


@pytest.mark.parametrize(("login", "password"), [("chen", "wrong password"), ("nobody", PASSWORD), ("", "")])
def test_wrong_words_all_get_the_same_answer(
    session: Session, account: Account, at: datetime, login: str, password: str
) -> None:
    assert log_in(session, login, password, at=at) == LoginRefused("登录名或密码不正确，请重新输入。")


def test_a_closed_account_answers_like_an_unknown_one(session: Session, account: Account, at: datetime) -> None:
    account.active = False
    assert log_in(session, "chen", PASSWORD, at=at) == log_in(session, "nobody", PASSWORD, at=at)


def test_five_failures_lock_for_fifteen_minutes(session: Session, account: Account, clock: TestClock) -> None:
    for _ in range(4):
        assert "不正确" in str(log_in(session, "chen", "wrong password", at=clock.now()))
    fifth = log_in(session, "chen", "wrong password", at=clock.now())
    assert isinstance(fifth, LoginRefused)
    assert "09:15之后" in fifth.sentence
    clock.move(minutes=14, seconds=59)
    assert log_in(session, "chen", PASSWORD, at=clock.now()) == fifth
    clock.move(seconds=1)
    assert log_in(session, "chen", PASSWORD, at=clock.now()) is account


def test_success_forgets_earlier_failures(session: Session, account: Account, at: datetime) -> None:
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        log_in(session, "chen", password, at=at)
    assert log_in(session, "chen", PASSWORD, at=at) is account


def test_failures_are_counted_across_transactions(database: Database, at: datetime) -> None:
    with database.write() as session:
        person = register_person(session, PersonData("陈调解"), at=at)
        create_account(session, person.id, "chen", PASSWORD, at=at)
    for _ in range(5):
        with database.write() as session:
            log_in(session, "chen", "wrong password", at=at)
    with database.write() as session:
        assert "已锁定15分钟" in str(log_in(session, "chen", PASSWORD, at=at))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "至少10个字符"),
        ("a" * 12, "同一个字符"),
        ("x1" * 101, "最多200"),
        ("NewPerson88 ", "不能与登录名相同"),
    ],
)
def test_passwords_that_are_refused(
    session: Session, account: Account, at: datetime, password: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        create_account(session, account.person_id, "newperson88", password, at=at)


@pytest.mark.parametrize("login", ["ｃｈｅｎ", "CHEN ", "c"])
def test_log_in_names_that_are_refused(session: Session, account: Account, at: datetime, login: str) -> None:
    with pytest.raises(BadInput, match="登录名"):
        create_account(session, account.person_id, login, PASSWORD, at=at)


def test_a_password_is_changed_with_the_old_one(session: Session, account: Account, at: datetime) -> None:
    with pytest.raises(BadInput, match="原密码"):
        change_password(session, account.id, "not the old one", "another password")
    change_password(session, account.id, PASSWORD, "another password")
    assert isinstance(log_in(session, "chen", PASSWORD, at=at), LoginRefused)
    assert log_in(session, "chen", "another password", at=at) is account


def test_a_session_is_found_by_its_token_until_it_ends(session: Session, account: Account, at: datetime) -> None:
    token, row = open_session(session, account, at=at, lasts=timedelta(hours=12))
    found = find_session(session, token, at + timedelta(hours=11, minutes=59))
    assert found is not None
    assert (found.person_id, found.csrf_token) == (account.person_id, row.csrf_token)
    assert find_session(session, token, at + timedelta(hours=12)) is None
    assert find_session(session, token + "x", at) is None
    assert token not in session.scalars(select(WebSession.token_hash)).all()


def test_sessions_end_by_logging_out_or_when_the_account_closes(
    session: Session, account: Account, at: datetime
) -> None:
    one, two, three = (open_session(session, account, at=at, lasts=timedelta(hours=1))[0] for _ in range(3))
    close_session(session, one, at=at)
    assert [find_session(session, t, at) is None for t in (one, two, three)] == [True, False, False]
    close_sessions_of(session, account.id, at=at)
    assert find_session(session, two, at) is None
    token, _ = open_session(session, account, at=at, lasts=timedelta(hours=1))
    account.active = False
    session.flush()
    assert find_session(session, token, at) is None

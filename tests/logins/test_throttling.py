"""Guessing from one address gets slow; colleagues at that address with the right password never do."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.clock import TestClock
from mediation.db import Database
from mediation.logins.entering import Step, by_password
from mediation.logins.models import LoginAttempt
from mediation.logins.throttle import FREE, KEPT, place_of, wait_after
from mediation.people.accounts import LoginRefused
from mediation.people.models import Account
from mediation.people.sessions import Origin
from tests.logins.conftest import PASSWORD, noted, open_account, settings

OFFICE = Origin("203.0.113.7", "Chrome · Windows")
HOME = Origin("198.51.100.20", "微信 · Android")


def enter(session: Session, login: str, password: str, at: datetime, origin: Origin = OFFICE) -> Step | LoginRefused:
    return by_password(session, settings(), login, password, at=at, origin=origin)


def spray(session: Session, at: datetime, times: int = FREE, origin: Origin = OFFICE) -> None:
    for n in range(times):
        enter(session, f"nobody{n}", "Spring2026!", at, origin)


def test_waits_double_up_to_a_minute() -> None:
    waits = [int(wait_after(FREE + n).total_seconds()) for n in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert wait_after(FREE - 1) == timedelta(0)


def test_a_stranger_waits_and_is_told_how_long(session: Session, account: Account, clock: TestClock) -> None:
    spray(session, clock.now(), FREE + 3)
    clock.move(seconds=1)
    spray(session, clock.now(), 1)
    refused = enter(session, "chen", PASSWORD, clock.now())
    assert isinstance(refused, LoginRefused)
    assert refused.reason == "waiting"
    assert "请等" in refused.sentence
    clock.move(seconds=8)
    assert enter(session, "chen", PASSWORD, clock.now()) == Step(account, "")


def test_knocking_during_the_wait_does_not_lengthen_it(session: Session, account: Account, clock: TestClock) -> None:
    spray(session, clock.now(), FREE)
    for _ in range(20):
        refused = enter(session, "nobody", "guess", clock.now())
        assert isinstance(refused, LoginRefused)
        assert refused.reason == "waiting"
    clock.move(seconds=1)
    assert enter(session, "chen", PASSWORD, clock.now()) == Step(account, "")


def test_whoever_has_logged_in_there_before_never_waits(session: Session, account: Account, clock: TestClock) -> None:
    enter(session, "chen", PASSWORD, clock.now())
    clock.move(days=29)
    for _ in range(8):
        spray(session, clock.now(), 3)
        clock.move(seconds=61)
    spray(session, clock.now(), 1)
    assert enter(session, "chen", PASSWORD, clock.now()) == Step(account, "")
    spray(session, clock.now(), 1)
    clock.move(days=31)
    spray(session, clock.now())
    assert isinstance(enter(session, "chen", PASSWORD, clock.now()), LoginRefused)


def test_guessing_at_a_familiar_account_is_stopped_by_its_own_lock(
    session: Session, account: Account, at: datetime
) -> None:
    enter(session, "chen", PASSWORD, at)
    spray(session, at)
    for _ in range(5):
        refused = enter(session, "chen", "a guess", at)
    assert isinstance(refused, LoginRefused)
    assert "已锁定15分钟" in refused.sentence
    assert noted(session) == ["lock_account"]


def test_another_address_is_not_held_up(session: Session, account: Account, at: datetime) -> None:
    spray(session, at, FREE + 5)
    assert enter(session, "chen", PASSWORD, at, HOME) == Step(account, "")


def test_the_window_slides(session: Session, account: Account, clock: TestClock) -> None:
    for _ in range(FREE):
        spray(session, clock.now(), 1)
        clock.move(minutes=1, seconds=40)
    assert enter(session, "chen", PASSWORD, clock.now()) == Step(account, "")


def test_replicas_count_together(database: Database, clock: TestClock) -> None:
    with database.write() as session:
        open_account(session, "chen", "陈调解", "mediator", at=clock.now())
    for _ in range(FREE):
        with database.write() as session:
            spray(session, clock.now(), 1)
    with database.write() as session:
        assert isinstance(enter(session, "chen", PASSWORD, clock.now()), LoginRefused)


def test_every_attempt_is_logged_without_what_was_typed(session: Session, account: Account, at: datetime) -> None:
    enter(session, "a password typed into the wrong field", "x", at)
    enter(session, "chen", "wrong", at, HOME)
    enter(session, "chen", PASSWORD, at)
    rows = session.execute(
        select(LoginAttempt.account_id, LoginAttempt.address, LoginAttempt.outcome).order_by(LoginAttempt.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (None, OFFICE.address, "unknown"),
        (account.id, HOME.address, "wrong"),
        (account.id, OFFICE.address, "entered"),
    ]


def test_the_log_does_not_grow_for_ever(session: Session, account: Account, clock: TestClock) -> None:
    spray(session, clock.now(), 3)
    clock.move(days=KEPT.days + 1)
    enter(session, "chen", PASSWORD, clock.now())
    assert session.scalar(select(func.count(LoginAttempt.id))) == 1


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_counted_as_one_customer(host: str, counted: str) -> None:
    assert place_of(host) == counted

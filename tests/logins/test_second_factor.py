"""Six digits, each good once; ten recovery codes, each good once; failures count as wrong passwords do."""

from datetime import datetime

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.clock import TestClock
from mediation.errors import BadInput
from mediation.logins.entering import Step, by_factor, by_password, by_provider
from mediation.logins.factor import (
    codes_left,
    confirm_factor,
    proposal,
    propose_factor,
    remove_factor,
    renew_codes,
)
from mediation.logins.models import RecoveryCode
from mediation.people.accounts import LoginRefused
from mediation.people.models import Account
from mediation.people.sessions import Origin
from tests.logins.conftest import PASSWORD, noted, settings

HERE = Origin("203.0.113.7", "Chrome · Windows")


def code_of(account: Account, at: datetime) -> str:
    assert account.factor_secret
    return pyotp.TOTP(account.factor_secret).at(at)


def enabled(session: Session, account: Account, at: datetime) -> list[str]:
    propose_factor(session, account)
    return confirm_factor(session, account, code_of(account, at), at=at)


def enter(session: Session, at: datetime, password: str = PASSWORD, **given: object) -> Step | LoginRefused:
    return by_password(session, settings(**given), "chen", password, at=at, origin=HERE)


def second(session: Session, account: Account, typed: str, at: datetime) -> Step | LoginRefused:
    return by_factor(session, account.id, typed, at=at, origin=HERE)


def test_a_proposed_secret_asks_nothing_until_a_code_has_confirmed_it(
    session: Session, account: Account, clock: TestClock
) -> None:
    propose_factor(session, account)
    secret, address = proposal(account) or ("", "")
    assert address.startswith("otpauth://totp/")
    assert secret in address
    with pytest.raises(BadInput, match="手机时间"):
        confirm_factor(session, account, "000000", at=clock.now())
    assert enter(session, clock.now()) == Step(account, "")
    confirm_factor(session, account, code_of(account, clock.now()), at=clock.now())
    assert proposal(account) is None
    assert enter(session, clock.now()) == Step(account, "factor")
    assert noted(session) == ["enable_factor"]


def test_the_same_code_opens_nothing_twice(session: Session, account: Account, clock: TestClock) -> None:
    enabled(session, account, clock.now())
    assert isinstance(second(session, account, code_of(account, clock.now()), clock.now()), LoginRefused)
    clock.move(seconds=30)
    code = code_of(account, clock.now())
    assert isinstance(second(session, account, code, clock.now()), Step)
    refused = second(session, account, code, clock.now())
    assert isinstance(refused, LoginRefused)
    assert "已用过" in refused.sentence


def test_a_telephone_half_a_minute_slow_still_opens_and_a_minute_does_not(
    session: Session, account: Account, clock: TestClock
) -> None:
    enabled(session, account, clock.now())
    clock.move(minutes=10)
    old = code_of(account, clock.now())
    clock.move(seconds=30)
    slow = code_of(account, clock.now())
    clock.move(seconds=30)
    assert isinstance(second(session, account, old, clock.now()), LoginRefused)
    assert isinstance(second(session, account, slow, clock.now()), Step)


def test_full_width_digits_with_a_space_are_read(session: Session, account: Account, clock: TestClock) -> None:
    enabled(session, account, clock.now())
    clock.move(seconds=30)
    code = code_of(account, clock.now()).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert isinstance(second(session, account, f"{code[:3]} {code[3:]}", clock.now()), Step)


def test_each_recovery_code_opens_once_and_only_hashes_are_kept(
    session: Session, account: Account, at: datetime
) -> None:
    codes = enabled(session, account, at)
    assert len(set(codes)) == 10
    assert isinstance(second(session, account, codes[3].lower().replace("-", " "), at), Step)
    assert isinstance(second(session, account, codes[3], at), LoginRefused)
    assert codes_left(session, account.id) == 9
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert noted(session) == ["enable_factor", "use_recovery_code"]


def test_new_recovery_codes_replace_the_old(session: Session, account: Account, at: datetime) -> None:
    old = enabled(session, account, at)
    new = renew_codes(session, account, at=at)
    assert isinstance(second(session, account, old[0], at), LoginRefused)
    assert isinstance(second(session, account, new[0], at), Step)


def test_the_right_password_in_between_does_not_forget_wrong_codes(
    session: Session, account: Account, clock: TestClock
) -> None:
    enabled(session, account, clock.now())
    for _ in range(4):
        assert enter(session, clock.now()) == Step(account, "factor")
        assert "已锁定" not in str(second(session, account, "000000", clock.now()))
    enter(session, clock.now())
    fifth = second(session, account, "000000", clock.now())
    assert "已锁定15分钟" in str(fifth)
    assert enter(session, clock.now()) == fifth
    assert noted(session) == ["enable_factor", "lock_account"]
    clock.move(minutes=15)
    assert isinstance(second(session, account, code_of(account, clock.now()), clock.now()), Step)
    assert account.failed_logins == 0


def test_a_role_that_must_have_it_is_led_to_set_it_up(session: Session, account: Account, at: datetime) -> None:
    step = enter(session, at, second_factor_roles="administrator, supervisor")
    assert step == Step(account, "setup")
    assert proposal(account) is not None
    assert enter(session, at, second_factor_roles="administrator") == Step(account, "")
    with pytest.raises(BadInput, match="不能停用"):
        remove_factor(session, account, at=at, demanded=True)


def test_switched_off_the_password_is_enough_again(session: Session, account: Account, at: datetime) -> None:
    codes = enabled(session, account, at)
    remove_factor(session, account, at=at, demanded=False)
    assert enter(session, at) == Step(account, "")
    assert account.factor_secret is None
    assert isinstance(second(session, account, codes[0], at), LoginRefused)
    assert noted(session) == ["enable_factor", "disable_factor"]


def test_single_sign_on_with_a_factor_of_its_own_is_not_asked_again(
    session: Session, account: Account, at: datetime
) -> None:
    enabled(session, account, at)
    asked = by_provider(session, settings(), account, strong=False, at=at, origin=HERE)
    assert asked.then == "factor"
    assert by_provider(session, settings(), account, strong=True, at=at, origin=HERE).then == ""

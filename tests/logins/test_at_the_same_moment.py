"""Two replicas are asked at the same moment: what opens once opens once."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.logins.entering import Step, by_factor
from mediation.logins.factor import confirm_factor, propose_factor
from mediation.people.sessions import Origin
from tests.logins.conftest import open_account


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_of_two_who_send_the_same_code_one_gets_in(database: Database, clock: TestClock, kind: str) -> None:
    with database.write() as session:
        account = open_account(session, "chen", "陈调解", "supervisor", at=clock.now())
        propose_factor(session, account)
        totp = pyotp.TOTP(account.factor_secret or "")
        recovery = confirm_factor(session, account, totp.at(clock.now()), at=clock.now())
    clock.move(seconds=30)
    typed = totp.at(clock.now()) if kind == "code" else recovery[0]

    def second_step(address: str) -> bool:
        with database.write() as session:
            step = by_factor(session, account.id, typed, at=clock.now(), origin=Origin(address))
            return isinstance(step, Step)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(second_step, ["203.0.113.1", "203.0.113.2"])) == [False, True]

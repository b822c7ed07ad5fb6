"""The second step on its pages, setting it up where the office demands it, one's own log-ins, and accounts that end."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.errors import Forbidden
from mediation.logins.closing import close_account, end_role, reopen_account, reset_factor
from mediation.people.actor import CLOCK, Actor, Grant
from mediation.people.models import Account, Membership
from tests.api.conftest import LOGIN, PASSWORD, BareShell
from tests.logins.conftest import noted

WORDS = {"login": LOGIN, "password": PASSWORD, "next": "/account/sessions"}


def csrf(client: TestClient) -> str:
    return str(client.get("/api/v1/session").json()["csrf_token"])


def secret_on(page: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert found
    return found.group(1).replace(" ", "")


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><code>([0-9A-Z-]{19})</code></li>", page)


@pytest.fixture
def demanding(shell: BareShell) -> Iterator[TestClient]:
    """An office in which mediators must have the second factor."""
    strict = shell.settings.model_copy(update={"second_factor_roles": "mediator"})
    app = create_app(BareShell(strict, shell.clock, shell.database))
    with TestClient(app, follow_redirects=False) as client:
        yield client


def set_up(client: TestClient, clock: TestClock) -> tuple[str, list[str]]:
    """Switched on from the account page; the secret and the recovery codes."""
    client.post("/login", data=WORDS)
    token = csrf(client)
    assert client.post("/account/factor/begin", data={"_csrf": token, "password": "wrong"}).status_code == 422
    assert client.post("/account/factor/begin", data={"_csrf": token, "password": PASSWORD}).status_code == 303
    page = client.get("/account/factor").text
    assert 'src="data:image/svg+xml' in page
    secret = secret_on(page)
    assert client.post("/account/factor/confirm", data={"_csrf": token, "code": "000000"}).status_code == 422
    code = pyotp.TOTP(secret).at(clock.now())
    codes = codes_on(client.post("/account/factor/confirm", data={"_csrf": token, "code": code}).text)
    assert len(codes) == 10
    client.cookies.clear()
    clock.move(seconds=30)
    return secret, codes


def test_two_steps_without_the_password_in_between(client: TestClient, clock: TestClock) -> None:
    secret, _ = set_up(client, clock)
    first = client.post("/login", data=WORDS)
    assert first.headers["location"] == "/login/factor?next=%2Faccount%2Fsessions"
    assert PASSWORD not in str(dict(client.cookies)) + first.text
    assert client.get("/account").status_code == 303
    assert "第二步验证" in client.get(first.headers["location"]).text
    wrong = client.post("/login/factor", data={"code": "000000", "next": "/account/sessions"})
    assert wrong.status_code == 422
    assert "验证码不正确" in wrong.text
    code = pyotp.TOTP(secret).at(clock.now())
    entered = client.post("/login/factor", data={"code": code, "next": "/account/sessions"})
    assert entered.headers["location"] == "/account/sessions"
    assert "两步验证" in client.get("/account/sessions").text


def test_the_second_step_must_come_soon_and_from_the_same_browser(
    client: TestClient, app: FastAPI, clock: TestClock
) -> None:
    secret, _ = set_up(client, clock)
    client.post("/login", data=WORDS)
    with TestClient(app, follow_redirects=False) as stranger:
        code = pyotp.TOTP(secret).at(clock.now())
        assert "步骤已过期" in stranger.post("/login/factor", data={"code": code}).text
    clock.move(minutes=10)
    code = pyotp.TOTP(secret).at(clock.now())
    late = client.post("/login/factor", data={"code": code})
    assert late.status_code == 422
    assert "步骤已过期" in late.text
    assert client.get("/login/factor").headers["location"].startswith("/login?")


def test_a_recovery_code_opens_once(client: TestClient, clock: TestClock) -> None:
    _, codes = set_up(client, clock)
    for expected in (303, 422):
        client.cookies.clear()
        client.post("/login", data=WORDS)
        assert client.post("/login/factor", data={"code": codes[0]}).status_code == expected


def test_a_program_sends_the_code_with_the_password(client: TestClient, clock: TestClock) -> None:
    secret, _ = set_up(client, clock)
    words = {"login": LOGIN, "password": PASSWORD}
    asked = client.post("/api/v1/session", json=words)
    assert asked.status_code == 422
    assert "code" in asked.json()["fields"]
    code = pyotp.TOTP(secret).at(clock.now())
    assert client.post("/api/v1/session", json={**words, "code": code}).status_code == 200


def test_where_the_office_demands_it_the_log_in_leads_to_setting_it_up(
    demanding: TestClient, shell: BareShell, clock: TestClock
) -> None:
    assert demanding.post("/api/v1/session", json={"login": LOGIN, "password": PASSWORD}).status_code == 409
    first = demanding.post("/login", data=WORDS)
    assert first.headers["location"].startswith("/login/setup?")
    assert demanding.get("/account").status_code == 303
    page = demanding.get(first.headers["location"]).text
    secret = secret_on(page)
    wrong = demanding.post("/login/setup", data={"code": "000000"})
    assert wrong.status_code == 422
    assert secret_on(wrong.text) == secret
    done = demanding.post("/login/setup", data={"code": pyotp.TOTP(secret).at(clock.now()), "next": "/account"})
    assert len(codes_on(done.text)) == 10
    went_on = demanding.post("/login/continue", data={"next": "/account"})
    assert went_on.headers["location"] == "/account"
    token = csrf(demanding)
    kept = demanding.post("/account/factor/remove", data={"_csrf": token, "password": PASSWORD})
    assert kept.status_code == 422
    assert "不能停用" in kept.text
    with shell.database.read() as session:
        assert noted(session) == ["enable_factor"]


def test_log_ins_elsewhere_are_listed_and_ended(client: TestClient, app: FastAPI, shell: BareShell) -> None:
    phone = {"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 MicroMessenger/8.0"}
    client.post("/login", data=WORDS)
    with TestClient(app, follow_redirects=False, headers=phone) as elsewhere:
        elsewhere.post("/login", data=WORDS)
        page = client.get("/account/sessions").text
        assert "微信 · Android" in page
        assert "testclient" in page
        assert "本机" in page
        handle = re.search(r"/account/sessions/([0-9a-f]{16})/end", page)
        assert handle
        assert client.post(f"/account/sessions/{handle[1]}/end", data={"_csrf": csrf(client)}).status_code == 303
        assert elsewhere.get("/account").status_code == 303
        elsewhere.post("/login", data=WORDS)
        assert client.post("/account/sessions/end-others", data={"_csrf": csrf(client)}).status_code == 303
        assert elsewhere.get("/account").status_code == 303
    assert client.get("/account").status_code == 200
    with shell.database.read() as session:
        assert noted(session) == ["end_sessions", "end_sessions"]


def test_a_closed_account_and_an_ended_role_are_out_at_once(client: TestClient, shell: BareShell) -> None:
    client.post("/login", data=WORDS)
    at = shell.clock.now()
    with shell.database.write() as session:
        account = session.scalars(select(Account)).one()
        role = session.scalars(select(Membership)).one()
        stranger = Actor(99, "别处的管理员", (Grant("administrator", 7, "/7/"),))
        with pytest.raises(Forbidden):
            close_account(session, account.id, at=at, actor=stranger, key="by-a-stranger")
        close_account(session, account.id, at=at, actor=CLOCK, key="close-it-1")
        close_account(session, account.id, at=at, actor=CLOCK, key="close-it-1")
    assert client.get("/account").status_code == 303
    assert client.post("/login", data=WORDS).status_code == 422
    with shell.database.write() as session:
        reopen_account(session, account.id, at=at, actor=CLOCK, key="open-it-1")
    assert client.post("/login", data=WORDS).status_code == 303
    with shell.database.write() as session:
        end_role(session, role.id, at.date().replace(day=17), at=at, actor=CLOCK, key="end-it-1")
    assert client.get("/account").status_code == 303
    client.post("/login", data=WORDS)
    assert client.get("/api/v1/session").json()["grants"] == []
    with shell.database.read() as session:
        assert noted(session) == ["close_account", "reopen_account", "end_role"]


def test_an_administrator_resets_the_factor_of_somebody_without_a_telephone(
    client: TestClient, shell: BareShell, clock: TestClock
) -> None:
    set_up(client, clock)
    with shell.database.write() as session:
        account = session.scalars(select(Account)).one()
        chief = Actor(None, "管理员", (Grant("administrator", 1, "/1/"),))
        reset_factor(session, account.id, at=clock.now(), actor=chief, key="reset-it-1")
    assert client.post("/login", data=WORDS).headers["location"] == "/account/sessions"

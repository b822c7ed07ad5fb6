"""Single sign-on against a real provider on this machine: the honest way, and every lie."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.logins.models import LinkedIdentity
from mediation.people.models import Account
from mediation.settings import Settings
from tests.api.conftest import LOGIN, PASSWORD, BareShell
from tests.logins.conftest import noted, open_account
from tests.people.oidc_provider import CLIENT, FAULTS, SECRET, LocalProvider, local_provider

HOME = "http://testserver"


@pytest.fixture
def provider(clock: TestClock) -> Iterator[LocalProvider]:
    with local_provider(clock) as provider:
        yield provider


@pytest.fixture
def shell(sqlite_database: Database, clock: TestClock, tmp_path: Path, provider: LocalProvider) -> BareShell:
    settings = Settings(
        data_folder=tmp_path,
        secret_key="only for tests",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="市总统一身份认证",
        oidc_timeout_seconds=0.5,
    )
    with sqlite_database.write() as session:
        open_account(session, LOGIN, "陈调解", "mediator", at=clock.now())
    return BareShell(settings, clock, sqlite_database)


@pytest.fixture
def app(shell: BareShell) -> FastAPI:
    return create_app(shell)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, base_url=HOME) as client:
        yield client


def at_the_provider(client: TestClient, start: str = "/login/sign-on?next=/account/sessions") -> str:
    """From our page to the provider, which sends the browser back to the address that is returned."""
    sent = client.get(start)
    assert sent.status_code == 303, sent.text
    came = httpx.get(sent.headers["location"])
    return came.headers["location"].removeprefix(HOME)


def linked(client: TestClient) -> None:
    """The first time: back from the provider, the person logs in once with the password."""
    back = client.get(at_the_provider(client))
    assert back.headers["location"] == "/login?" + urlencode({"link": "true", "next": "/account/sessions"})
    assert "王某" in client.get(back.headers["location"]).text
    words = {"login": LOGIN, "password": PASSWORD, "link": "true", "next": "/account/sessions"}
    assert client.post("/login", data=words).headers["location"] == "/account/sessions"


def log_out(client: TestClient) -> None:
    client.cookies.clear()


def test_linked_once_by_the_password_the_provider_is_enough(client: TestClient, shell: BareShell) -> None:
    linked(client)
    log_out(client)
    back = client.get(at_the_provider(client))
    assert (back.status_code, back.headers["location"]) == (303, "/account/sessions")
    assert "统一身份认证" in client.get("/account/sessions").text
    assert "陈调解" in client.get("/account/identities").text
    with shell.database.read() as session:
        assert session.scalars(select(LinkedIdentity.subject)).all() == ["wang-001"]
        assert noted(session) == ["link_identity"]


def test_an_unknown_identity_gets_no_account_and_no_right(client: TestClient, shell: BareShell) -> None:
    client.get(at_the_provider(client))
    assert client.get("/account").status_code == 303
    with shell.database.read() as session:
        assert len(session.scalars(select(Account.id)).all()) == 1
        assert session.scalars(select(LinkedIdentity.id)).all() == []


def test_somebody_elses_log_in_at_the_same_computer_links_nothing(client: TestClient, shell: BareShell) -> None:
    client.get(at_the_provider(client))
    assert client.post("/login", data={"login": LOGIN, "password": PASSWORD}).status_code == 303
    with shell.database.read() as session:
        assert session.scalars(select(LinkedIdentity.id)).all() == []


def test_a_wrong_password_links_nothing(client: TestClient, shell: BareShell) -> None:
    client.get(at_the_provider(client))
    refused = client.post("/login", data={"login": LOGIN, "password": "wrong", "link": "true"})
    assert refused.status_code == 422
    assert "王某" in refused.text
    with shell.database.read() as session:
        assert session.scalars(select(LinkedIdentity.id)).all() == []


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_proves_nothing_opens_nothing(client: TestClient, provider: LocalProvider, fault: str) -> None:
    linked(client)
    log_out(client)
    provider.fault = fault
    back = client.get(at_the_provider(client))
    assert back.status_code == 422
    assert "无法核实" in back.text
    assert "登录名" in back.text
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("fault", ["down", "slow"])
def test_a_provider_that_is_down_is_told_and_the_password_still_opens(
    client: TestClient, provider: LocalProvider, fault: str
) -> None:
    provider.fault = fault
    page = client.get("/login/sign-on?next=/account/sessions")
    assert page.status_code == 503
    assert "市总统一身份认证暂时无法使用" in page.text
    assert client.post("/login", data={"login": LOGIN, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("fault", ["down", "slow"])
def test_a_provider_that_fails_on_the_way_back_is_told(client: TestClient, provider: LocalProvider, fault: str) -> None:
    back = at_the_provider(client)
    provider.fault = fault
    answer = client.get(back)
    assert answer.status_code == 503
    assert "暂时无法使用" in answer.text


def test_whoever_says_no_at_the_provider_is_back_at_the_door(client: TestClient, provider: LocalProvider) -> None:
    provider.fault = "refuses"
    back = client.get(at_the_provider(client))
    assert back.status_code == 422
    assert "没有完成登录" in back.text


def test_the_way_back_works_once_and_only_in_the_browser_that_began(client: TestClient, app: FastAPI) -> None:
    linked(client)
    log_out(client)
    back = at_the_provider(client)
    with TestClient(app, follow_redirects=False, base_url=HOME) as stranger:
        refused = stranger.get(back)
        assert refused.status_code == 422
        assert "没有找到这次登录的起点" in refused.text
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 422


def test_a_state_of_another_attempt_is_refused(client: TestClient) -> None:
    back = urlsplit(at_the_provider(client))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert client.get(f"{back.path}?{urlencode({**query, 'state': 'made-up'})}").status_code == 422


def test_an_answer_of_another_issuer_is_refused(client: TestClient) -> None:
    back = at_the_provider(client)
    mixed = back[: back.index("iss=")] + urlencode({"iss": "https://another.example"})
    assert client.get(mixed).status_code == 422


def test_new_keys_of_the_provider_are_learnt(client: TestClient, provider: LocalProvider) -> None:
    linked(client)
    log_out(client)
    provider.turn_keys()
    assert client.get(at_the_provider(client)).headers["location"] == "/account/sessions"


def test_keys_that_cannot_be_had_open_nothing(client: TestClient, provider: LocalProvider) -> None:
    provider.fault = "gone_keys"
    assert client.get(at_the_provider(client)).status_code == 422


def test_a_closed_account_stays_closed(client: TestClient, shell: BareShell) -> None:
    linked(client)
    log_out(client)
    with shell.database.write() as session:
        session.scalars(select(Account)).one().active = False
    back = client.get(at_the_provider(client))
    assert back.status_code == 422
    assert "已停用" in back.text


def test_our_own_second_factor_is_still_asked_unless_the_provider_did(
    client: TestClient, shell: BareShell, provider: LocalProvider
) -> None:
    linked(client)
    log_out(client)
    with shell.database.write() as session:
        account = session.scalars(select(Account)).one()
        account.factor_secret, account.factor_since = pyotp.random_base32(), shell.clock.now()
        secret = account.factor_secret
    asked = client.get(at_the_provider(client))
    assert asked.headers["location"] == "/login/factor?" + urlencode({"next": "/account/sessions"})
    code = pyotp.TOTP(secret).at(shell.clock.now())
    entered = client.post("/login/factor", data={"code": code, "next": "/account/sessions"})
    assert entered.headers["location"] == "/account/sessions"
    log_out(client)
    provider.methods = ("pwd", "otp")
    assert client.get(at_the_provider(client)).headers["location"] == "/account/sessions"


def test_the_account_page_links_after_asking_and_unlinks(client: TestClient, shell: BareShell) -> None:
    client.post("/login", data={"login": LOGIN, "password": PASSWORD})
    token = client.get("/api/v1/session").json()["csrf_token"]
    back = client.get(at_the_provider(client, "/account/identities/prove"))
    assert back.headers["location"] == "/account/identities"
    assert "确认关联" in client.get("/account/identities").text
    assert client.post("/account/identities", data={}).status_code == 403
    assert client.post("/account/identities", data={"_csrf": token}).status_code == 303
    assert "wang-001" in client.get("/account/identities").text
    assert client.post("/account/identities/1/end", data={"_csrf": token}).status_code == 303
    with shell.database.read() as session:
        assert session.scalars(select(LinkedIdentity.id)).all() == []
        assert noted(session) == ["link_identity", "unlink_identity"]

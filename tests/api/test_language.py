"""Which language a visitor reads: the switch at the foot, the account, the browser's wish, else Chinese."""

import pytest
from starlette.testclient import TestClient

from api.pages.templating import day_in_words
from mediation.catalogue import speaking
from mediation.clock import TestClock
from tests.api.conftest import LOGIN, PASSWORD

HIS = '<html lang="zh-CN">'
HERS = '<html lang="en">'


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("", HIS),
        ("*", HIS),
        ("fr-FR,fr;q=0.9", HIS),
        ("zh-CN,zh;q=0.9,en;q=0.8", HIS),
        ("en-GB,en;q=0.9,zh;q=0.1", HERS),
        ("zh;q=0.3, en;q=0.7", HERS),
        ("en;q=0", HIS),
        ("en;q=much", HIS),
    ],
)
def test_the_browser_is_asked_when_nothing_was_chosen(client: TestClient, header: str, shown: str) -> None:
    assert shown in client.get("/login", headers={"accept-language": header}).text


def test_the_switch_stands_on_every_page_and_leads_back(client: TestClient) -> None:
    page = client.get("/login?next=/account").text
    assert '<button class="quiet" name="language" value="en" lang="en">English</button>' in page
    assert 'name="back" value="/login?next=/account"' in page
    answer = client.post("/language", data={"language": "en", "back": "/login?next=/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/account")
    page = client.get("/login", headers={"accept-language": "zh-CN"}).text
    assert HERS in page
    assert "Log-in name" in page
    assert 'value="zh" lang="zh">中文</button>' in page


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", ""])
def test_the_switch_leads_to_no_other_site(client: TestClient, back: str) -> None:
    assert client.post("/language", data={"language": "en", "back": back}).headers["location"] == "/"


def test_an_unknown_language_is_chinese(client: TestClient) -> None:
    client.post("/language", data={"language": "../en"})
    assert HIS in client.get("/login").text


def test_the_account_remembers_for_every_browser_its_owner_logs_in_with(logged_in: TestClient) -> None:
    logged_in.post("/language", data={"language": "en", "back": "/account"})
    assert "My account" in logged_in.get("/account").text
    logged_in.post("/logout")
    logged_in.cookies.clear()
    assert HIS in logged_in.get("/login").text
    logged_in.post("/login", data={"login": LOGIN, "password": PASSWORD})
    assert "My account" in logged_in.get("/account").text


def test_a_day_in_words_is_written_as_the_language_does(clock: TestClock) -> None:
    assert day_in_words(clock.today()) == "2026年9月18日"
    with speaking("en"):
        assert day_in_words(clock.today()) == "18 September 2026"
        assert day_in_words(None) == ""


def test_errors_of_the_interface_are_told_in_the_language_that_is_asked_for(client: TestClient) -> None:
    asked = {"accept-language": "en"}
    told = client.get("/api/v1/session", headers=asked).json()
    assert (told["type"], told["title"]) == ("urn:mediation:problem:not_authenticated", "Not logged in")
    assert told["detail"].isascii()
    wrong = client.post("/api/v1/session", json={"login": LOGIN}, headers=asked).json()
    assert "".join([wrong["detail"], *wrong["fields"].values()]).isascii()
    assert client.get("/api/v1/session").json()["title"] == "尚未登录"

"""Colours and size of print: chosen at the foot of any page, kept by the browser and with the account."""

import pytest
from starlette.testclient import TestClient

from api.display import Display, unpacked
from tests.api.conftest import LOGIN, PASSWORD

BACK = "/login?next=/account"


def chosen(client: TestClient, **choice: str) -> str:
    answer = client.post("/display", data={**choice, "back": BACK})
    assert (answer.status_code, answer.headers["location"]) == (303, BACK)
    return client.get(BACK, follow_redirects=True).text


def test_the_switches_stand_on_the_first_page_and_lead_back(client: TestClient) -> None:
    page = client.get(BACK).text
    assert f'name="back" value="{BACK}"' in page
    assert 'media="screen and (prefers-color-scheme: dark)"' in page
    assert "<html" in page
    assert "data-theme" not in page.split(">", 2)[1]


@pytest.mark.parametrize(("theme", "media"), [("dark", "screen"), ("light", "not all")])
def test_colours_of_ones_own_against_those_of_the_device(client: TestClient, theme: str, media: str) -> None:
    page = chosen(client, theme=theme)
    assert f'data-theme="{theme}"' in page
    assert f'media="{media}" data-dark' in page
    assert f'content="{theme}"' in page
    assert f'data-theme="{theme}"' not in chosen(client, theme="")


def test_each_switch_leaves_the_other_as_it_is(client: TestClient) -> None:
    chosen(client, theme="dark")
    page = chosen(client, print="large")
    assert 'data-theme="dark" data-print="large"' in page
    assert 'value="large" aria-pressed="true"' in page


@pytest.mark.parametrize("told", ["", "purple.huge", '"><script>.large"', "dark", "....", "大.large\n"])
def test_a_cookie_of_nobodys_making_is_the_usual_look(told: str) -> None:
    assert unpacked(told).print == ""
    assert unpacked(told).theme in ("", "dark")


def test_what_is_packed_is_read() -> None:
    assert unpacked(Display("dark", "large").packed()) == Display("dark", "large")
    assert unpacked(None) == Display()


@pytest.mark.parametrize("choice", [{"theme": "purple"}, {"print": "huge"}, {}])
def test_an_unknown_choice_changes_nothing(client: TestClient, choice: dict[str, str]) -> None:
    before = chosen(client, theme="dark")
    assert ('data-theme="dark"' in before, 'data-theme="dark"' in chosen(client, **choice)) == (True, True)


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", ""])
def test_the_switch_leads_to_no_other_site(client: TestClient, back: str) -> None:
    assert client.post("/display", data={"theme": "dark", "back": back}).headers["location"] == "/"


def test_the_account_remembers_for_every_browser(logged_in: TestClient) -> None:
    chosen(logged_in, print="large")
    assert 'data-print="large"' in logged_in.get("/display").text
    logged_in.post("/logout")
    logged_in.cookies.clear()
    assert 'data-print="large"' not in logged_in.get("/login").text
    logged_in.post("/login", data={"login": LOGIN, "password": PASSWORD})
    assert 'data-print="large"' in logged_in.get("/account").text

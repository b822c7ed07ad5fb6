"""Every page in English: no Chinese but what people typed, and what says of itself that it is Chinese (the law)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.law.entitlements.registry import FORMULAS
from mediation.people.actor import Actor
from mediation.people.models import Organisation, Person
from mediation.settings import Settings
from tests.api.desk import PASSWORD, give_account, login_of
from tests.wall.streets import ASKING, MARK, Streets, fill_west, two_streets
from tests.wall.test_wall import filled, pages

from .collect import CHINESE
from .reading import chinese_of

NOTED = "经济困难状况：进城务工人员请求支付劳动报酬，免予核查（法律援助法第四十二条第三项）。"
TYPED = ("工丁", "先谈妥", "本组织的调解协议 20,000.00元", "示范区", NOTED)
"""What the streets' people typed without their mark; a name, a reason, a choice made of a day and a sum; a note that
the system wrote into a case file, which is a record and stays as it was written."""
ENOUGH = 125
ENOUGH_EVENTS = 5
OFFERED = re.compile(r'href="(/cases/\d+/events/\d+/(\w+))"')


@pytest.fixture
def streets(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Streets:
    settings = Settings(data_folder=tmp_path, secret_key="only for tests", upload_limit_mb=1)
    streets = two_streets(sqlite_database, clock, settings)
    fill_west(streets)
    return streets


def test_no_page_says_anything_in_chinese(streets: Streets, sqlite_database: Database) -> None:
    """Each page as the first of West's people who may see it; with the forms that the case pages offer."""
    app, names = create_app(streets.office.runtime), _names(sqlite_database)
    readers = [*(_reader(app, streets, streets.them[role]) for role in ASKING), _browser(app)]
    shown: set[str] = set()
    met: set[tuple[str, str]] = set()
    offered: set[tuple[str, str]] = set()
    for kind, path in _addresses(streets):
        if kind not in shown and (text := _page(readers, path)) is not None:
            shown.add(kind)
            met |= {(path, said) for said in chinese_of(text) if _is_ours(said, names)}
            offered |= set(OFFERED.findall(text))
    for event, path in {event: path for path, event in sorted(offered)}.items():
        text = _page(readers, path) or ""
        met |= {(event, said) for said in chinese_of(text) if _is_ours(said, names)}
    assert (len(shown) >= ENOUGH, len(offered) >= ENOUGH_EVENTS) == (True, True), (len(shown), len(offered))
    assert sorted(met) == []


def _page(readers: list[TestClient], path: str) -> str | None:
    """The page as the first reader sees it who sees any, in English; None for a download and for nobody's page."""
    for reader in readers:
        answer = reader.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200:
            if "html" not in answer.headers["content-type"]:
                return None
            assert '<html lang="en"' in answer.text or "<html" not in answer.text, path
            return answer.text
    return None


def _addresses(streets: Streets) -> Iterator[tuple[str, str]]:
    """Every page by its kind, until one case shows it; all cases; the calculator with every formula and one result."""
    for question in pages():
        if question.method == "GET":
            yield from ((re.sub(r"/[0-9]+", "/*", path), path) for path in filled(question, streets))
    yield from ((case.number, f"/cases/{case.case_id}") for case in streets.cases)
    yield from ((formula, f"/calculator?formula={formula}") for formula in FORMULAS)
    yield "result", "/calculator?formula=severance&start=2020-01-01&end=2026-06-30&average_wage=8000"


def _browser(app: Any) -> TestClient:
    """A browser that asks for English."""
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False, headers={"accept-language": "en"})


def _reader(app: Any, streets: Streets, actor: Actor) -> TestClient:
    """One of West's people behind such a browser."""
    give_account(streets.office, actor)
    client = _browser(app)
    client.post("/api/v1/session", json={"login": login_of(actor), "password": PASSWORD})
    return client


def _names(database: Database) -> list[str]:
    """Of people and bodies: they stay as they are. The longest first, as some hold others."""
    with database.read() as session:
        bodies = session.execute(select(Organisation.name, Organisation.short_name))
        found = {*session.scalars(select(Person.name)), *(name for row in bodies for name in row)}
    return sorted({*found, *TYPED}, key=len, reverse=True)


def _is_ours(said: str, names: list[str]) -> bool:
    if MARK in said:
        return False
    for name in names:
        said = said.replace(name, "")
    return CHINESE.search(said) is not None

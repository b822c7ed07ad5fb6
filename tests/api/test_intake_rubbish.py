"""What hands really type at intake: kept, made plain, or refused with a Chinese sentence; never an error of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.models import Person
from tests.api.desk import Desk, fields_of, open_desk
from tests.api.test_case_intake_page import LEAST


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=HYPERLINK(1)", "张三😀", "{{ 7*7 }}", "' OR 1=1 --", "王".ljust(100, "五")]
)
def test_odd_names_are_kept_as_words(desk: Desk, browser: TestClient, text: str) -> None:
    form = fields_of(browser.get("/intake").text, "/intake") | LEAST | {"workers.0.name": text, "summary": text}
    saved = browser.post("/intake", data=form)
    assert saved.status_code == 303
    page = browser.get(saved.headers["location"])
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    with desk.office.database.read() as session:
        assert session.scalars(select(Person.name).where(Person.id > 4)).one()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("workers.0.name", "长" * 500, "100个字"),
        ("employers.0.name", "长" * 500, "200个字"),
        ("workers.0.id_number", "81000019900101123", "18位"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(browser: TestClient, field: str, text: str, sentence: str) -> None:
    answer = browser.post("/intake", data=fields_of(browser.get("/intake").text, "/intake") | LEAST | {field: text})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fields_of(answer.text, "/intake")[field] == text


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [("hk_macau_permit", "ｈ１２３４５６７８", "H12345678"), ("hk_macau_permit", "M 12345678 00", "M1234567800")],
)
def test_documents_of_hong_kong_and_macau(desk: Desk, browser: TestClient, kind: str, typed: str, kept: str) -> None:
    form = fields_of(browser.get("/intake").text, "/intake") | LEAST
    told = {"workers.0.id_kind": kind, "workers.0.id_number": typed}
    assert browser.post("/intake", data=form | told).status_code == 303
    with desk.office.database.read() as session:
        assert session.scalars(select(Person).where(Person.id_kind == kind)).one().id_number == kept

"""A case with two thousand notes opens with one page of them, and the oldest can still be reached."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.cases.models import Activity
from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.cases.test_queries import counting

NOTED = 2000


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def test_two_thousand_notes_are_turned_page_by_page(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    browser, path = counter.client(office.mediator), f"/cases/{case.case_id}"
    browser.get(path)
    with counting(office) as few:
        browser.get(path)
    with office.database.write() as session:
        at = office.clock.now()
        session.add_all(
            Activity(case_id=case.case_id, kind="note", text=f"第{n}次电话", at=at) for n in range(1, NOTED + 1)
        )
    began = time.perf_counter()
    with counting(office) as many:
        first = browser.get(path).text
    assert time.perf_counter() - began < 5
    assert len(many) == len(few)
    assert first.count("次电话") == 20
    assert "第2000次电话" in first
    assert "notes=2#history" in first.replace("&amp;", "&")
    last = browser.get(f"{path}?notes=100").text
    assert "第1次电话" in last
    assert 'rel="next"' not in last[last.index('id="history"') :].split("办理经过")[0]
    assert browser.get(f"{path}?notes=5000&history=99").status_code == 200


def test_what_happened_is_turned_too(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    for _ in range(20):
        office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    browser, path = counter.client(office.mediator), f"/cases/{case.case_id}"
    first, second = browser.get(path).text, browser.get(f"{path}?history=2").text
    assert "history=2#history" in first
    assert "审计校验值" in second
    assert "<strong>受理</strong>" in second
    assert "<strong>受理</strong>" not in first

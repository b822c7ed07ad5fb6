"""我的案件: the first page of the day."""

from pathlib import Path

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import Desk, open_desk


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


def test_each_row_says_what_is_due_and_why(desk: Desk) -> None:
    case = desk.office.accepted()
    with desk.browser() as browser:
        page = browser.get("/cases").text
    assert f'href="/cases/{case.case_id}"' in page
    for words in ("张三", "北京某餐饮有限公司", "调解中", "李调解", "为什么是这一天", "法定期限", "还剩"):
        assert words in page
    assert "次日起算" in page


def test_a_supervisor_starts_with_everything_and_a_mediator_with_their_own(desk: Desk) -> None:
    desk.office.accepted()
    for actor, own in ((desk.office.supervisor, False), (desk.office.mediator, True)):
        with desk.browser(actor) as browser:
            assert "共1件" in browser.get("/cases").text
            assert ("共1件" in browser.get("/cases?whose=mine").text) is own


def test_filters_that_make_no_sense_narrow_nothing(desk: Desk) -> None:
    desk.office.register()
    with desk.browser() as browser:
        for query in ("state=flying", "place=abc", "page=-3", "page=99999999999999", "whose=%00", "cause='", "page=²"):
            answer = browser.get(f"/cases?{query}")
            assert (answer.status_code, "共1件" in answer.text) == (200, True), query
        assert "没有符合条件的案件" in browser.get("/cases?text=查无此人").text


def test_htmx_gets_the_list_alone(desk: Desk) -> None:
    desk.office.register()
    with desk.browser() as browser:
        part = browser.get("/cases", headers={"hx-request": "true", "hx-target": "found"}).text
    assert part.strip().startswith('<div id="found">')
    assert "张三" in part


def test_a_long_list_has_pages(desk: Desk) -> None:
    for _ in range(21):
        desk.office.register()
    with desk.browser() as browser:
        first = browser.get("/cases").text
        second = browser.get("/cases?page=2").text
    assert (first.count('<li class="case'), second.count('<li class="case')) == (20, 1)
    assert "page=2" in first
    assert "page=1" in second

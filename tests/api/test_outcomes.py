"""结果统计: the page, its lists and its file, and the operation for programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import Desk, open_desk

FAILED = {"failure": "failed_divergence", "failed_on": "2026-09-18"}


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def test_the_page_counts_both_ways_and_opens_to_its_lists(desk: Desk) -> None:
    case = desk.office.signed()
    other = desk.office.accepted()
    desk.office.fire(other.proceeding_id, "declare_failed", FAILED)
    with desk.browser(desk.office.supervisor) as browser:
        page = browser.get("/outcomes").text
        assert "未达成协议：分歧过大，无法达成一致" in page
        assert "按最后一名当事人有结果之日计入" in page
        assert "50.0%" not in page
        assert "50.0%" in browser.get("/outcomes?rate=true").text
        link = "/outcomes/list?from=2026-01-01&to=2026-12-31&unit=workers&outcome=agreed&reason="
        lines = browser.get(link).text
        assert f"/cases/{case.case_id}" in lines
        assert "共1项" in lines
        file = browser.get("/outcomes.json?rate=true")
        assert "attachment" in file.headers["content-disposition"]
        assert file.json()["totals"]["counts"] == {"cases": 2, "workers": 2, "employers": 2}
        wrong = browser.get("/outcomes?from=2026-10-01&to=2026-09-01")
        assert wrong.status_code == 422
        assert browser.get("/outcomes/list?from=2026-01-01&to=2026-12-31&unit=x").status_code == 404
    with desk.browser(desk.office.lawyer) as browser:
        assert browser.get("/outcomes").status_code == 403


def test_the_case_page_says_what_it_came_to_for_each_party(desk: Desk) -> None:
    case = desk.office.accepted()
    with desk.browser() as browser:
        assert "调解结果" not in browser.get(f"/cases/{case.case_id}").text
        desk.office.fire(case.proceeding_id, "declare_failed", FAILED)
        page = browser.get(f"/cases/{case.case_id}").text
    assert page.count('<small class="hint">调解结果 <span class="tag">未达成协议</span> 分歧过大，无法达成一致') == 2


def test_for_programs(counter: Counter) -> None:
    office = counter.office
    office.signed()
    asked = {"from": "2026-01-01", "to": "2026-12-31"}
    told = counter.get(office.supervisor, "/reports/outcomes", **asked, rate="true").json()
    (row,) = told["rows"]
    assert (row["outcome"], row["counts"]) == ("agreed", {"cases": 1, "workers": 1, "employers": 1})
    assert told["rates"][0]["percent"] == "100.0%"
    assert counter.get(office.supervisor, "/reports/outcomes", **asked).json()["rates"] == []
    (line,) = counter.get(office.supervisor, "/reports/outcomes/lines", **asked, unit="employers").json()
    assert (line["party"], line["outcome"], line["on"]) == ("北京某餐饮有限公司", "agreed", "2026-09-18")
    earlier = counter.get(office.supervisor, "/reports/outcomes", **asked, as_of="2026-09-01T00:00").json()
    assert earlier["totals"]["counts"]["cases"] == 0

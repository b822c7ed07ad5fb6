"""时效: the clocks on a page of their own, on the case page and for programs; events added and struck out by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import Desk, fields_of, open_desk

PAGE = "/cases/1/limitation"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    desk = open_desk(sqlite_database, clock, tmp_path)
    desk.office.register(workers=[{"name": "张三", "employment_ended_on": "2025-09-22"}])
    return desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def test_the_case_page_shows_the_red_clock_and_leads_to_the_page(browser: TestClient) -> None:
    page = browser.get("/cases/1").text
    assert "时效不足七日" in page
    assert f'href="{PAGE}"' in page
    shown = browser.get(PAGE).text
    assert "2026-09-22" in shown
    assert "为什么是这一天" in shown
    assert "转法律援助" in shown
    assert "劳动关系于2025-09-22终止" in shown


def test_an_event_is_added_refused_and_struck_out_on_the_page(browser: TestClient) -> None:
    form = fields_of(browser.get(PAGE).text, PAGE) | {"ground": "claimed", "on": "2026-09-30", "proof": "快递单号 1"}
    refused = browser.post(PAGE, data=form)
    assert refused.status_code == 422
    assert "日期不能晚于今天。" in refused.text
    assert "快递单号 1" in refused.text
    form = fields_of(refused.text, PAGE) | {"on": "2026-05-06"}
    assert browser.post(PAGE, data=form).headers["location"] == f"{PAGE}#events"
    shown = browser.get(PAGE).text
    assert "2027-05-06" in shown
    assert "直接向对方主张权利" in shown
    strike = f"{PAGE}/1/strike"
    assert browser.post(strike, data=fields_of(shown, strike) | {"reason": "不是本案的"}).status_code == 303
    assert "已删去：不是本案的" in browser.get(PAGE).text
    assert "登记时效中断、中止" in browser.get("/cases/1").text


def test_a_worker_who_still_works_there_stops_the_clock(browser: TestClient) -> None:
    change = "/cases/1/change/party/1"
    form = fields_of(browser.get(change).text, change) | {"employed": "true", "reason": "核实后仍在职"}
    assert browser.post(change, data=form).status_code == 303
    assert "不计算" in browser.get(PAGE).text


def test_for_programs(browser: TestClient) -> None:
    token = browser.get("/api/v1/session").json()["csrf_token"]
    browser.headers["x-csrf-token"] = token
    told = browser.get("/api/v1/cases/1/limitation").json()
    (clock,) = told["clocks"]
    assert (clock["state"], clock["last_day"], clock["days_left"], clock["urgent"]) == (
        "running",
        "2026-09-22",
        4,
        True,
    )
    assert {cite["id"] for cite in clock["cites"]} >= {"LMA-27.4"}
    event = {"ground": "complained", "on": "2026-07-01", "proof": "投诉回执"}
    sent = {"revision": told["revision"], "event": event}
    done = browser.post("/api/v1/cases/1/limitation/events", json=sent, headers={"idempotency-key": "a" * 16})
    assert done.status_code == 200, done.text
    (event_id,) = done.json()["result"]["limitation_events"]
    told = browser.get("/api/v1/cases/1/limitation").json()
    assert told["clocks"][0]["last_day"] == "2027-07-01"
    assert told["events"][0]["cites"][0]["text"].endswith("第二十七条")
    strike = {"revision": done.json()["revision"], "strike": {"reason": "登记错了"}}
    address = f"/api/v1/cases/1/limitation/events/{event_id}/strike"
    assert browser.post(address, json=strike, headers={"idempotency-key": "b" * 16}).status_code == 200
    assert browser.get("/api/v1/cases/1/limitation").json()["clocks"][0]["last_day"] == "2026-09-22"


def test_who_may_not_see_the_case_sees_no_clock(desk: Desk) -> None:
    with desk.browser(desk.office.lawyer) as stranger:
        assert stranger.get(PAGE).status_code == 404
        assert stranger.get("/api/v1/cases/1/limitation").status_code == 404

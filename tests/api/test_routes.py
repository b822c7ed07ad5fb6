"""协议之后走哪条路: the screen and the interface over the same judgment, and the way from it to the form."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import Desk, fields_of, open_desk


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def states(browser: TestClient, query: str = "") -> dict[str, str]:
    """Each route with its state, as programs get it."""
    answer = browser.get(f"/api/v1/cases/1/routes{query}")
    assert answer.status_code == 200, answer.text
    return {route["route"]: route["state"] for route in answer.json()["routes"]}


def way(browser: TestClient, route: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in browser.get(f"/api/v1/cases/1/routes{query}").json()["routes"] if one["route"] == route
    )
    return found


def test_after_signing_the_ways_depend_on_what_nobody_has_asked_yet(desk: Desk, browser: TestClient) -> None:
    desk.office.signed()
    closed = {"payment_order": "closed", "direct_suit": "closed", "arbitration": "closed"}
    assert states(browser) == {"joint_review": "uncertain", "judicial_confirmation": "uncertain", **closed}
    both = states(browser, "?jointly=yes&lawful_body=yes")
    assert both == {"joint_review": "open", "judicial_confirmation": "open", **closed}
    assert states(browser, "?jointly=no")["joint_review"] == "closed"
    assert states(browser, "?jointly=yes&body=people_committee")["judicial_confirmation"] == "open"
    review = way(browser, "joint_review")
    assert (review["window"]["last_day"], review["event"], review["allowed"]) == (
        "2026-10-08",
        "apply_joint_review",
        True,
    )
    assert any("国庆节" in reason for reason in review["window"]["reasons"])


def test_when_a_payment_is_late_the_worker_may_act_alone(desk: Desk, clock: TestClock) -> None:
    desk.office.signed()
    clock.move(days=40)
    with desk.browser() as browser:
        told = states(browser, "?debtor_missing=no&mutual_debts=no")
        assert told == {
            "payment_order": "open",
            "direct_suit": "open",
            "arbitration": "open",
            "joint_review": "closed",
            "judicial_confirmation": "closed",
        }
        assert list(told)[:3] == ["payment_order", "direct_suit", "arbitration"]
        assert "申请期间已于2026年10月19日届满" in str(way(browser, "judicial_confirmation")["reasons"])
        assert way(browser, "direct_suit")["window"]["last_day"] == "2029-09-28"
        order = way(browser, "payment_order")
        assert (order["state"], order["cost_verified"]) == ("uncertain", True)


def test_other_heads_close_the_suit_and_keep_the_order(desk: Desk, clock: TestClock) -> None:
    workers = [{"name": "张三"}]
    demands = [
        {"party": 0, "head": "wages", "amount": "10000"},
        {"party": 0, "head": "severance", "amount": "10000"},
    ]
    desk.office.signed(workers=workers, demands=demands)
    clock.move(days=15)
    with desk.browser() as browser:
        told = states(browser, "?debtor_missing=no&mutual_debts=no")
        assert (told["payment_order"], told["direct_suit"], told["arbitration"]) == ("open", "closed", "open")
        assert "经济补偿" in str(way(browser, "direct_suit")["reasons"])


def test_without_an_agreement_arbitration_and_arrears_remain(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    told = {"failure": "failed_divergence", "failed_on": "2026-09-18"}
    desk.office.fire(case.proceeding_id, "declare_failed", told)
    found = states(browser, "?debtor_missing=no&mutual_debts=no")
    assert (found["arbitration"], found["payment_order"], found["direct_suit"]) == ("open", "open", "closed")
    assert states(browser, "?wage_iou=true")["direct_suit"] == "open"
    assert "/cases/1/routes" in browser.get("/cases/1").text


def test_the_screen_says_all_and_leads_to_the_form(desk: Desk, browser: TestClient) -> None:
    desk.office.signed()
    assert 'href="/cases/1/routes"' in browser.get("/cases/1").text
    page = browser.get("/cases/1/routes?jointly=yes").text
    for sentence in ("可以走", "须先查明", "现在不能走", "请事先询问当地法院", "待核实", "2026-10-08", "还没有过"):
        assert sentence in page
    assert 'value="yes" checked' in page
    form = re.search(r'href="(/cases/1/events/\d+/apply_judicial_confirmation)"', page)
    assert form
    action = form.group(1)
    told = fields_of(browser.get(action).text, action)
    told |= {"confirmation_court": "示范区人民法院", "confirmation_jointly": "true"}
    done = browser.post(action, data=told)
    assert done.status_code == 303, done.text
    after = browser.get("/cases/1/routes?jointly=yes").text
    assert "正在办理" in after


def test_a_closed_way_is_refused_with_what_is_possible(desk: Desk, clock: TestClock) -> None:
    case = desk.office.signed()
    clock.move(days=40)
    with desk.browser() as browser:
        action = f"/cases/1/events/{case.proceeding_id}/apply_joint_review"
        told = fields_of(browser.get(action).text, action)
        told |= {"review_body": "示范区劳动人事争议仲裁委员会", "review_jointly": "true"}
        refused = browser.post(action, data=told)
        assert refused.status_code == 409
        for words in ("申请期间已于2026年10月8日届满", "申请劳动仲裁", "如实登记"):
            assert words in refused.text
        recorded = browser.post(
            action, data=fields_of(refused.text, action) | {"review_already_filed": "true", "review_jointly": "true"}
        )
        assert recorded.status_code == 303


def test_filed_in_time_and_recorded_late(desk: Desk, clock: TestClock) -> None:
    """What counts is the day of the application, not the day on which we hear of it."""
    case = desk.office.signed()
    clock.move(days=25)
    told = {"review_body": "仲裁委员会", "review_jointly": True}
    done = desk.office.fire(case.proceeding_id, "apply_joint_review", {**told, "review_applied_on": "2026-10-08"})
    assert done.result["started"]["workflow"] == "joint_review"


def test_when_the_agreement_is_confirmed_the_title_comes_first(desk: Desk, browser: TestClient) -> None:
    case = desk.office.signed()
    today = date(2026, 9, 18).isoformat()
    told = {"confirmation_applied_on": today, "confirmation_court": "示范区人民法院", "confirmation_jointly": True}
    started = desk.office.fire(case.proceeding_id, "apply_judicial_confirmation", told).result["started"]
    court = started["proceeding_id"]
    desk.office.fire(court, "accept_confirmation", {"confirmation_accepted_on": today})
    ruling = {"confirmation_number": "1号", "confirmation_decided_on": today, "confirmation_received_on": today}
    desk.office.fire(court, "confirm_agreement", ruling)
    page = browser.get("/cases/1/routes").text
    assert "经司法确认的调解协议" in page
    assert states(browser)["joint_review"] == "closed"
    file = browser.get("/cases/1").text
    assert f"/cases/1/events/{court}/object_to_confirmation" in file
    dues = file[file.index('<section id="dues">') :].partition("已结束的期限")[0]
    assert "申请强制执行：经司法确认的调解协议，履行期至2026-09-28" in dues
    assert "2028-09-28" in dues


def test_a_stranger_sees_nothing(desk: Desk) -> None:
    desk.office.signed()
    with desk.browser(desk.office.lawyer) as browser:
        assert browser.get("/cases/1/routes").status_code == 404
        assert browser.get("/api/v1/cases/1/routes").status_code == 404

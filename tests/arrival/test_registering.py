"""Registering with what was said about personal data, from the page and through the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mediation.cases.models import Activity, Case, CaseLink
from mediation.clock import TestClock
from mediation.consents.models import Consent
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import Desk, fields_of, open_desk

WORKER = {"name": "张三", "phone": "13800138000"}
APPLICATION: dict[str, Any] = {
    "channel": "hotline",
    "cause": "B1",
    "summary": "单位拖欠三个月工资。",
    "workers": [WORKER],
    "employers": [{"name": "北京某餐饮有限公司"}],
}
TYPED = {
    "workers.0.name": "张三",
    "workers.0.phone": "13800138000",
    "workers.0.id_number": "110101199001011237",
    "workers.0.address": "朝阳区天通苑3号",
    "employers.0.name": "北京某餐饮有限公司",
    "cause": "B1",
    "demands.0.head": "wages",
    "summary": "拖欠三个月工资。",
}


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def typed(browser: TestClient, **more: Any) -> dict[str, Any]:
    form = fields_of(browser.get("/intake").text, "/intake")
    return {**form, **TYPED, **{name.replace("__", "."): value for name, value in more.items()}}


def answers(database: Database) -> set[tuple[str, str, str, str]]:
    with database.read() as session:
        rows = session.execute(select(Consent.purpose, Consent.answer, Consent.ground, Consent.way))
        return {tuple(row) for row in rows}


def test_the_notice_is_linked_and_what_was_answered_is_kept(desk: Desk, browser: TestClient) -> None:
    assert "/privacy-notice" in browser.get("/intake").text
    form = typed(browser, privacy__told="true", privacy__agreed=["mediation"], workers__0__needs=["disabled"])
    first, again = (browser.post("/intake", data=form) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert answers(desk.office.database) == {
        ("notice", "told", "consent", "counter"),
        ("mediation", "given", "consent", "counter"),
    }
    page = browser.get(first.headers["location"]).text
    assert "还没有登记告知、同意或者其他法律依据" in page
    assert "身份证件号码" in page
    assert "伤病、孕期、残疾等健康情况" in page


def test_another_ground_counts_for_what_is_typed_and_not_agreed_to(desk: Desk, browser: TestClient) -> None:
    why = {"privacy__ground": "duty", "privacy__why": "法律援助审查须核对身份。"}
    unreasoned = browser.post("/intake", data=typed(browser, privacy__ground="duty"))
    assert unreasoned.status_code == 422
    assert "并写明理由" in unreasoned.text
    assert browser.post("/intake", data=typed(browser, **why)).status_code == 303
    assert answers(desk.office.database) == {("identity", "based", "duty", "counter")}


def test_nothing_said_is_no_obstacle(desk: Desk, browser: TestClient) -> None:
    done = browser.post("/intake", data=typed(browser))
    assert done.status_code == 303
    assert answers(desk.office.database) == set()
    assert 'id="unconsented"' in browser.get(done.headers["location"]).text


def test_for_a_child_only_the_notice_is_recorded(desk: Desk, browser: TestClient) -> None:
    more = {"privacy__told": "true", "privacy__agreed": ["mediation"], "workers__0__birth_date": "2014-01-02"}
    assert browser.post("/intake", data=typed(browser, workers__0__id_number="", **more)).status_code == 303
    assert answers(desk.office.database) == {("notice", "told", "consent", "counter")}


def test_a_note_of_what_was_added_tells_no_number_in_clear(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    assert browser.post("/intake", data=typed(browser, _join=str(case.case_id))).status_code == 303
    with desk.office.database.read() as session:
        (note,) = session.scalars(select(Activity.text).where(Activity.case_id == case.case_id))
    assert "138****8000" in note
    assert "朝阳区****" in note


def test_a_program_is_told_what_is_there_already(counter: Counter) -> None:
    mediator, body = counter.office.mediator, {"application": APPLICATION, "privacy": {"told": True}}
    first = counter.post(mediator, "/cases", body, key="request-first")
    assert first.status_code == 201
    assert answers(counter.office.database) == {("notice", "told", "consent", "phone")}
    assert counter.post(mediator, "/cases", body, key="request-first").json()["repeated"] is True
    refused = counter.post(mediator, "/cases", body)
    assert refused.status_code == 409
    assert [one["number"] for one in refused.json()["alike"]["cases"]] == [first.json()["number"]]
    reasoned = {**body, "application": {**APPLICATION, "not_duplicate": "另一段劳动关系。"}}
    assert counter.post(mediator, "/cases", reasoned).status_code == 201
    with counter.office.database.read() as session:
        assert session.scalar(select(func.count(Case.id))) == 2
        assert session.scalars(select(CaseLink.kind)).all() == ["same_matter"]


def test_who_registers_nothing_there_is_told_nothing(counter: Counter) -> None:
    counter.office.register()
    answer = counter.post(counter.office.lawyer, "/cases", {"organisation_id": 2, "application": APPLICATION})
    assert answer.status_code == 403

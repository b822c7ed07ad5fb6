"""Parties that change, related cases, splitting and declared interests, by form and by JSON."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mediation.cases.models import Case, Party
from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import open_counter
from tests.api.desk import Desk, fields_of, open_desk


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    desk = open_desk(sqlite_database, clock, tmp_path)
    desk.office.register(workers=[{"name": "张三"}, {"name": "李四"}])
    return desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def ids(desk: Desk, side: str) -> list[int]:
    return desk.office.parties(1, side)


def post(browser: TestClient, page: str, action: str, **typed: str | list[str]) -> tuple[int, str]:
    form = fields_of(browser.get(page).text, action) | typed
    answer = browser.post(action, data=form)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_lost_employer_is_marked_and_shown(desk: Desk, browser: TestClient) -> None:
    (firm,) = ids(desk, "employer")
    page = f"/cases/1/parties/{firm}"
    state, _ = post(browser, page, f"{page}/condition", condition="missing", reason="登记地址无人")
    assert state == 303
    assert "下落不明" in browser.get("/cases/1").text
    assert "下落不明" in browser.get(page).text
    state, text = post(browser, page, f"{page}/condition", condition="dead", reason="关门了")
    assert (state, "已注销" in text, "关门了" in text) == (422, True, True)


def test_liability_and_succession_by_form(desk: Desk, browser: TestClient) -> None:
    (firm,) = ids(desk, "employer")
    page = f"/cases/1/parties/{firm}"
    basis = "工程款已结清，总包先行清偿"
    state, _ = post(browser, page, f"{page}/liability", liability="first_payer", liability_basis=basis)
    assert state == 303
    assert basis in browser.get(page).text
    state, _ = post(
        browser, page, f"{page}/successor", name="北京某劳务有限公司", since_on="2026-09-01", reason="合同是它签的"
    )
    assert state == 303
    with desk.office.database.read() as session:
        new = session.scalars(select(Party).where(Party.succeeds_id == firm)).one()
        assert (new.name, new.liability) == ("北京某劳务有限公司", "first_payer")
    assert "承继北京某餐饮有限公司" in browser.get("/cases/1").text


def test_a_worker_is_split_off_and_both_cases_know(desk: Desk, browser: TestClient) -> None:
    first, _ = ids(desk, "worker")
    page = "/cases/1/related"
    state, text = post(browser, page, f"{page}/split", workers=[], reason="另案")
    assert (state, "请至少" in text or "必须填写" in text) == (422, True)
    state, where = post(browser, page, f"{page}/split", workers=[str(first)], reason="另有工伤请求")
    assert (state, where) == (303, "/cases/2")
    assert "张三" in browser.get("/cases/2").text
    with desk.office.database.read() as session:
        number = session.scalars(select(Case.number).where(Case.id == 2)).one()
    assert number in browser.get(page).text
    state, text = post(browser, page, f"{page}/link", number="无此号", kind="counter")
    assert (state, "无此号" in text) == (422, True)
    state, _ = post(browser, page, f"{page}/link", number=number, kind="counter")
    assert state == 303


def test_an_interest_is_declared_told_and_ended(desk: Desk, browser: TestClient) -> None:
    page = "/account/interests"
    state, text = post(browser, page, page, name="某公司", kind="")
    assert (state, "必须填写" in text) == (422, True)
    state, _ = post(browser, page, page, name="北京某餐饮有限公司", kind="adviser")
    assert state == 303
    assert "已登记的单位" in browser.get(page).text
    assert "不能承办" in browser.get("/cases/1/related").text
    state, _ = post(browser, page, f"{page}/1/end")
    assert state == 303
    assert browser.post(f"{page}/99/end", data=fields_of(browser.get(page).text, page)).status_code == 404


def test_by_json(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> None:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        office, me = counter.office, counter.office.mediator
        office.register(workers=[{"name": "张三"}, {"name": "李四"}])
        (firm,), (first, _) = office.parties(1, "employer"), office.parties(1, "worker")
        lost = {"revision": 1, "change": {"condition": "missing", "reason": "无人"}}
        path = f"/cases/1/parties/{firm}/condition"
        assert counter.post(me, path, lost, key="key-00000001").status_code == 200
        assert counter.post(me, path, lost, key="key-00000001").json()["repeated"] is True
        assert counter.post(me, path, lost).status_code == 409
        half = {"revision": 2, "change": {"liability": "x"}}
        assert counter.post(me, f"/cases/1/parties/{firm}/liability", half).status_code == 422
        split = {"revision": 2, "change": {"workers": [first], "reason": "另案"}}
        assert counter.post(me, "/cases/1/split", split).json()["result"]["case"] == 2
        assert [row["kind"] for row in counter.get(me, "/cases/1/related").json()] == ["split_from"]
        assert counter.get(me, "/cases/1/conflicts").json() == []
        assert counter.get(me, "/cases/77/related").status_code == 404

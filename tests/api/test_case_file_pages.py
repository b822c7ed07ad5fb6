"""Parties, demands, notes, evidence: each a form that comes back with its text when it is refused."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mediation.cases.models import Activity, AuditEntry, Demand, Evidence, Party
from mediation.clock import TestClock
from mediation.db import Database
from mediation.recovery.models import Award
from tests.api.desk import Desk, fields_of, give_account, open_desk
from tests.cases.test_queries import newcomer


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    desk = open_desk(sqlite_database, clock, tmp_path)
    desk.office.accepted()
    return desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def form_on(browser: TestClient, address: str, action: str, **typed: str) -> dict[str, str]:
    return fields_of(browser.get(address).text, action) | typed


def added(browser: TestClient, what: str, **typed: str) -> tuple[int, str]:
    answer = browser.post(f"/cases/1/add/{what}", data=form_on(browser, "/cases/1", f"/cases/1/add/{what}", **typed))
    if answer.status_code == 303:
        return 303, browser.get(answer.headers["location"]).text
    return answer.status_code, answer.text


def entries(desk: Desk) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(AuditEntry.id))) or 0


def test_a_party_joins_is_corrected_and_leaves(desk: Desk, browser: TestClient) -> None:
    state, page = added(browser, "party", side="worker", name="王五", phone="13900139000")
    assert (state, "已保存：添加当事人" in page) == (303, True)
    change = "/cases/1/change/party/3"
    form = form_on(browser, change, change)
    assert form["name"] == "王五"
    form |= {"name": "王武", "left_on": "2026-09-18", "reason": "姓名写错，本人退出"}
    assert browser.post(change, data=form).headers["location"].endswith("#parties")
    with desk.office.database.read() as session:
        party = session.get_one(Party, 3)
        assert (party.name, str(party.left_on)) == ("王武", "2026-09-18")
    assert "王武" in browser.get("/cases/1").text


def test_a_demand_is_added_changed_and_withdrawn(desk: Desk, browser: TestClient) -> None:
    state, _ = added(browser, "demand", party="1", head="overtime", amount="３０００元")
    assert state == 303
    change = "/cases/1/change/demand/2"
    form = form_on(browser, change, change, amount="2500.5", withdrawn_on="2026-09-18", reason="重算")
    assert browser.post(change, data=form).status_code == 303
    with desk.office.database.read() as session:
        demand = session.get_one(Demand, 2)
        assert (demand.amount, str(demand.withdrawn_on)) == (250_050, "2026-09-18")


@pytest.mark.parametrize(
    ("what", "typed", "sentence"),
    [
        ("party", {"side": "worker"}, "必须填写"),
        ("party", {"side": "martian", "name": "王五"}, "不在可选范围内"),
        ("party", {"side": "worker", "name": "王五", "represents": "999"}, "请从本案当事人中选择"),
        ("party", {"side": "worker", "name": "王五", "wings": "2"}, "没有这一项"),
        ("demand", {"party": "1", "head": "wages", "amount": "-1"}, "金额不能为负数"),
        ("demand", {"party": "1", "head": "wages", "amount": "1.234"}, "金额最多两位小数"),
        ("demand", {"party": "1", "head": "wages", "from_on": "2026-13-01"}, "并不存在"),
        ("demand", {"party": "999", "head": "wages"}, "当事人"),
        ("activity", {"kind": "note", "text": " "}, "必须填写"),
        ("activity", {"kind": "dance", "text": "跳舞"}, "不在可选范围内"),
        ("activity", {"kind": "note", "text": "明天", "at": "2027-01-01T09:00"}, "时间不能晚于现在"),
        ("award", {"party": "1", "amount": "x", "body": "仲裁委", "decided_on": "2026-09-01"}, "不是金额"),
        ("evidence", {"category": "contract", "name": "合同"}, "请选择要上传的文件"),
    ],
)
def test_bad_input_comes_back_with_a_sentence_and_leaves_no_trace(
    desk: Desk, browser: TestClient, what: str, typed: dict[str, str], sentence: str
) -> None:
    before = entries(desk)
    state, page = added(browser, what, **typed)
    assert state == 422
    assert sentence in page
    if "name" in typed:
        assert fields_of(page, f"/cases/1/add/{what}")["name"] == typed["name"]
    assert entries(desk) == before


def test_an_award_of_another_body_is_a_sum_of_its_own(desk: Desk, browser: TestClient) -> None:
    state, page = added(browser, "award", party="1", amount="1.2万", body="示范区仲裁委", decided_on="2026-09-10")
    assert (state, "12,000.00" in page) == (303, True)
    with desk.office.database.read() as session:
        assert session.scalars(select(Award.amount)).all() == [1_200_000]


def test_a_stale_change_keeps_the_text_and_tells_what_happened(desk: Desk, browser: TestClient) -> None:
    action = "/cases/1/add/demand"
    mine = form_on(browser, "/cases/1", action, party="1", head="overtime", amount="3000")
    added(browser, "demand", party="1", head="bonus", amount="500")
    stale = browser.post(action, data=mine)
    assert stale.status_code == 409
    assert "500.00元" in stale.text
    again = fields_of(stale.text, action)
    assert (again["amount"], again["head"]) == ("3000", "overtime")
    assert browser.post(action, data=again).status_code == 303
    with desk.office.database.read() as session:
        assert session.scalar(select(func.count(Demand.id))) == 3


def test_evidence_gets_a_receipt_with_its_hash_and_comes_back_as_it_was(desk: Desk, browser: TestClient) -> None:
    form = form_on(browser, "/cases/1", "/cases/1/add/evidence", category="wage_record", submitted_by="1")
    content = "工资流水".encode()
    sent = {"file": ("流水 9月.txt", content, "text/html")}
    answer = browser.post("/cases/1/add/evidence", data=form, files=sent)
    assert answer.headers["location"] == "/cases/1/evidence/1/receipt"
    receipt = browser.get("/cases/1/evidence/1/receipt").text
    assert hashlib.sha256(content).hexdigest() in receipt
    assert "流水 9月.txt" in receipt
    file = browser.get("/cases/1/evidence/1")
    assert file.content == content
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert browser.post("/cases/1/add/evidence", data=form, files=sent).headers == answer.headers
    assert browser.get("/cases/1/evidence/2").status_code == 404


def test_a_file_that_is_too_large_is_refused_in_a_sentence(desk: Desk, browser: TestClient) -> None:
    form = form_on(browser, "/cases/1", "/cases/1/add/evidence", category="other")
    answer = browser.post("/cases/1/add/evidence", data=form, files={"file": ("录像.mp4", bytes(20 * 2**20))})
    assert answer.status_code == 413
    assert "提交的内容超过10MB上限，未保存" in answer.text
    with desk.office.database.read() as session:
        assert session.scalar(select(func.count(Evidence.id))) == 0


def test_private_notes_stay_with_mediators(desk: Desk, browser: TestClient) -> None:
    state, page = added(browser, "activity", kind="note", text="单位底线两万元", private="true")
    assert (state, "单位底线两万元" in page) == (303, True)
    clerk = newcomer(desk.office, "clerk")
    give_account(desk.office, clerk)
    with desk.browser(clerk) as other:
        page = other.get("/cases/1?history=all").text
        assert "写工作记录" in page
        assert "单位底线两万元" not in page
    with desk.office.database.read() as session:
        assert session.scalar(select(func.count(Activity.id)).where(Activity.private)) == 1


def test_what_is_not_there_is_not_found(browser: TestClient) -> None:
    for address in ("/cases/1/add/elephant", "/cases/1/change/party/99", "/cases/99", "/cases/99/add/party"):
        assert browser.get(address).status_code == 404


def test_each_demand_names_its_statute_and_whether_that_was_checked(desk: Desk, browser: TestClient) -> None:
    heads = [{"party": 0, "head": "severance"}, {"party": 0, "head": "interest"}]
    case = desk.office.register(demands=heads)
    page = browser.get(f"/cases/{case.case_id}").text
    shown = page[page.index('id="demands"') : page.index('id="money"')]
    checked, doubtful = shown.index("劳动合同法第四十六条"), shown.index("依约定")
    assert checked < doubtful < shown.index("待核实")
    assert shown.count("待核实") == 1

"""The pages of a group: roster, lists from real spreadsheets, shares into the agreement, voices, papers."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mediation.cases.models import Case, Demand, Party, Subgroup
from mediation.clock import TestClock
from mediation.db import Database
from mediation.recovery.models import Promise
from tests.api.desk import Desk, fields_of, open_desk
from tests.groups.sheets import crowd, drafted, row, xlsx

GROUP = "/cases/1/group"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def post(browser: TestClient, page: str, action: str, **typed: str | list[str]) -> tuple[int, str]:
    shown = browser.get(page)
    assert shown.status_code == 200, shown.text
    form = fields_of(shown.text, action) | typed
    answer = browser.post(action, data=form)
    return answer.status_code, answer.headers.get("location", answer.text)


def upload(browser: TestClient, content: bytes, kind: str = "unpaid") -> tuple[int, str]:
    form = fields_of(browser.get(f"{GROUP}/lists").text, f"{GROUP}/lists") | {"kind": kind}
    answer = browser.post(f"{GROUP}/lists", data=form, files={"file": ("八月名单.xlsx", content)})
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_list_with_faults_comes_back_marked(desk: Desk, browser: TestClient) -> None:
    desk.office.register()
    state, where = upload(browser, xlsx([row(1), row(2, phone="12", due="abc")]))
    assert (state, where) == (303, f"{GROUP}/lists/1")
    text = browser.get(where).text
    assert "有2处错误，没有保存任何一行" in text
    assert text.index("电话") < text.index("应发金额")
    assert "save" not in text
    sheet = load_workbook(io.BytesIO(browser.get(f"{where}/marked.xlsx").content)).worksheets[0]
    assert sheet["C3"].comment is not None
    assert "电话：" in sheet.cell(3, sheet.max_column).value
    with desk.office.database.read() as session:
        assert session.scalar(select(func.count(Party.id)).where(Party.side == "worker")) == 1


def test_a_right_list_is_shown_and_then_saved(desk: Desk, browser: TestClient) -> None:
    desk.office.register(workers=[], demands=[])
    state, where = upload(browser, xlsx([row(n, due=f"300{n}.01") for n in range(1, 10)]))
    text = browser.get(where).text
    assert (state, "新增劳动者" in text, "18,045.09元" in text) == (303, True, True)
    state, place = post(browser, where, f"{where}/save", all_applied="true")
    assert (state, place) == (303, GROUP)
    page = browser.get(GROUP).text
    assert page.count("18,045.09") >= 2
    with desk.office.database.read() as session:
        assert session.scalar(select(func.sum(Demand.amount))) == 1_804_509
        assert session.get_one(Case, 1).workers_count == 9
    state, text = post(browser, where, f"{GROUP}/lists/1/save") if "save" in browser.get(where).text else (0, "已保存")
    assert (state, "已保存" in text) == (0, True)
    assert "八月名单.xlsx" in browser.get(f"{GROUP}/lists").text


def test_what_is_no_list_is_told_beside_the_field(desk: Desk, browser: TestClient) -> None:
    desk.office.register()
    for content, words in (
        (b"", "必须填写"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "旧版Excel"),
        (b"%PDF", "看不出|缺少"),
    ):
        state, text = upload(browser, content)
        assert state == 422
        assert any(word in text for word in [*words.split("|"), "是空的"])


def test_payroll_and_unpaid_lists_are_compared(desk: Desk, browser: TestClient) -> None:
    desk.office.register(workers=[], demands=[])
    for content, kind in ((xlsx([row(1), row(2)]), "payroll"), (xlsx([row(2, paid="1"), row(3)]), "unpaid")):
        _, where = upload(browser, content, kind)
        assert post(browser, where, f"{where}/save")[0] == 303
    text = browser.get(f"{GROUP}/lists/comparison").text
    assert ("只在工资表上" in text, "只在欠薪名单上" in text, "金额不一致" in text) == (True, True, True)
    book = load_workbook(io.BytesIO(browser.get(f"{GROUP}/lists/comparison.xlsx").content))
    assert [cell.value for cell in book.worksheets[0]["C"]][1:] == ["只在工资表上", "金额不一致", "只在欠薪名单上"]
    template = load_workbook(io.BytesIO(browser.get(f"{GROUP}/lists/template.xlsx").content))
    assert template.sheetnames == ["名单", "项目"]


def test_parts_of_the_group_by_form(desk: Desk, browser: TestClient) -> None:
    crowd(desk.office, 60)
    ids = desk.office.parties(1, "worker")
    page = browser.get(GROUP).text
    assert page.count('name="workers"') == 50
    assert browser.get(f"{GROUP}?page=2").text.count('name="workers"') == 10
    told = {"day": "2026-09-18", "reason": "愿意签约", "name": "第一批"}
    chosen = [str(id) for id in ids[:3]]
    form = fields_of(page, f"{GROUP}/do/assign") | told | {"workers": chosen}
    assert browser.post(f"{GROUP}/do/split", data=form).status_code == 303
    state, text = post(browser, GROUP, f"{GROUP}/do/assign", workers=[], day="", reason="x")
    assert (state, "必须填写" in text or "请按" in text) == (422, True)
    state, _ = post(
        browser,
        f"{GROUP}?text=工&subgroup_shown=0",
        f"{GROUP}/do/assign",
        day="2026-09-18",
        reason="其余",
        subgroup="1",
        everybody="true",
    )
    assert state == 303
    with desk.office.database.read() as session:
        assert session.scalars(select(Subgroup.name)).all() == ["第一批"]
    assert "120,000.00" in browser.get(f"{GROUP}?subgroup_shown=1").text
    state, _ = post(
        browser, GROUP, f"{GROUP}/do/outcome", part="1", outcome="settled", outcome_on="2026-09-18", reason="签了"
    )
    assert state == 303
    assert "已达成协议" in browser.get(GROUP).text
    leaving = fields_of(browser.get(GROUP).text, f"{GROUP}/do/assign") | {
        "workers": chosen,
        "day": "2027-01-01",
        "reason": "x",
    }
    answer = browser.post(f"{GROUP}/do/leave", data=leaving)
    assert (answer.status_code, "晚于今天" in answer.text) == (422, True)
    assert browser.post(f"{GROUP}/do/leave", data=leaving | {"day": "2026-09-18"}).status_code == 303
    state, _ = post(
        browser, GROUP, f"{GROUP}/do/join", name="后来者", phone="13600136000", joined_on="2026-09-18", reason="听说"
    )
    assert state == 303
    assert "58人" in browser.get(GROUP).text


def test_a_procedure_that_is_about_one_part_says_so(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register(workers=[{"name": "张三"}, {"name": "李四"}])
    desk.office.aid(case)
    form = fields_of(browser.get(GROUP).text, f"{GROUP}/do/assign")
    ids = desk.office.parties(1, "worker")
    told = {"workers": [str(ids[0])], "day": "2026-09-18", "name": "仲裁的人", "reason": "不愿再谈"}
    assert browser.post(f"{GROUP}/do/split", data=form | told).status_code == 303
    state, _ = post(browser, GROUP, f"{GROUP}/do/procedure", proceeding="2", subgroup="1", reason="只有他申请")
    assert state == 303
    assert "只涉及仲裁的人" in browser.get("/cases/1").text


def test_shares_fill_the_agreement(desk: Desk, browser: TestClient) -> None:
    office = desk.office
    case = office.accepted(
        workers=[{"name": "张三"}, {"name": "李四"}, {"name": "王五"}],
        demands=[{"party": n, "head": "wages", "amount": "1000"} for n in range(3)],
    )
    path = f"{GROUP}/shares"
    plan = {"total": "1000", "basis": "unpaid", "due_on": "2026-10-15", "instalments": "2", "head": "wages"}
    form = fields_of(browser.get(path).text, path) | plan
    text = browser.post(path, data=form).text
    assert ("333.34" in text, "333.33" in text, "填入协议" in text) == (True, True, True)
    filled = browser.post(path, data=form | {"_fill": "1"}).text
    action = f"/cases/1/events/{case.proceeding_id}/draft_agreement"
    told = fields_of(filled, action)
    told["agreement_scope"] = "full"
    assert browser.post(action, data=told).status_code == 303
    with office.database.read() as session:
        assert list(session.scalars(select(Promise.amount).order_by(Promise.party_id, Promise.id))) == [
            *(16_667, 16_667),
            *(16_667, 16_666),
            *(16_667, 16_666),
        ]
    state, text = post(browser, path, path, **(plan | {"total": "x"}))
    assert (state, "不是金额" in text) == (422, True)


def test_shares_cannot_be_filled_in_too_early(desk: Desk, browser: TestClient) -> None:
    desk.office.register()
    path = f"{GROUP}/shares"
    plan = {"total": "1000", "basis": "equal", "due_on": "2026-10-15", "instalments": "1", "_fill": "1"}
    state, text = post(browser, path, path, **plan)
    assert (state, "还不能拟定协议" in text) == (409, True)


def test_representatives_and_opinions(desk: Desk, browser: TestClient) -> None:
    drafted(desk.office)
    path = f"{GROUP}/voices"
    text = browser.get(path).text
    assert ("10人尚未征询" in text, "代表不能代签" in text) == (True, True)
    told = {"answer": "agreed", "answered_on": "2026-09-18"}
    state, text = post(browser, path, f"{path}/consents", **told)
    assert (state, "workers" in text) == (422, True)
    state, _ = post(browser, path, f"{path}/consents", everybody="true", **told)
    assert state == 303
    assert "每个人都已同意" in browser.get(path).text
    ids = [str(id) for id in desk.office.parties(1, "worker")[:2]]
    election = {"elected_on": "2026-09-18", "voters": "9", "representatives": ids}
    state, text = post(browser, path, f"{path}/election", **election)
    assert (state, "3至5名" in text) == (422, True)
    assert "推选代表" in browser.get("/cases/1/events/1/sign_agreement").text


def test_papers_for_each_person(desk: Desk, browser: TestClient) -> None:
    drafted(desk.office, covered=3)
    path = f"{GROUP}/papers"
    assert "已出具0份，共3份" in browser.get(path).text
    assert post(browser, path, path)[0] == 303
    assert "已出具3份，共3份" in browser.get(path).text
    archive = zipfile.ZipFile(io.BytesIO(browser.get(f"{path}.zip").content))
    assert len(archive.namelist()) == 3
    assert browser.get(f"{path}.pdf").content.startswith(b"%PDF")


def test_the_exported_roster_holds_no_formulas(desk: Desk, browser: TestClient) -> None:
    desk.office.register(workers=[{"name": "=1+1"}, {"name": "李四"}])
    sheet = load_workbook(io.BytesIO(browser.get(f"{GROUP}/roster.xlsx").content)).worksheets[0]
    assert [sheet["B2"].value, sheet["B2"].data_type, sheet["B3"].value] == ["'=1+1", "s", "李四"]
    assert [sheet["B4"].value, sheet["H4"].value] == ["合计", 24000]


def test_who_may_not_see_the_case_sees_no_group(desk: Desk) -> None:
    desk.office.register()
    with desk.browser(desk.office.lawyer) as browser:
        for path in ("", "/lists", "/lists/template.xlsx", "/shares", "/voices", "/papers", "/roster.xlsx"):
            assert browser.get(GROUP + path).status_code == 404
    with desk.browser() as browser:
        assert browser.get("/cases/1").text.count(f'href="{GROUP}"') == 1
        assert browser.get("/cases/99/group").status_code == 404

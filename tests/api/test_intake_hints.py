"""登记: a matter that is here already is told before it is registered twice, and the right body is proposed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from mediation.access.restrict import RestrictIn, restrict
from mediation.cases.models import Activity, Case, CaseLink, Demand, Party
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.models import Organisation
from mediation.people.organisations import add_organisation
from tests.api.desk import Desk, fields_of, open_desk

SAME: dict[str, str] = {
    "workers.0.name": "张三",
    "workers.0.phone": "138 0013 8000",
    "employers.0.name": "北京某餐饮有限公司",
    "cause": "B2",
    "demands.0.head": "overtime",
    "demands.0.amount": "3000",
    "summary": "又想起还有加班费没有给。",
}


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def typed(browser: TestClient, **fields: str) -> dict[str, str]:
    return (
        fields_of(browser.get("/intake").text, "/intake") | SAME | {k.replace("__", "."): v for k, v in fields.items()}
    )


def hints(browser: TestClient, **fields: str) -> str:
    answer = browser.post("/intake/alike", data=typed(browser, **fields))
    assert answer.status_code == 200
    return str(answer.text)


def count(desk: Desk, table: Any) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def west(desk: Desk) -> int:
    """A body beside the mediator's own."""
    with desk.office.database.write() as session:
        above = session.get_one(Organisation, desk.office.district_id)
        made = add_organisation(
            session, "示范区西街总工会", "示西", "street", above, address="西街1号", phone="010-62345678"
        )
        made.areas = ["西街", "和平里北街"]
        return made.id


def moved(desk: Desk, case_id: int, to: int) -> None:
    with desk.office.database.write() as session:
        session.execute(update(Case).where(Case.id == case_id).values(organisation_id=to))


@pytest.mark.parametrize(
    "fields",
    [
        {"workers__0__phone": ""},
        {"workers__0__name": "张山", "workers__0__phone": "１３８００１３８０００"},
        {"workers__0__name": "张 三", "workers__0__phone": "", "employers__0__name": "北京某餐饮 有限公司"},
    ],
    ids=["name", "telephone", "spaces"],
)
def test_while_typing_the_open_case_is_told(desk: Desk, browser: TestClient, fields: dict[str, str]) -> None:
    case = desk.office.register()
    told = hints(browser, **fields)
    assert case.number in told
    assert "2026-09-18收到" in told
    assert "还没有指派调解员" in told


def test_by_the_number_of_the_document_and_the_credit_code(desk: Desk, browser: TestClient) -> None:
    number, code = "11010519491231002X", "91110000600037341L"
    case = desk.office.register(
        workers=[{"name": "赵六", "id_kind": "resident_id", "id_number": number}],
        employers=[{"name": "北京某商贸有限公司", "uscc": code}],
    )
    told = hints(
        browser,
        workers__0__name="",
        workers__0__phone="",
        workers__0__id_number="１１０１０５１９４９１２３１００２Ｘ",
        employers__0__name="某商贸",
        employers__0__uscc=code.lower(),
    )
    assert case.number in told


@pytest.mark.parametrize(
    "fields",
    [
        {"workers__0__name": "李四", "workers__0__phone": "13900000000"},
        {"employers__0__name": "另一家公司"},
        {"workers__0__name": "", "workers__0__phone": "1380"},
    ],
    ids=["another worker", "another employer", "half typed"],
)
def test_nothing_is_told_of_what_is_not_the_same(desk: Desk, browser: TestClient, fields: dict[str, str]) -> None:
    desk.office.register()
    assert hints(browser, **fields).strip() == ""


def test_a_closed_case_is_no_duplicate(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    desk.office.fire(case.proceeding_id, "withdraw", {"withdrawal_reason": "given_up", "withdrawn_on": "2026-09-18"})
    assert desk.office.state(case.proceeding_id) == "withdrawn"
    assert hints(browser).strip() == ""


def test_saving_asks_and_keeps_everything_that_was_typed(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    answer = browser.post("/intake", data=typed(browser))
    assert answer.status_code == 422
    assert case.number in answer.text
    assert "请选择加入已有的案件，或者勾选" in answer.text
    assert fields_of(answer.text, "/intake")["summary"] == SAME["summary"]
    unreasoned = browser.post("/intake", data=typed(browser) | {"_anyway": "true"})
    assert "请写明为什么另行登记" in unreasoned.text
    assert count(desk, Case) == 1


def test_added_to_the_case_that_is_there(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    form = typed(browser, workers__1__name="王五") | {"_join": str(case.case_id)}
    first, second = browser.post("/intake", data=form), browser.post("/intake", data=form)
    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert "已保存" in browser.get(first.headers["location"]).text
    assert count(desk, Case) == 1
    with desk.office.database.read() as session:
        demands = session.execute(select(Demand.head, Demand.amount, Party.name).join(Party).order_by(Demand.id)).all()
        workers = session.scalars(select(Party.name).where(Party.side == "worker").order_by(Party.id)).all()
        note = session.scalars(select(Activity.text)).one()
    assert [tuple(row) for row in demands] == [("wages", 2_400_000, "张三"), ("overtime", 300_000, "张三")]
    assert workers == ["张三", "王五"]
    assert SAME["summary"] in note


def test_what_the_case_has_already_is_not_added_twice(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    same = {"demands.0.head": "wages", "demands.0.amount": "2.4万", "_join": str(case.case_id)}
    assert browser.post("/intake", data=typed(browser) | same).status_code == 303
    assert count(desk, Demand) == 1


def test_a_case_that_nobody_proposed_cannot_be_joined(desk: Desk, browser: TestClient) -> None:
    desk.office.register()
    answer = browser.post("/intake", data=typed(browser) | {"_join": "999"})
    assert (answer.status_code, "请重新选择" in answer.text) == (422, True)
    assert count(desk, Activity) == 0


def test_registered_anyway_with_a_reason_that_both_cases_show(desk: Desk, browser: TestClient) -> None:
    desk.office.register()
    form = typed(browser) | {"_anyway": "true", "_reason": "另一段劳动关系。"}
    first, second = browser.post("/intake", data=form), browser.post("/intake", data=form)
    assert first.headers["location"] == second.headers["location"] == "/cases/2?done=1"
    assert count(desk, CaseLink) == 1
    for number in (1, 2):
        assert "另一段劳动关系。" in browser.get(f"/cases/{number}/related").text


def test_of_another_bodys_case_only_the_telephone_is_told(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    moved(desk, case.case_id, west(desk))
    told = hints(browser)
    assert "示范区西街总工会正在办理" in told
    assert "010-62345678" in told
    assert case.number not in told
    assert "_join" not in told
    assert browser.post("/intake", data=typed(browser)).status_code == 422
    form = typed(browser) | {"_anyway": "true", "_reason": "已电话核对，不是同一件事。"}
    assert browser.post("/intake", data=form).status_code == 303


def test_a_restricted_case_is_told_to_nobody(desk: Desk, browser: TestClient) -> None:
    office = desk.office
    case = office.register()
    with office.database.write() as session:
        told = RestrictIn(reason="涉及隐私")
        restrict(session, office.runtime, case.case_id, told, key=office.key(), actor=office.supervisor)
    assert hints(browser).strip() == ""
    moved(desk, case.case_id, west(desk))
    assert hints(browser).strip() == ""
    assert browser.post("/intake", data=typed(browser)).status_code == 303


def test_lawyers_are_told_nothing(desk: Desk) -> None:
    desk.office.register()
    with desk.browser(desk.office.lawyer) as lawyer:
        assert lawyer.post("/intake/alike", data=SAME).status_code == 403


def test_the_right_body_is_proposed_with_its_reasons(desk: Desk, browser: TestClient) -> None:
    west(desk)
    told = hints(browser, workplace="和平里 北街12号院")
    assert "建议由示范区西街总工会办理" in told
    assert "工作地点含有“和平里北街”" in told
    assert "西街1号 010-62345678" in told
    assert hints(browser, workplace="东街3号").strip() == ""


def test_the_longest_word_wins_then_the_industry_then_the_lighter_load(desk: Desk, browser: TestClient) -> None:
    office = desk.office
    other = west(desk)
    with office.database.write() as session:
        for id, areas in ((other, ["和平里"]), (office.street_id, ["和平里北街"]), (office.district_id, [])):
            body = session.get_one(Organisation, id)
            body.areas, body.industries = areas, ["E"] if id == office.district_id else []

    def first(**fields: str) -> str:
        return hints(browser, **fields).partition("<strong>建议由")[2].partition("办理")[0]

    assert first(workplace="和平里北街12号") == "示范区东街总工会"
    assert first(workplace="和平里中街12号") == "示范区西街总工会"
    assert first(employers__0__industry="E") == "示范区总工会"
    with office.database.write() as session:
        session.get_one(Organisation, office.street_id).areas = ["和平里"]
    office.register(workers=[{"name": "钱七"}])
    assert first(workplace="和平里中街12号") == "示范区西街总工会"


def test_a_foreign_matter_names_the_right_body_in_the_answer_and_when_it_is_refused(
    desk: Desk, browser: TestClient
) -> None:
    west(desk)
    saved = browser.post("/intake", data=typed(browser, workplace="西街5号"))
    answer = browser.get(saved.headers["location"]).text
    assert "建议由示范区西街总工会办理" in answer
    assert "西街1号 010-62345678" in answer
    form = browser.get("/cases/1/events/1/refuse_case").text
    assert "示范区西街总工会（地址：西街1号，电话：010-62345678）" in form
    told = fields_of(form, "/cases/1/events/1/refuse_case") | {
        "refusal_reason": "out_of_area",
        "refusal_note": "不在本辖区。",
    }
    unnamed = browser.post("/cases/1/events/1/refuse_case", data=told | {"next_place": " "})
    assert unnamed.status_code == 422
    done = browser.post("/cases/1/events/1/refuse_case", data=told)
    assert done.status_code == 303
    assert "示范区西街总工会（地址：西街1号" in browser.get(done.headers["location"]).text


@pytest.mark.parametrize(
    ("since", "light"), [("2026-06-01", "绿灯"), ("2025-10-30", "黄灯"), ("2025-09-20", "红灯"), ("2025-01-01", "红灯")]
)
def test_the_limitation_stands_on_the_answer_with_its_assumption(browser: TestClient, since: str, light: str) -> None:
    form = typed(browser, since_on=since, cause="C1", demands__0__head="notice_pay")
    answer = browser.get(browser.post("/intake", data=form).headers["location"]).text
    arrived = answer.partition("时效：")[2][:1500]
    assert arrived.startswith(light)
    assert "推算的依据：" in arrived
    assert "这样推算的前提：" in arrived

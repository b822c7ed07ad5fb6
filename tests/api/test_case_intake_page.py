"""登记: one screen, as a browser without JavaScript sends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.pages import tidy
from mediation.cases.models import Case, Demand, Party
from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import Desk, fields_of, open_desk

LEAST = {
    "workers.0.name": "李四",
    "workers.0.phone": "１３８ ００１３ ８００１",
    "employers.0.name": "北京某科技有限公司",
    "cause": "B1",
    "demands.0.head": "wages",
    "demands.0.amount": "2.4万元",
    "since_on": "2026年6月1日",
    "summary": "三个月没有发工资。",
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
        fields_of(browser.get("/intake").text, "/intake") | LEAST | {k.replace("__", "."): v for k, v in fields.items()}
    )


def saved(desk: Desk) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(Case.id))) or 0


def test_what_must_be_known_is_enough_and_the_receipt_is_there(desk: Desk, browser: TestClient) -> None:
    answer = browser.post("/intake", data=typed(browser))
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/1?done=1")
    page = browser.get(answer.headers["location"]).text
    assert "已保存：登记" in page
    assert "收件回执" in page
    assert "/documents/1.pdf" in page
    with desk.office.database.read() as session:
        case, demand = session.get_one(Case, 1), session.get_one(Demand, 1)
        assert (str(case.since_on), demand.amount) == ("2026-06-01", 2_400_000)
        assert session.get_one(Party, 1).phone is not None
    assert browser.get("/cases/1/documents/1.pdf").content[:5] == b"%PDF-"
    word = browser.get("/cases/1/documents/1.docx")
    assert word.content[:2] == b"PK"
    assert "filename*=UTF-8''" in word.headers["content-disposition"]
    assert browser.get("/cases/1/documents/1.exe").status_code == 404
    assert browser.get("/cases/1/documents/999.pdf").status_code == 404


def test_a_second_click_registers_nothing_more(desk: Desk, browser: TestClient) -> None:
    form = typed(browser)
    first, second = browser.post("/intake", data=form), browser.post("/intake", data=form)
    assert first.headers["location"] == second.headers["location"]
    assert saved(desk) == 1


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("workers.0.phone", "1380013", "手机号码应为11位"),
        ("demands.0.amount", "-5", "金额不能为负数"),
        ("demands.0.amount", "12.345", "金额最多两位小数"),
        ("demands.0.amount", "很多", "不是金额"),
        ("since_on", "2026-02-30", "并不存在"),
        ("since_on", "2027-01-01", "日期不能晚于今天"),
        ("cause", "X9", "不在可选范围内"),
        ("employers.0.uscc", "91110000000000000X", "统一社会信用代码"),
        ("workers_count", "三十", "不符合要求"),
        ("shoe_size", "42", "没有这一项"),
    ],
)
def test_each_wrong_field_gets_a_sentence_and_nothing_is_saved(
    desk: Desk, browser: TestClient, field: str, text: str, sentence: str
) -> None:
    answer = browser.post("/intake", data=typed(browser) | {field: text})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fields_of(answer.text, "/intake")["summary"] == LEAST["summary"]
    if field != "shoe_size":
        assert f'value="{text}"' in answer.text or field == "cause"
    assert saved(desk) == 0


def test_what_is_missing_is_named(browser: TestClient) -> None:
    answer = browser.post("/intake", data=typed(browser, workers__0__name="", summary=" "))
    assert answer.status_code == 422
    assert answer.text.count("必须填写。") >= 2


def test_a_group_with_each_workers_sum(desk: Desk, browser: TestClient) -> None:
    form = typed(browser, workers__2__name="王五", workers__2__amount="５，０００元", workers__7__name="赵六")
    answer = browser.post("/intake", data=form | {"demands.1.party": "2", "demands.1.head": "overtime"})
    assert answer.status_code == 303
    with desk.office.database.read() as session:
        rows = session.execute(select(Party.name, Demand.head, Demand.amount).join(Party).order_by(Demand.id)).all()
        workers = session.scalars(select(Party.name).where(Party.side == "worker").order_by(Party.id)).all()
    assert [tuple(row) for row in rows] == [
        ("李四", "wages", 2_400_000),
        ("王五", "overtime", None),
        ("王五", "wages", 500_000),
    ]
    assert workers == ["李四", "王五", "赵六"]


def test_a_wrong_sum_in_the_list_of_workers_is_shown_in_its_row(browser: TestClient) -> None:
    answer = browser.post("/intake", data=typed(browser, workers__2__name="王五", workers__2__amount="一万"))
    assert answer.status_code == 422
    assert 'id="f-workers-2-amount-error"' in answer.text
    wrong = browser.post("/intake", data=typed(browser) | {"demands.1.party": "5", "demands.1.head": "wages"})
    assert "这一行没有填写劳动者" in wrong.text


def test_one_more_row_keeps_what_was_typed_and_saves_nothing(desk: Desk, browser: TestClient) -> None:
    answer = browser.post("/intake", data=typed(browser, workers__2__name="王五") | {"_more": "workers"})
    assert answer.status_code == 200
    again = fields_of(answer.text, "/intake")
    assert (again["workers.0.name"], again["workers.2.name"], again["workers.3.name"]) == ("李四", "王五", "")
    assert saved(desk) == 0


def test_only_those_who_register_may(desk: Desk) -> None:
    with desk.browser(desk.office.lawyer) as browser:
        assert browser.get("/intake").status_code == 403
        assert browser.get("/intake/employers?employers.0.name=北京").status_code == 403
    with desk.browser(desk.office.supervisor) as browser:
        form = typed(browser)
        answer = browser.post("/intake", data=form)
        assert (answer.status_code, "请选择由哪个组织登记" in answer.text) == (422, True)
        form["organisation"] = str(desk.office.street_id)
        assert browser.post("/intake", data=form).status_code == 303


def test_known_employers_are_suggested(desk: Desk, browser: TestClient) -> None:
    desk.office.register()
    answer = browser.get("/intake/employers", params={"employers.0.name": "某餐饮"})
    assert 'value="北京某餐饮有限公司"' in answer.text
    assert "<html" not in answer.text
    assert browser.get("/intake/employers").text.strip() == ""


@pytest.mark.parametrize(
    ("text", "plain"),
    [("２４０００", "24000"), (" 24,000.50 元", "24000.50"), ("¥2.45万", "24500.00"), ("-3", "-3"), ("一万", "一万")],
)
def test_sums_as_people_type_them(text: str, plain: str) -> None:
    assert tidy.amount(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2026年9月1日", "2026-09-01"),
        ("２０２６／９／１", "2026-09-01"),
        ("2026-09-01", "2026-09-01"),
        ("昨天", "昨天"),
    ],
)
def test_days_as_people_type_them(text: str, plain: str) -> None:
    assert tidy.day(text) == plain

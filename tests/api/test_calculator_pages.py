"""The calculator as pages: alone and in a case, where one click fills the demand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mediation.cases.models import Demand
from mediation.clock import TestClock
from mediation.db import Database
from mediation.law.entitlements.registry import FORMULAS
from tests.api.desk import Desk, fields_of, open_desk

HIRED = {"start": "2020年3月16日", "end": "2026/9/10", "average_wage": "１.５万元"}
FILL = "/cases/1/calculator"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    desk = open_desk(sqlite_database, clock, tmp_path)
    desk.office.accepted()
    return desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def demands(desk: Desk) -> list[tuple[str, int | None]]:
    with desk.office.database.read() as session:
        return [(d.head, d.amount) for d in session.scalars(select(Demand).order_by(Demand.id))]


def computed(browser: TestClient, formula: str, **typed: str) -> str:
    """The page of a case with the result of a formula for its worker."""
    answer = browser.get(FILL, params={"formula": formula, "party": "1", "_go": "1", **typed})
    assert answer.status_code == 200
    return answer.text


def form_to_fill(page: str) -> dict[str, str]:
    """The second form of the page, which posts."""
    return fields_of(page[page.index('method="post" action="/cases/1/calculator"') - 10 :], FILL)


def test_whoever_is_logged_in_chooses_a_formula(desk: Desk) -> None:
    for actor in (desk.office.lawyer, desk.office.mediator):
        with desk.browser(actor) as browser:
            page = browser.get("/calculator").text
            assert all(f'href="/calculator?formula={id}"' in page for id in FORMULAS)
    with TestClient(desk.app, follow_redirects=False) as stranger:
        assert stranger.get("/calculator").status_code == 303


def test_the_sum_comes_with_every_step(browser: TestClient) -> None:
    page = browser.get("/calculator", params={"formula": "severance", **HIRED}).text
    assert '<p class="answer">97,500.00元</p>' in page
    for told in ("15,000元 × 6.5 = 97,500元", "《劳动合同法》第四十七条", "待核实", "不等于应得", "公式第1版"):
        assert told in page
    assert "填入" not in page


def test_every_formula_has_its_form(browser: TestClient) -> None:
    for id, formula in FORMULAS.items():
        answer = browser.get("/calculator", params={"formula": id})
        assert answer.status_code == 200
        assert formula.applies in answer.text
        assert 'class="answer"' not in answer.text


def test_months_are_rows_and_grow_without_script(browser: TestClient) -> None:
    rows = {"months.0.month": "2026年7月", "months.0.payable": "8000", "months.3.month": "2026-08"}
    more = browser.get("/calculator", params={"formula": "arrears", "_more": "months", **rows}).text
    assert 'name="months.4.month"' in more
    assert "计算过程" not in more
    page = browser.get("/calculator", params={"formula": "arrears", **rows, "months.3.payable": "500"}).text
    assert '<p class="answer">8,500.00元</p>' in page


WRONG = [
    ({"formula": "severance", "_go": "1"}, "必须填写"),
    ({"formula": "severance", **HIRED, "end": "2019-01-01"}, "离职日早于入职日"),
    ({"formula": "severance", **HIRED, "as_of": "soon"}, "不是有效的日期"),
    ({"formula": "severance", **HIRED, "wings": "2"}, "没有这一项"),
    ({"formula": "minimum_wage_gap", "months.1.month": "2019-01"}, "月最低工资标准"),
]


def test_wrong_facts_come_back_with_a_sentence(browser: TestClient) -> None:
    for typed, told in WRONG:
        answer = browser.get("/calculator", params=typed)
        assert (answer.status_code, told in answer.text) == (422, True)
        assert 'class="answer"' not in answer.text


def test_an_unknown_formula_is_not_found(browser: TestClient) -> None:
    assert browser.get("/calculator", params={"formula": "magic"}).status_code == 404


def test_one_click_fills_the_demand(desk: Desk, browser: TestClient) -> None:
    assert 'href="/cases/1/calculator"' in browser.get("/cases/1").text
    form = form_to_fill(computed(browser, "severance", **HIRED))
    answer = browser.post(FILL, data={**form, "_update": "false"})
    assert answer.status_code == 303
    assert demands(desk) == [("wages", 2_400_000), ("severance", 9_750_000)]
    page = browser.get(answer.headers["location"]).text
    assert "已保存：添加请求" in page
    assert "公式算得97,500.00元" in page
    assert browser.post(FILL, data={**form, "_update": "false"}).status_code == 303
    assert len(demands(desk)) == 2


def test_what_is_there_may_be_updated_instead(desk: Desk, browser: TestClient) -> None:
    page = computed(browser, "arrears", **{"months.0.month": "2026-07", "months.0.payable": "9000"})
    assert "已有：拖欠工资 24,000.00元" in page
    form = form_to_fill(page)
    assert browser.post(FILL, data={**form, "_update": "true"}).status_code == 303
    assert demands(desk) == [("wages", 900_000)]


def test_facts_told_once_stand_in_the_next_form(desk: Desk, browser: TestClient) -> None:
    form = form_to_fill(computed(browser, "severance", **HIRED))
    browser.post(FILL, data={**form, "_update": "false"})
    page = browser.get(FILL, params={"formula": "double_wage"}).text
    shown = fields_of(page, FILL)
    assert (shown["hired"], shown["left"], shown["claimed"]) == ("2020-03-16", "2026-09-10", "2026-09-18")
    assert shown["party"] == "1"


def test_a_stale_page_keeps_what_was_typed(desk: Desk, browser: TestClient) -> None:
    form = form_to_fill(computed(browser, "severance", **HIRED))
    other = form_to_fill(computed(browser, "notice_pay", last_wage="9000"))
    assert browser.post(FILL, data=other).status_code == 303
    refused = browser.post(FILL, data=form)
    assert refused.status_code == 409
    assert "添加请求" in refused.text
    assert "97,500.00元" in refused.text
    assert browser.post(FILL, data=form_to_fill(refused.text)).status_code == 303
    assert [head for head, _ in demands(desk)] == ["wages", "notice_pay", "severance"]


def test_without_a_party_nothing_is_filled(desk: Desk, browser: TestClient) -> None:
    form = form_to_fill(computed(browser, "severance", **HIRED))
    assert browser.post(FILL, data={**form, "party": ""}).status_code == 422
    assert browser.post(FILL, data={**form, "party": "999"}).status_code == 422
    assert len(demands(desk)) == 1


def test_what_is_no_sum_offers_no_filling(browser: TestClient) -> None:
    page = computed(browser, "medical_period", career_years="12", years_here="6")
    assert "9个月（在15个月内累计）" in page
    assert 'method="post" action="/cases/1/calculator"' not in page


def test_a_case_one_may_not_see_has_no_calculator(desk: Desk) -> None:
    with desk.browser(desk.office.lawyer) as browser:
        assert browser.get(FILL).status_code == 404

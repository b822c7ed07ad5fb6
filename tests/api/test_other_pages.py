"""Report, inbox, workflows and the law as pages."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.pages.sheets import guarded
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from mediation.reminders.channels import Inbox
from mediation.sweeping.sweep import sweep_once
from tests.api.counter import Counter, open_counter


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def get(counter: Counter, actor: Actor, path: str, **query: Any) -> Any:
    return counter.client(actor).get(path, params=query)


def paid(counter: Counter, amount: str = "5000.05", **changes: Any) -> int:
    office = counter.office
    case = office.signed(**changes)
    row = {"party": office.parties(case.case_id, "worker")[0], "amount": amount, "paid_on": "2026-09-18"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [{**row, "proof": "回单"}]})
    return case.case_id


def test_every_figure_of_the_report_leads_to_its_lines(counter: Counter) -> None:
    boss, case_id = counter.office.supervisor, paid(counter)
    page = get(counter, boss, "/receipts").text
    assert "劳动者实际收到的金额（含他人垫付、代付），已减去冲正" in page
    links = re.findall(r'href="(/receipts/lines\?[^"]*)">([^<]*)</a>', page)
    assert len(links) == 6
    for link, shown in links:
        lines = counter.client(boss).get(link.replace("&amp;", "&")).text
        assert f"<strong>{shown}</strong>" in lines
        assert f'href="/cases/{case_id}"' in lines


def test_the_report_is_kept_as_it_was(counter: Counter) -> None:
    boss = counter.office.supervisor
    paid(counter)
    kept = re.findall(r'href="([^"]*as_of=[^"]*)"', get(counter, boss, "/receipts", by="cause").text)[-1]
    counter.office.clock.move(hours=1)
    paid(counter, "7000")
    assert "5,000.05" in counter.client(boss).get(kept.replace("&amp;", "&")).text
    assert "12,000.05" in get(counter, boss, "/receipts", by="cause").text


def test_wrong_days_are_told_beside_the_field(counter: Counter) -> None:
    answer = get(counter, counter.office.supervisor, "/receipts", **{"from": "soon", "to": "2026-12-31"})
    assert answer.status_code == 422
    assert 'id="f-from-error"' in answer.text
    assert 'value="soon"' in answer.text
    turned = get(counter, counter.office.supervisor, "/receipts", **{"from": "2026-02-01", "to": "2026-01-01"})
    assert "截止日期早于起始日期" in turned.text
    assert get(counter, counter.office.supervisor, "/receipts/lines", column="received").status_code == 422
    assert get(counter, counter.office.lawyer, "/receipts").status_code == 403


def test_a_sheet_holds_the_figures_and_no_formulas(counter: Counter) -> None:
    boss = counter.office.supervisor
    paid(counter, workers=[{"name": "=1+1", "phone": "13800138000"}])
    days = {"from": "2026-01-01", "to": "2026-12-31"}
    answer = get(counter, boss, "/receipts.csv", **days)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[:3] == [
        ["月份", "请求金额（元）", "协议金额（元）", "裁决金额（元）", "到账金额（元）"],
        ["2026年9月", "24000.00", "20000.00", "0.00", "5000.05"],
        ["合计", "24000.00", "20000.00", "0.00", "5000.05"],
    ]
    lines = get(counter, boss, "/receipts/lines.csv", **days, column="received").text
    assert "'=1+1" in lines
    assert ",=1+1" not in lines


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@sum", "\tx"])
def test_a_text_that_looks_like_a_formula_is_quoted(text: str) -> None:
    assert guarded(text) == "'" + text
    assert guarded("张三" + text) == "张三" + text


def test_reminders_are_read_one_by_one_or_all(counter: Counter) -> None:
    office = counter.office
    for _ in range(2):
        case = office.register()
        office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    assert "没有提醒" in get(counter, office.lawyer, "/inbox").text
    office.clock.move(days=7)
    sweep_once(office.runtime, [Inbox()])
    page = get(counter, office.mediator, "/inbox").text
    ids = re.findall(r'name="id" value="(\d+)"', page)
    assert len(ids) > 1
    assert f'href="/cases/{case.case_id}"' in page
    client = counter.client(office.mediator)
    assert client.post("/inbox/read", data={"id": ids[0]}).headers["location"] == "/inbox"
    assert f"{len(ids) - 1}条未读" in get(counter, office.mediator, "/inbox").text
    client.post("/inbox/read", data={"id": "x"})
    assert f"{len(ids) - 1}条未读" in get(counter, office.mediator, "/inbox").text
    client.post("/inbox/read", data={"all": "1"})
    assert "0条未读" in get(counter, office.mediator, "/inbox").text
    assert "没有提醒" in get(counter, office.mediator, "/inbox", unread=1).text


@pytest.mark.parametrize("view", ["", "/permissions", "/manual", "/deadlines", "/tests"])
def test_each_workflow_shows_itself(counter: Counter, view: str) -> None:
    page = get(counter, counter.office.lawyer, "/workflows").text
    assert 'href="/workflows/dispute"' in page
    for name in counter.office.runtime.current:
        answer = get(counter, counter.office.lawyer, f"/workflows/{name}{view}")
        assert answer.status_code == 200
        assert "facts." not in answer.text
        assert "style=" not in answer.text
    assert get(counter, counter.office.lawyer, f"/workflows/none{view}").status_code == 404


def test_the_picture_has_live_numbers_and_the_table_of_permissions_every_event(counter: Counter) -> None:
    counter.office.register()
    picture = get(counter, counter.office.supervisor, "/workflows/dispute").text
    assert "<svg" in picture
    assert "1 件" in picture
    table = get(counter, counter.office.supervisor, "/workflows/dispute/permissions").text
    events = counter.office.runtime.machine("dispute").definition.events.values()
    assert [event.title for event in events if f"<strong>{event.title}</strong>" not in table] == []
    manual = get(counter, counter.office.supervisor, "/workflows/dispute/manual").text
    assert "双方都同意才能受理" in manual or "还没有指派调解员" in manual
    limits = get(counter, counter.office.supervisor, "/workflows/dispute/deadlines").text
    assert "《企业劳动争议协商调解规定》第二十九条" in limits
    assert "系统自动办理“调解期限届满”" in limits


def test_a_day_of_the_law_with_every_reason(counter: Counter) -> None:
    lawyer = counter.office.lawyer
    assert get(counter, lawyer, "/law/due").status_code == 200
    page = get(counter, lawyer, "/law/due", period="mediation_finish", **{"from": "2026年9月17日"}).text
    assert "2026年10月8日" in page
    assert "末日10月2日为国庆节假期，顺延至10月8日" in page
    hours = get(counter, lawyer, "/law/due", period="warning_verify_red", **{"from": "2026-11-20T23:30"}).text
    assert "2026-11-21 01:30" in hours
    assert "不是法定期限" in hours
    for wrong in ({"period": "none"}, {"period": "mediation_finish", "from": "soon"}):
        answer = get(counter, lawyer, "/law/due", **wrong)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text

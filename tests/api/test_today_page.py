"""今天: the first page of a mediator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.reminders.channels import Inbox
from mediation.sweeping.sweep import sweep_once
from tests.api.counter import Counter, open_counter


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def test_a_line_tells_turn_day_reason_and_the_way_on(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    browser = counter.client(office.mediator)
    assert browser.get("/").headers["location"] == "/today"
    page = browser.get("/today").text
    assert "轮到您" in page
    assert f"/cases/{case.case_id}/events/{case.proceeding_id}/hold_session" in page
    assert "个工作日" in page
    reasons = page[page.index("为什么是这一天：") :]
    assert "中秋节假期，不计入" in reasons[:400]
    assert "（周日）为调休" in reasons[:400]
    assert "一周以内" in page or "以后" in page


def test_turns_and_orders_narrow_and_sort_and_unknown_ones_do_nothing(counter: Counter) -> None:
    office = counter.office
    office.accepted()
    signed = office.signed()
    browser = counter.client(office.mediator)
    others = browser.get("/today?turn=others").text
    assert f'id="case-{signed.case_id}"' in others
    assert others.count('id="case-') == 1
    assert "等约定的一方" in others
    for odd in ("turn=nonsense", "order=nonsense", "page=0", "page=x", "turn=nobody&order=moved&page=99"):
        assert browser.get(f"/today?{odd}").status_code == 200


def test_reminders_and_what_others_did_stand_below(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    office.clock.move(days=13)
    sweep_once(office.runtime, [Inbox()])
    browser = counter.client(office.mediator)
    page = browser.get("/today").text
    assert "未读提醒" in page
    assert "到期未履行" in page[page.index('id="changes"') :]
    assert f'href="/cases/{case.case_id}#history"' in page


def test_a_supervisor_keeps_the_overdue_list_and_a_lawyer_has_a_simple_one(counter: Counter) -> None:
    office = counter.office
    supervisor = counter.client(office.supervisor)
    assert supervisor.get("/").headers["location"] == "/overdue"
    refused = supervisor.get("/today")
    assert refused.status_code == 403
    assert "只对调解员和律师开放" in refused.text
    lawyer = counter.client(office.lawyer)
    assert lawyer.get("/").headers["location"] == "/queue"
    assert "没有要办的案件" in lawyer.get("/today").text


def test_nothing_but_the_ordinary_step_is_proposed(counter: Counter) -> None:
    office = counter.office
    fresh = office.register(employers=[])
    aided = office.accepted()
    office.fire(
        aided.proceeding_id,
        "open_legal_aid",
        {"aid_matter": "追索劳动报酬", "aid_scope": "pay", "aid_means": "relief", "aid_applied_on": "2026-09-18"},
    )
    office.clock.move(days=40)
    page = counter.client(office.mediator).get("/today").text
    line = page[page.index(f'id="case-{fresh.case_id}"') :].split("</li>")[0]
    assert "/events/" not in line
    assert "看看差什么条件" in line
    assert "withdraw" not in page
    assert "raise_warning" not in page

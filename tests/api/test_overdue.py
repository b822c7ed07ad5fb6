"""The list of what is late, and the foot of every page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.findings.models import Finding
from mediation.reminders.channels import Inbox
from mediation.sweeping.sweep import sweep_once
from tests.api.counter import Counter, open_counter


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def page(counter: Counter, path: str = "/overdue", **query: object) -> str:
    return counter.client(counter.office.supervisor).get(path, params=query).text  # type: ignore[arg-type]


def test_late_money_is_told_with_owner_days_and_reason(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    office.register()
    office.clock.move(days=20)
    sweep_once(office.runtime, [Inbox()])
    late = page(counter)
    assert f'<a href="/cases/{case.case_id}">{case.number}</a>' in late
    assert "款项未付" in late
    assert "李调解" in late
    assert "个工作日" in late
    assert "为什么是这一天" in late
    assert "来访登记的初步审查" not in late
    behind = page(counter, kind="office")
    assert "不是法定逾期" in behind
    assert "来访登记的初步审查" in behind


def test_the_list_is_narrowed_by_street_and_person(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    office.clock.move(days=20)
    mine = office.mediator.person_id
    assert case.number in page(counter, street=office.street_id, person=mine)
    assert case.number not in page(counter, street=office.district_id)
    assert case.number not in page(counter, person=0)
    assert case.number in page(counter, street="x", person="")


def test_only_those_who_report_may_look(counter: Counter) -> None:
    assert counter.client(counter.office.lawyer).get("/overdue").status_code == 403


def test_the_foot_tells_whether_the_scheduler_runs(counter: Counter) -> None:
    office = counter.office
    assert "定时任务尚未运行" in page(counter)
    sweep_once(office.runtime, [Inbox()])
    office.clock.move(seconds=12)
    assert "定时任务12秒前运行" in page(counter, "/workflows")
    assert "没有滞后" in page(counter, "/workflows")
    office.clock.move(minutes=10)
    assert "定时任务已停止：上次运行在10分钟前" in page(counter)


def test_what_the_machine_gave_up_and_what_was_found_wrong_is_shown(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    with office.database.write() as session:
        session.execute(
            update(Deadline).values(quarantined_why="没有这个状态，请迁移流程。", missed_at=office.clock.now())
        )
        sentence = "审计链第3条与封印不符。"
        session.add(
            Finding(
                kind="audit",
                subject="audit:3",
                case_id=case.case_id,
                sentence=sentence,
                found_at=office.clock.now(),
            )
        )
    shown = page(counter)
    assert "没有这个状态，请迁移流程。" in shown
    assert sentence in shown
    assert "核查发现1个问题" in shown
    assert "项自动办理失败" in shown

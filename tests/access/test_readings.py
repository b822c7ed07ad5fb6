"""查阅记录: every look is a row before the answer leaves; the supervisor reads it, the worker gets it on paper."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.access_models import Reading
from mediation.cases.readings import Asked, readers, readings
from mediation.cases.view import case_view
from mediation.clock import TestClock
from mediation.db import Database
from tests.access.test_emergency import WHY, opened, somebody
from tests.api.counter import Counter, open_counter


@pytest.fixture
def counter(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(database, clock, tmp_path) as counter:
        yield counter


def rows(counter: Counter) -> list[tuple[Any, ...]]:
    with counter.office.database.read() as session:
        found = session.scalars(select(Reading).order_by(Reading.id)).all()
        return [(r.person_id, r.case_id, r.kind, r.what, r.roles) for r in found]


def test_every_look_is_a_row(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    me, boss = office.mediator.person_id, office.supervisor.person_id
    page, program = f"/cases/{case.case_id}", f"/api/v1/cases/{case.case_id}"
    with office.database.read() as session:
        paper = case_view(session, office.runtime, case.case_id, office.mediator).papers[0]
    browser = counter.client(office.mediator)
    for path in ("/cases", page, f"{page}/documents/{paper.id}.docx"):
        assert browser.get(path).status_code == 200
    assert counter.client(office.supervisor).get(program).status_code == 200
    assert rows(counter) == [
        (me, case.case_id, "file", page, "mediator"),
        (me, case.case_id, "paper", f"{paper.number} {paper.title}", "mediator"),
        (boss, case.case_id, "file", program, "supervisor"),
    ]


def test_what_is_refused_leaves_no_row(counter: Counter) -> None:
    case = counter.office.accepted()
    assert counter.client(counter.office.lawyer).get(f"/cases/{case.case_id}").status_code == 404
    assert rows(counter) == []


def test_the_supervisor_reads_it_and_the_worker_gets_an_answer(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    page = f"/cases/{case.case_id}"
    for _ in range(3):
        counter.client(office.mediator).get(page)
    assert counter.client(office.mediator).get(f"{page}/readings").status_code == 403
    boss = counter.client(office.supervisor)
    assert "谁看过" in boss.get(page).text
    shown = boss.get(f"{page}/readings").text
    assert shown.count("李调解") >= 3
    assert "不少于3年" in shown
    answer = boss.get(f"{page}/readings/answer").text
    assert "个人信息保护法" in answer
    assert "张三：" in answer
    assert "李调解" in answer
    with office.database.read() as session:
        first = readers(session, case.case_id, Asked())[0]
        assert (first.name, first.times, first.places) == ("李调解", 3, "示范区东街总工会")
        found = readings(session, case.case_id, Asked(person_id=office.mediator.person_id), limit=2)
        assert (len(found.rows), found.total) == (2, 3)


def test_an_emergency_look_says_so(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    neighbour = somebody(office, "mediator", "孙邻街", street="示范区西街总工会")
    browser = counter.client(neighbour)
    sent = browser.post("/emergency", data={"number": case.number, "reason": WHY, "_key": "emergency-01"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case.case_id}")
    assert "您正在紧急查阅" in browser.get(f"/cases/{case.case_id}").text
    assert rows(counter)[-1] == (neighbour.person_id, case.case_id, "file", f"/cases/{case.case_id}", "emergency")
    boss = counter.client(office.supervisor)
    assert WHY in boss.get(f"/cases/{case.case_id}/readings").text
    assert WHY in boss.get("/reviews").text
    told = {"verdict": "justified", "review": "已核对", "_key": "review-000001"}
    assert boss.post("/reviews/1", data={**told, "review": ""}).status_code == 422
    assert boss.post("/reviews/1", data=told).status_code == 303
    assert "没有等待复核" in boss.get("/reviews").text
    again = browser.post("/emergency", data={"number": "没有", "reason": WHY, "_key": "emergency-02"})
    assert again.status_code == 422
    assert "没有这个案号" in again.text
    assert WHY in again.text
    assert opened(office, case.number, neighbour, key="emergency-01") == case.case_id

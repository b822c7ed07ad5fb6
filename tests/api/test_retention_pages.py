"""个人信息销毁 and the personal data of a case, through their pages."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.retention.models import Deletion, LegalHold, PersonalRequest
from tests.api.counter import Counter, open_counter
from tests.retention.test_destroying import closed, later


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Any:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def page(counter: Counter, actor: Actor, path: str) -> str:
    answer = counter.client(actor).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def send(counter: Counter, actor: Actor, path: str, **fields: Any) -> Any:
    """A form of the page, with its token and a key."""
    client = counter.client(actor)
    told = {"_csrf": client.headers["x-csrf-token"], "_key": f"form-{counter.office.key()}-{path}"[:60], **fields}
    return client.post(path, data=told)


def colleague(counter: Counter) -> Actor:
    office = counter.office
    with office.database.write() as session:
        person = register_person(session, PersonData(name="刘主管"), at=office.clock.now())
        grant_role(session, person.id, office.district_id, "supervisor", date(2026, 1, 1))
        return load_actor(session, person.id, office.clock.today())


def test_two_supervisors_destroy_and_the_certificate_can_be_had(counter: Counter) -> None:
    office = counter.office
    case_id = closed(office)
    later(office)
    one, two = office.supervisor, colleague(counter)
    shown = page(counter, one, "/retention")
    (id,) = re.findall(r'name="ids" value="(\d+)"', shown)
    assert "未核实" in shown
    assert "张三" not in shown
    assert send(counter, one, "/retention").status_code == 409
    assert send(counter, one, "/retention", ids=id).headers["location"] == "/retention?state=proposed"
    assert "等另一位主管批准" in page(counter, one, "/retention?state=proposed")
    assert send(counter, one, f"/retention/{id}/approve").status_code == 403
    again = send(counter, two, f"/retention/{id}/decline", reason="")
    assert again.status_code == 422
    assert "不同意的理由" in again.text
    assert send(counter, two, f"/retention/{id}/approve").headers["location"] == "/retention?state=done"
    done = page(counter, two, "/retention?state=done")
    (paper,) = re.findall(r'href="(/cases/\d+/documents/\d+\.pdf)"', done)
    assert counter.client(two).get(paper).content.startswith(b"%PDF")
    file = page(counter, two, f"/cases/{case_id}")
    assert "（已删除）" in file
    assert "张三" not in file
    assert "销毁个人信息" in file
    assert "已销毁" in page(counter, two, f"/cases/{case_id}/personal-data")


def test_only_supervisors_destroy(counter: Counter) -> None:
    office = counter.office
    assert counter.client(office.mediator).get("/retention").status_code == 403
    assert send(counter, office.mediator, "/retention", ids="1").status_code == 403


def test_a_worker_asks_and_is_answered(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    worker = office.parties(case.case_id, "worker")[0]
    where = f"/cases/{case.case_id}/personal-data"
    told = {"party": worker, "kind": "delete", "words": "请删掉我的信息", "received_on": "2026-09-18"}
    assert send(counter, office.mediator, where, **told).status_code == 303
    assert "请删掉我的信息" in page(counter, office.mediator, where)
    with office.database.read() as session:
        asked = session.scalars(select(PersonalRequest)).one()
    answer = {"request": asked.id, "answer": "granted", "reason": "同意"}
    assert send(counter, office.mediator, f"{where}/answer", **answer).status_code == 403
    refused = send(counter, office.supervisor, f"{where}/answer", **answer)
    assert refused.status_code == 409
    assert "还没有办结" in refused.text
    said = {**answer, "answer": "refused", "reason": "案件正在办理，依法保存。"}
    assert send(counter, office.supervisor, f"{where}/answer", **said).status_code == 303
    assert "案件正在办理，依法保存。" in page(counter, office.mediator, where)


def test_a_hold_is_placed_and_lifted(counter: Counter) -> None:
    office = counter.office
    case_id = closed(office)
    where = f"/cases/{case_id}/personal-data"
    assert send(counter, office.mediator, f"{where}/hold", reason="法院调卷").status_code == 403
    assert send(counter, office.supervisor, f"{where}/hold", reason="法院调卷").status_code == 303
    assert "法院调卷" in page(counter, office.supervisor, where)
    assert send(counter, office.supervisor, f"{where}/hold", reason="已还卷", release="1").status_code == 303
    assert "法院调卷" not in page(counter, office.supervisor, where)
    assert send(counter, office.supervisor, f"{where}/hold", reason="再次调卷").status_code == 303
    with office.database.read() as session:
        assert [one is None for one in session.scalars(select(LegalHold.lifted_at).order_by(LegalHold.id))] == [
            False,
            True,
        ]
    later(office)
    with office.database.read() as session:
        assert session.scalars(select(Deletion)).all() == []

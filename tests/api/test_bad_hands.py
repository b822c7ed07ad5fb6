"""What hands and bad people send to forms of a case: full-width digits, pasted marks, too much text, replays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mediation.cases.models import AuditEntry, Demand
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.models import Person
from tests.api.desk import Desk, fields_of, open_desk
from tests.api.test_case_event_pages import opened, path
from tests.api.test_case_intake_page import LEAST


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


@pytest.mark.parametrize(
    ("sum_", "phone", "day"),
    [
        ("２４，０００．５０元", "１３８　００１３　８０００", "２０２６年６月１日"),
        ("\u200b24,000.50\xa0", "\u202a138-0013-8000\u202c", "2026/6/1\ufeff"),
        ("2.400050万", "+86 138 0013 8000", "2026.06.01"),
    ],
)
def test_digits_of_any_width_and_with_marks(desk: Desk, browser: TestClient, sum_: str, phone: str, day: str) -> None:
    form = fields_of(browser.get("/intake").text, "/intake") | LEAST
    told = {"demands.0.amount": sum_, "workers.0.phone": phone, "since_on": day}
    answer = browser.post("/intake", data=form | told)
    assert answer.status_code == 303, answer.text[:500]
    with desk.office.database.read() as session:
        assert session.scalars(select(Demand.amount)).one() == 2_400_050
        assert "13800138000" in [person.phone for person in session.scalars(select(Person))]


def test_a_form_sent_again_after_the_log_out_does_nothing(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    form = opened(browser, case, "hold_session") | {"session_form": "joint", "session_result": "progress"}
    browser.post("/logout", data=fields_of(browser.get("/cases").text, "/logout"))
    answer = browser.post(path(case, "hold_session"), data=form)
    assert answer.status_code == 401
    assert "登录" in answer.text
    assert "张三" not in answer.text
    assert desk.office.state(case.proceeding_id) == "mediation"
    with desk.office.database.read() as session:
        query = select(func.count(AuditEntry.id)).where(AuditEntry.event == "hold_session")
        assert session.scalar(query) == 0


def test_too_much_text_in_an_event_is_refused_and_kept(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    told = {"session_form": "joint", "session_result": "progress", "session_note": "长" * 10_001}
    answer = browser.post(path(case, "hold_session"), data=opened(browser, case, "hold_session") | told)
    assert answer.status_code == 422
    assert "最多 10000 个字" in answer.text
    assert fields_of(answer.text, path(case, "hold_session"))["session_note"] == "长" * 10_001

"""撤销这一步: at once beside what was just done, in the history while it is possible, later with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import Desk, fields_of, open_desk

SESSION = {"held_on": "2026-09-18", "session_form": "joint", "session_result": "progress"}


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def counter(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(database, clock, tmp_path) as counter:
        yield counter


def test_one_click_takes_back_what_was_just_done(desk: Desk) -> None:
    case = desk.office.accepted()
    done = desk.office.fire(case.proceeding_id, "hold_session", SESSION)
    address, undo = f"/cases/{case.case_id}", f"/cases/{case.case_id}/undo/{case.proceeding_id}"
    with desk.browser() as browser:
        page = browser.get(f"{address}?done={done.seq}").text
        assert page.count("撤销这一步") == 2
        assert "还有10分钟可以直接撤销" in page
        answer = browser.post(undo, data=fields_of(page, undo))
        assert answer.status_code == 303
        page = browser.get(answer.headers["location"]).text
    assert "撤销“记录调解会”" in page
    assert "已撤销" in page
    assert "受理" in page


def test_later_a_supervisor_writes_the_reason(desk: Desk) -> None:
    case = desk.office.accepted()
    undo = f"/cases/{case.case_id}/undo/{case.proceeding_id}"
    desk.office.clock.move(minutes=11)
    with desk.browser() as browser:
        assert "撤销这一步" not in browser.get(f"/cases/{case.case_id}").text
        assert "现在没有可以由您撤销的步骤" in browser.get(undo).text
    with desk.browser(desk.office.supervisor) as browser:
        assert f'href="{undo}"' in browser.get(f"/cases/{case.case_id}").text
        form = fields_of(browser.get(undo).text, undo)
        refused = browser.post(undo, data=form)
        assert refused.status_code == 422
        assert "请写明理由。" in refused.text
        form = fields_of(refused.text, undo) | {"reason": "受理日期登记错了"}
        assert browser.post(undo, data=form).status_code == 303
        assert "受理日期登记错了" in browser.get(f"/cases/{case.case_id}").text
    assert desk.office.state(case.proceeding_id) == "accepting"


def test_for_programs(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    done = office.fire(case.proceeding_id, "hold_session", SESSION)
    (offered,) = counter.get(office.mediator, f"/cases/{case.case_id}/undoable").json()
    assert offered == {
        "proceeding_id": case.proceeding_id,
        "seq": done.seq,
        "title": "记录调解会",
        "minutes": 10,
    }
    address = f"/proceedings/{case.proceeding_id}/undo"
    taken = counter.post(office.mediator, address, {"revision": done.revision}, key="undo-for-programs")
    assert taken.status_code == 200, taken.text
    assert taken.json()["result"]["undone"] == {"seq": done.seq, "event": "hold_session"}
    again = counter.post(office.mediator, address, {"revision": done.revision}, key="undo-for-programs")
    assert again.json()["repeated"]
    barred = counter.post(office.lawyer, address, {"revision": done.revision + 1})
    assert barred.status_code == 404

"""调解会 at the counter: three clicks from the case, without scripts; the office's week; one's calendar; JSON."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.meetings.arranging import at, book, room


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as opened:
        yield opened


def hidden(page: str, action: str) -> dict[str, str]:
    """What the form with this address sends by itself: hidden fields and chosen buttons."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, action
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    chosen = re.search(r'name="slot" value="([^"]*)" checked', form[0])
    return {**fields, **({"slot": chosen[1]} if chosen else {})}


def sent(counter: Counter, actor: Any, page_path: str, action: str, **typed: Any) -> Any:
    browser = counter.client(actor)
    return browser.post(action, data={**hidden(browser.get(page_path).text, action), **typed})


def test_three_clicks_from_the_case_to_the_notices(counter: Counter) -> None:
    office = counter.office
    room(office)
    case = office.accepted()
    me, path = counter.client(office.mediator), f"/cases/{case.case_id}"
    assert f'href="{path}/meetings"' in me.get(path).text
    assert "09:00–11:00" in me.get(f"{path}/meetings").text
    booked = sent(counter, office.mediator, f"{path}/meetings", f"{path}/meetings")
    assert booked.status_code == 303
    shown = me.get(booked.headers["location"]).text
    assert "已约定" in shown
    assert shown.count(".pdf") == 2
    assert "一号调解室" in me.get(path).text
    week = me.get("/meetings?week=2026-09-21").text
    assert f"{path}/meetings/1" in week


def test_doubts_come_back_with_what_was_typed(counter: Counter) -> None:
    office = counter.office
    place, case = room(office), office.accepted()
    path = f"/cases/{case.case_id}/meetings"
    own = {"slot": "own", "own_day": "2026-09-21", "own_hour": "09:00", "room": str(place), "note": "带上<原件>"}
    again = sent(counter, office.mediator, path, path, **own)
    assert again.status_code == 409
    assert "不足2个工作日" in again.text
    assert "带上&lt;原件&gt;" in again.text
    assert sent(counter, office.mediator, path, path, **own, confirmed="true").status_code == 303


def test_moved_and_called_off_from_its_page(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    meeting = book(office, case, "09-23 09:00", room(office))
    one, me = f"/cases/{case.case_id}/meetings/{meeting}", counter.client(office.mediator)
    moved = sent(counter, office.mediator, f"{one}/move", f"{one}/move")
    assert moved.status_code == 303
    assert "已作废" in me.get(one).text
    file = me.get(f"{one}/ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert "SEQUENCE:1" in file.text
    assert sent(counter, office.mediator, one, f"{one}/cancel", reason="").status_code == 422
    assert sent(counter, office.mediator, one, f"{one}/cancel", reason="单位负责人出差").status_code == 303
    assert "METHOD:CANCEL" in me.get(f"{one}/ics").text


def test_the_form_that_records_it_knows_time_place_and_form(counter: Counter, clock: TestClock) -> None:
    office = counter.office
    case = office.accepted()
    book(office, case, "09-22 14:00", room(office), confirmed=True)
    clock.set(at("09-22 16:30"))
    form = counter.client(office.mediator).get(f"/cases/{case.case_id}/events/{case.proceeding_id}/hold_session").text
    assert 'value="2026-09-22"' in form
    assert re.search(r'value="joint" checked', form)
    assert "时间地点：2026-09-22 14:00至16:00，一号调解室。" in form


def test_wishes_rooms_and_ones_own_times(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    path = f"/cases/{case.case_id}/meetings"
    worker = office.parties(case.case_id, "worker")[0]
    told = {"party": str(worker), "note": "只有下午能来"}
    assert sent(counter, office.mediator, path, f"{path}/times", **told).status_code == 303
    assert "只有下午能来" in counter.client(office.mediator).get(path).text
    fields = {
        "organisation": str(office.street_id),
        "name": "三号室",
        "address": "东街",
        "seats": "８",
        "days": ["1", "2"],
    }
    hours = {"hours": "09:00-12:00"}
    rooms = "/meetings/rooms"
    assert sent(counter, office.supervisor, rooms, rooms, **fields, **hours).status_code == 303
    assert sent(counter, office.supervisor, rooms, rooms, **fields, hours="早上").status_code == 422
    changed = sent(counter, office.supervisor, f"{rooms}/1", f"{rooms}/1", **{**fields, "days": ["3"]}, **hours)
    assert changed.status_code == 303
    assert counter.client(office.mediator).get(f"{rooms}/1").status_code == 404
    mine = "/meetings/mine"
    away = {"from_at": "2026-09-22T08:00", "until_at": "2026-09-22T12:00"}
    assert sent(counter, office.mediator, mine, f"{mine}/busy", **away).status_code == 303
    made = sent(counter, office.mediator, mine, f"{mine}/feeds").text
    address = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", made)
    assert address
    stranger = counter.client(office.lawyer)
    stranger.cookies.clear()
    assert stranger.get(address[1]).text.startswith("BEGIN:VCALENDAR")
    assert stranger.get("/calendar/guessed.ics").status_code == 404


def test_the_same_by_json(counter: Counter) -> None:
    office = counter.office
    me, case = office.mediator, office.accepted()
    told = {"name": "一号室", "address": "东街", "seats": 6}
    made = counter.post(office.supervisor, "/rooms", {"organisation": office.street_id, "room": told}).json()
    slots = counter.get(me, f"/cases/{case.case_id}/meeting-slots").json()["slots"]
    assert len(slots) == 3
    wanted = {"starts_at": slots[0]["starts_at"], "room": slots[0]["room"]["id"]}
    done = counter.post(me, f"/cases/{case.case_id}/meetings", wanted).json()["result"]
    taken = counter.post(me, f"/cases/{case.case_id}/meetings", wanted)
    assert (made["room"], taken.status_code) == (1, 409)
    [row] = counter.get(me, f"/cases/{case.case_id}/meetings").json()
    assert (row["id"], row["state"], len(row["notices"])) == (done["meeting"], "booked", 2)
    assert counter.get(me, "/meetings", days=14).json()[0]["meeting_id"] == row["id"]
    assert counter.get(office.lawyer, "/meetings").status_code == 403

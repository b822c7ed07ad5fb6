"""What the supervisor's, administrator's and one's own pages do, for programs: the same use cases, the same rights."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from tests.api.counter import Counter, open_counter

REASON = "家属在窗口等候，承办人联系不上，须核对代理权限。"


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def hired(counter: Counter, name: str, role: str, place: int | None = None) -> Actor:
    office = counter.office
    with office.database.write() as session:
        person = register_person(session, PersonData(name), at=office.clock.now())
        grant_role(session, person.id, place or office.district_id, role, date(2026, 1, 1))
        return load_actor(session, person.id, office.clock.today())


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_everything_of_one_person_is_handed_over_and_both_sides_confirm(counter: Counter) -> None:
    office = counter.office
    case, other = office.accepted(), office.accepted()
    taker = hired(counter, "孙接收", "mediator", office.street_id)
    giver, boss = office.mediator, office.supervisor
    held = told(counter.get(boss, "/hand-overs/holdings", giver=giver.person_id))
    assert held["total"] == 2
    assert {(one["suggested"], tuple(one["receivers"])) for one in held["items"]} == {
        (taker.person_id, (taker.person_id,))
    }
    body = {"giver": giver.person_id, "kind": "leaving", "reason": "调往他处。", "receiver": taker.person_id}
    told(counter.post(giver, "/hand-overs", body), 403)
    made = told(counter.post(boss, "/hand-overs", body, key="hand-over-by-program"))
    assert (made["items"], made["moved"], made["finished"]) == (2, 2, True)
    assert told(counter.post(boss, "/hand-overs", body, key="hand-over-by-program")) == made
    at = f"/hand-overs/{made['id']}"
    assert told(counter.post(boss, f"{at}/continue")) == made
    told(counter.post(giver, f"{at}/continue"), 403)
    told(counter.post(giver, f"{at}/sign", {"person": taker.person_id, "note": "代签"}), 403)
    told(counter.post(giver, f"{at}/sign", {}))
    signed = told(counter.post(taker, f"{at}/sign", {}))
    assert all(one["signed_at"] for one in signed["signatures"])
    assert {one["case_id"] for one in signed["items"]} == {case.case_id, other.case_id}
    assert [one["id"] for one in told(counter.get(taker, "/hand-overs"))["rows"]] == [made["id"]]
    told(counter.get(hired(counter, "外人", "mediator", office.street_id), at), 404)


def test_a_closing_is_approved_by_the_way_that_the_list_names(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    reason = {"refusal_reason": "out_of_area", "next_place": "示范区西街总工会", "refusal_note": "请到那里办理。"}
    office.fire(case.proceeding_id, "refuse_case", reason)
    told(counter.get(office.mediator, "/approvals"), 403)
    [row] = told(counter.get(office.supervisor, "/approvals"))["rows"]
    assert (row["case_id"], row["by"], row["own"]) == (case.case_id, "李调解", False)
    way = next(one for one in row["ways"] if one["event"] == "approve_closing")
    body = {"revision": row["revision"], "answers": {"approval_note": "同意。"}}
    done = told(counter.post(office.supervisor, way["path"].removeprefix("/api/v1"), body))
    assert done["to_state"] == "closed"
    assert told(counter.get(office.supervisor, "/approvals"))["rows"] == []


def test_an_order_is_seen_by_who_gave_it_and_who_must_answer(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    text = {"order_text": "请在三日内约双方见面。"}
    started = office.fire(case.proceeding_id, "give_order", text, actor=office.supervisor)
    order = started.result["started"]["proceeding_id"]
    told(counter.get(office.mediator, "/orders"), 403)
    [mine] = told(counter.get(office.mediator, "/orders/mine"))
    assert (mine["proceeding_id"], mine["text"]) == (order, text["order_text"])
    [given] = told(counter.get(office.supervisor, "/orders"))["rows"]
    assert given == mine
    assert told(counter.get(office.supervisor, "/orders", ended=True))["rows"] == []


def test_administrators_keep_places_people_roles_and_accounts(counter: Counter) -> None:
    office = counter.office
    chief = hired(counter, "郑管理", "administrator")
    told(counter.get(office.supervisor, "/admin/places"), 403)
    assert told(counter.get(chief, "/admin/places"))["total"] == 2
    lines = {"name": "示范区新街社区工会", "short_name": "示新"}
    new = {**lines, "parent": office.district_id, "level": "community"}
    made = told(counter.post(chief, "/admin/places", new, key="a-place-once"))["id"]
    assert told(counter.post(chief, "/admin/places", new, key="a-place-once"))["id"] == made
    told(counter.post(office.supervisor, "/admin/places", new, key="a-place-once"), 403)
    at = f"/admin/places/{made}"
    changed = {**lines, "areas": ["新街"], "reason": "辖区调整"}
    assert told(counter.post(chief, at, changed, method="PUT"))["areas"] == ["新街"]
    court = {"kind": "court", "name": "示范区人民法院"}
    [body] = told(counter.post(chief, f"{at}/outside", court))["outside"]
    gone = told(counter.post(chief, f"{at}/outside/{body['id']}", {**court, "closed": True}, method="PUT"))
    assert gone["outside"][0]["closed_on"] == "2026-09-18"
    first = {"name": "冯新人", "organisation": made, "role": "mediator", "from_on": "2026-09-01"}
    person = told(counter.post(chief, "/admin/people", first, key="a-person-once"))
    assert told(counter.post(chief, "/admin/people", first, key="a-person-once")) == person
    who = f"/admin/people/{person['id']}"
    told(counter.post(chief, who, {"name": "冯新人", "phone": "13800138001", "languages": []}, method="PUT"))
    more = {"organisation": made, "role": "clerk", "from_on": "2026-09-01"}
    two = told(counter.post(chief, f"{who}/roles", more))["roles"]
    clerk = next(one for one in two if one["role"] == "clerk")
    ended = told(counter.post(chief, f"{who}/roles/{clerk['id']}/end", {"until_on": "2026-09-17"}))
    assert {one["role"]: one["live"] for one in ended["roles"]} == {"mediator": True, "clerk": False}
    password = "海上生明月 天涯共此时 2026"
    [account] = told(counter.post(chief, f"{who}/accounts", {"login": "fengxin", "password": password}))["accounts"]
    own = f"{who}/accounts/{account['id']}"
    told(counter.post(chief, f"{own}/password", {"password": f"{password} 又"}))
    assert told(counter.post(chief, f"{own}/do/lock"))["accounts"][0]["active"] is False
    assert told(counter.post(chief, f"{own}/do/unlock"))["accounts"][0]["active"] is True
    told(counter.post(chief, f"/admin/people/{chief.person_id}/accounts/{account['id']}/do/lock"), 404)
    told(counter.post(chief, f"/admin/people/{chief.person_id}/roles", {**more, "role": "supervisor"}), 403)
    found = told(counter.get(chief, "/admin/people", text="冯", role="mediator"))
    assert (found["total"], found["rows"][0]["phone"]) == (1, "13800138001")
    told(counter.post(chief, f"{at}/move", {"parent": office.street_id, "on": "2026-09-18", "reason": "区划调整"}))
    closed = told(counter.post(chief, f"{at}/close", {"reason": "区划调整"}))
    assert (closed["parent_id"], closed["closed_on"]) == (office.street_id, "2026-09-18")


def test_a_restricted_case_is_opened_in_an_emergency_and_reviewed(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    other, guard = hired(counter, "周书记员", "clerk"), hired(counter, "吴主管", "supervisor")
    at = f"/cases/{case.case_id}"
    told(counter.post(office.mediator, f"{at}/restriction", {"reason": "当事人受到威胁"}), 403)
    told(counter.post(office.supervisor, f"{at}/restriction", {"reason": "当事人受到威胁", "readers": []}))
    shown = told(counter.get(office.supervisor, f"{at}/restriction"))
    assert (shown["restricted"], [one["name"] for one in shown["readers"]]) == (True, ["王主管"])
    told(counter.get(other, at), 404)
    told(counter.post(other, "/emergencies", {"number": case.number, "reason": "要看"}), 422)
    opened = told(counter.post(other, "/emergencies", {"number": case.number, "reason": REASON}, key="opened-once"))
    again = told(counter.post(other, "/emergencies", {"number": case.number, "reason": REASON}, key="opened-once"))
    assert again == {**opened, "repeated": True}
    told(counter.get(other, at))
    told(counter.get(other, f"{at}/readings"), 403)
    looked = told(counter.get(office.supervisor, f"{at}/readings", person_id=other.person_id))
    assert [(one["emergency"], one["why"]) for one in looked["rows"]] == [(True, REASON)]
    assert "周书记员" in {one["name"] for one in told(counter.get(office.supervisor, f"{at}/readers"))}
    told(counter.get(other, "/emergencies"), 403)
    [hidden] = told(counter.get(guard, "/emergencies"))["rows"]
    assert (hidden["number"], hidden["case_id"]) == (None, None)
    [row] = told(counter.get(office.supervisor, "/emergencies"))["rows"]
    assert row["number"] == case.number
    verdict = {"verdict": "justified", "review": "已核实，确有必要。"}
    told(counter.post(other, f"/emergencies/{row['id']}/review", verdict), 404)
    told(counter.post(office.supervisor, f"/emergencies/{row['id']}/review", verdict))
    assert told(counter.get(office.supervisor, "/emergencies"))["total"] == 0
    assert told(counter.get(office.supervisor, "/emergencies", all=True))["rows"][0]["verdict"] == "justified"
    told(counter.post(office.supervisor, f"{at}/restriction/lift", {"reason": "危险已经过去"}))
    assert told(counter.get(office.supervisor, f"{at}/restriction"))["restricted"] is False


def test_what_the_machine_gave_up_is_retried_or_dropped(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    with office.database.write() as session:
        rows = session.scalars(select(Deadline).where(Deadline.case_id == case.case_id, Deadline.closed_at.is_(None)))
        row = next(iter(rows))
        row.quarantined_why = "流程定义缺失，请核对。"
        stuck = row.id
    told(counter.get(office.lawyer, "/machine"), 403)
    shown = told(counter.get(office.supervisor, "/machine"))
    assert [(one["id"], one["number"]) for one in shown["stuck"]] == [(stuck, case.number)]
    at = f"/machine/stuck/deadline/{stuck}"
    told(counter.post(office.mediator, f"{at}/retry"), 403)
    told(counter.post(office.supervisor, f"{at}/retry"))
    assert told(counter.get(office.supervisor, "/machine"))["stuck_count"] == 0
    told(counter.post(office.supervisor, f"{at}/drop", {"reason": "已人工办理"}), 404)
    told(counter.post(office.supervisor, "/machine/findings/1/repair"), 404)


def test_today_and_the_checklist_say_what_is_next(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    told(counter.get(office.supervisor, "/today"), 403)
    shown = told(counter.get(office.mediator, "/today", since="2026-09-18"))
    [task] = shown["tasks"]
    assert (shown["total"], task["case_id"], task["number"]) == (1, case.case_id, case.number)
    assert task["reasons"]
    at = f"/cases/{case.case_id}"
    items = told(counter.get(office.mediator, f"{at}/checklist"))
    assert items
    assert not any(one["there"] for one in items)
    told(counter.post(office.mediator, f"{at}/evidence/1/checklist", {"item": items[0]["item"]}), 404)


def test_own_times_and_calendars_are_ones_own(counter: Counter) -> None:
    office = counter.office
    hours = {"from_at": "2026-09-21T09:00:00+08:00", "until_at": "2026-09-21T12:00:00+08:00", "note": "培训"}
    made = told(counter.post(office.mediator, "/busy-times", hours, key="busy-only-once"))
    assert told(counter.post(office.mediator, "/busy-times", hours, key="busy-only-once")) == made
    assert [one["note"] for one in told(counter.get(office.mediator, "/busy-times"))] == ["培训"]
    assert told(counter.get(office.supervisor, "/busy-times")) == []
    told(counter.post(office.supervisor, f"/busy-times/{made['id']}", method="DELETE"), 404)
    told(counter.post(office.mediator, f"/busy-times/{made['id']}", method="DELETE"), 204)
    assert told(counter.get(office.mediator, "/busy-times")) == []
    address = told(counter.post(office.mediator, "/calendar-feeds"))["address"]
    assert counter.client(office.mediator).get(address).status_code == 200
    [feed] = told(counter.get(office.mediator, "/calendar-feeds"))
    told(counter.post(office.mediator, f"/calendar-feeds/{feed['id']}", method="DELETE"), 204)
    assert counter.client(office.mediator).get(address).status_code == 404

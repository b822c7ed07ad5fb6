"""The queue, the inbox, the report and the law by JSON; the description of everything is made from the definitions."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def lawyer(counter: Counter) -> Actor:
    return counter.office.lawyer


def waiting(counter: Counter) -> int:
    return counter.office.queued(counter.office.register(), aid_matter="张三要写仲裁申请书。")


def test_the_queue_is_for_lawyers_and_names_nobody(counter: Counter, lawyer: Actor) -> None:
    waiting(counter)
    told = counter.get(lawyer, "/queue")
    assert "张三" not in told.text
    assert (told.json()["total"], told.json()["cases"][0]["cause_title"]) == (1, "拖欠工资")
    assert counter.get(counter.office.mediator, "/queue").status_code == 403


def test_a_claim_has_one_winner_and_the_loser_hears_who_it_was(counter: Counter, lawyer: Actor) -> None:
    aid = waiting(counter)
    won = counter.post(lawyer, f"/queue/{aid}/claim", key="claim-01")
    assert won.json()["state_title"] == "律师承办中"
    assert counter.post(lawyer, f"/queue/{aid}/claim", key="claim-01").json() == {**won.json(), "repeated": True}
    lost = counter.post(counter.office.other_lawyer, f"/queue/{aid}/claim")
    assert lost.status_code == 409
    assert lost.json()["refusals"][0]["sentence"].startswith("赵律师已于9月18日09:00:00认领了这件案件")
    event = counter.post(counter.office.other_lawyer, f"/legal_aid/{aid}/claim_case", {"revision": 3})
    assert event.json()["refusals"] == lost.json()["refusals"]
    (held,) = counter.get(lawyer, "/queue/held").json()
    assert (held["workers"], held["due_title"]) == ("张三", "律师首次联系受援人")
    back = counter.post(lawyer, f"/queue/{aid}/release", {"release_reason": "capacity"})
    assert back.json()["to_state"] == "waiting"
    taken = counter.post(counter.office.other_lawyer, "/queue/next").json()
    assert "等得最久" in taken["reason"]
    assert taken["done"]["proceeding_id"] == aid


def test_reminders_can_be_read_and_marked(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.clock.move(days=7)
    sweep_once(office.runtime, [Inbox()])
    told = counter.get(office.mediator, "/inbox").json()
    assert told["unread"] == len(told["reminders"]) > 0
    assert told["reminders"][0]["case_id"] == case.case_id
    one = told["reminders"][0]["id"]
    assert counter.post(office.mediator, "/inbox/read", {"ids": [one]}).json() == {"marked": 1}
    assert counter.post(office.supervisor, "/inbox/read", {"ids": [one]}).json() == {"marked": 0}
    assert counter.get(office.mediator, "/inbox", unread_only=True).json()["unread"] == told["unread"] - 1


def test_each_figure_of_the_report_opens_to_its_lines(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    worker = office.parties(case.case_id, "worker")[0]
    paid = {"party": worker, "amount": "5000.05", "paid_on": "2026-09-18", "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    asked = {"from": "2026-01-01", "to": "2026-12-31", "by": "cause"}
    report = counter.get(office.supervisor, "/reports/recovered", **asked).json()
    assert report["totals"] == {
        "claimed": "24000.00",
        "agreed": "20000.00",
        "awarded": "0.00",
        "received": "5000.05",
    }
    (row,) = report["rows"]
    found = counter.get(
        office.supervisor, "/reports/recovered/lines", **asked, column="received", key=row["key"]
    ).json()
    assert (found["count"], found["total"]) == (1, row["sums"]["received"])
    assert found["lines"][0]["case_id"] == case.case_id
    wrong = counter.get(office.supervisor, "/reports/recovered", **{**asked, "to": "2025-01-01"})
    assert (wrong.status_code, wrong.json()["fields"]) == (422, {"to": "截止日期早于起始日期。"})
    assert counter.get(office.lawyer, "/reports/recovered", **asked).json()["rows"] == []


def test_a_day_of_the_law_is_told_with_its_reasons(counter: Counter, lawyer: Actor) -> None:
    told = counter.get(lawyer, "/periods/mediation_finish/due", **{"from": "2026-09-17"}).json()
    assert (told["legal_due"], told["nominal_due"]) == ("2026-10-08", "2026-10-02")
    assert told["cite"]["article"] == "第二十九条"
    assert counter.get(lawyer, "/periods/nothing/due", **{"from": "2026-09-17"}).status_code == 404
    assert counter.get(lawyer, "/periods/mediation_finish/due", **{"from": "soon"}).status_code == 422
    known = {period["id"]: period for period in counter.get(lawyer, "/periods").json()}
    assert known["mediation_finish"]["length"] == "15日"


def test_a_definition_can_be_read_by_a_program(counter: Counter, lawyer: Actor) -> None:
    names = [workflow["name"] for workflow in counter.get(lawyer, "/workflows").json()]
    assert {"dispute", "legal_aid"} <= set(names)
    told = counter.get(lawyer, "/workflows/dispute").json()
    events = {event["name"]: event for event in told["events"]}
    assert events["accept"]["by"] == ["mediator"]
    assert "a_mediator_is_assigned" in events["accept"]["guards"]
    assert events["hold_session"]["asks"][1]["choices"]["joint"] == "面对面"
    assert counter.get(lawyer, "/workflows/none").status_code == 404


def test_every_event_that_people_may_fire_is_described(counter: Counter) -> None:
    document: dict[str, Any] = counter.app.openapi()
    for (name, _), machine in counter.office.runtime.machines.items():
        for event in machine.definition.events.values():
            path = f"/api/v1/{name}/{{proceeding_id}}/{event.name}"
            assert (path in document["paths"]) == (event.by != ("clock",)), path
    accept = document["paths"]["/api/v1/dispute/{proceeding_id}/accept"]["post"]
    assert (accept["summary"], accept["tags"]) == ("受理", ["劳动争议调解"])
    key = next(p for p in accept["parameters"] if p["name"] == "Idempotency-Key")
    assert key["required"]
    assert {"403", "404", "409", "422"} <= set(accept["responses"])
    assert list(accept["responses"]["409"]["content"]) == ["application/problem+json"]
    schemas = document["components"]["schemas"]
    answers = schemas["hold_session_request"]["properties"]["answers"]["properties"]
    assert answers["held_on"] == {"type": "string", "format": "date", "title": "日期"}
    assert {"const": "joint", "title": "面对面"} in answers["session_form"]["oneOf"]


def test_every_operation_and_field_has_a_chinese_title(counter: Counter) -> None:
    document = counter.app.openapi()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert [o["summary"] for o in operations if not _chinese(o["summary"])] == []
    parameters = [p for o in operations for p in o.get("parameters", [])]
    assert {p["name"] for p in parameters if not _chinese(p["schema"].get("title", ""))} == set()


def _chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def test_the_reference_page_shows_what_an_event_asks(counter: Counter, lawyer: Actor) -> None:
    reader = counter.client(lawyer)
    listed = re.findall(r'href="(\?operation=[^"]*)">', reader.get("/docs").text)
    agreement = next(link for link in listed if "draft_agreement" in link)
    assert "answers.promises[].amount" in reader.get("/docs" + agreement).text
    session = next(link for link in listed if "hold_session" in link)
    assert "<code>joint</code> 面对面" in reader.get("/docs" + session).text
    assert reader.get("/docs?operation=GET /none").status_code == 404


def test_what_is_late_by_harm(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    office.clock.move(days=20)
    told = counter.get(office.supervisor, "/overdue").json()
    assert told["rows"][0]["number"] == case.number
    assert told["rows"][0]["harm"] == "money"
    assert told["rows"][0]["days"] > 0
    internal = counter.get(office.supervisor, "/overdue", kind="office").json()
    assert all(row["kind"] == "internal" or row["harm"] != "right" for row in internal["rows"])
    assert counter.get(office.supervisor, "/overdue", person_id=0).json()["total"] == 0
    assert counter.get(office.lawyer, "/overdue").json()["total"] == 0


def test_papers_can_be_fetched_by_those_who_may_see_the_case(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    papers = counter.get(office.mediator, f"/cases/{case.case_id}").json()["documents"]
    answer = counter.get(office.mediator, f"/documents/{papers[0]['id']}.docx")
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    assert counter.get(office.lawyer, f"/documents/{papers[0]['id']}.docx").status_code == 404
    assert counter.get(office.mediator, "/documents/999.docx").status_code == 404
    assert counter.get(office.mediator, f"/documents/{papers[0]['id']}.exe").status_code == 404

"""The whole main path by JSON alone, and what the API answers when something is not right."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from mediation.cases.models import Case
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from tests.api.counter import Counter, open_counter

TODAY = "2026-09-18"
APPLICATION: dict[str, Any] = {
    "channel": "walk_in",
    "cause": "B1",
    "summary": "单位拖欠三个月工资，多次催要未果。",
    "workers": [{"name": "张三", "phone": "13800138000"}],
    "employers": [{"name": "北京某餐饮有限公司"}],
    "demands": [{"party": 0, "head": "wages", "amount": "24000"}],
}


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


@pytest.fixture
def mediator(counter: Counter) -> Actor:
    return counter.office.mediator


def registered(counter: Counter, **changes: Any) -> dict[str, Any]:
    answer = counter.post(counter.office.mediator, "/cases", {"application": {**APPLICATION, **changes}})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fire(counter: Counter, case: dict[str, Any], name: str, answers: dict[str, Any], **more: Any) -> Any:
    """Fire an event of the dispute at the revision that `case` carries; keeps the new revision in `case`."""
    body = {"revision": more.pop("revision", case["revision"]), "answers": answers}
    path = f"/dispute/{case['proceeding_id']}/{name}"
    answer = counter.post(more.pop("actor", counter.office.mediator), path, body, **more)
    if answer.status_code == 200:
        case["revision"] = answer.json()["revision"]
    return answer


def test_from_registration_to_closing_by_json_alone(counter: Counter, mediator: Actor) -> None:
    case = registered(counter)
    assert case["number"] == "示东工调案〔2026〕00001号"
    told = counter.get(mediator, f"/cases/{case['case_id']}").json()
    worker, employer = (next(p["id"] for p in told["parties"] if p["side"] == s) for s in ("worker", "employer"))
    steps: list[tuple[str, dict[str, Any]]] = [
        ("assign_mediator", {"mediator": mediator.person_id}),
        ("ask_consent", {"in_scope": True, "asked_on": TODAY}),
        ("record_consent", {"consent_party": employer, "consent": "agreed", "consent_on": TODAY}),
        ("accept", {"accepted_on": TODAY}),
        (
            "draft_agreement",
            {
                "agreement_scope": "full",
                "promises": [{"party": worker, "amount": "20000", "due_on": "2026-09-28"}],
            },
        ),
        (
            "sign_agreement",
            {"signed_on": TODAY, "signed_by": [worker, employer], "mediator_signed": True, "sealed": True},
        ),
        (
            "record_payment",
            {"payments": [{"party": worker, "amount": "20000.00", "paid_on": TODAY, "proof": "银行回单"}]},
        ),
        ("close_fulfilled", {"revisit_on": TODAY, "revisit_note": "已收到。"}),
    ]
    titles = []
    for name, answers in steps:
        answer = fire(counter, case, name, answers)
        assert answer.status_code == 200, answer.text
        titles.append(answer.json()["state_title"])
    assert titles == ["已登记", "审查与征询", "待受理", "调解中", "协议待签署", "履行中", "已履行待回访", "已结案"]
    assert answer.json()["result"]["outcome"] == "performed_full"
    told = counter.get(mediator, f"/cases/{case['case_id']}").json()
    assert (told["state"], told["outcome"]) == ("closed", "协议全部履行")
    sums = {name: told["money"][name] for name in ("claimed", "agreed", "awarded", "received", "outstanding")}
    assert sums == {
        "claimed": "24000.00",
        "agreed": "20000.00",
        "awarded": "0.00",
        "received": "20000.00",
        "outstanding": "0.00",
    }
    assert [d["title"] for d in told["documents"]] == ["调解协议书", "受理通知书", "收件回执"]


def test_the_case_tells_what_may_be_done_and_why_not(counter: Counter, mediator: Actor) -> None:
    case = registered(counter)
    told = counter.get(mediator, f"/cases/{case['case_id']}").json()
    (dispute,) = told["proceedings"]
    options = {option["event"]: option for option in dispute["options"]}
    assert options["assign_mediator"]["allowed"]
    assert [r["sentence"] for r in options["ask_consent"]["refusals"]] == ["还没有指派调解员，请先指派。"]
    assert "只有在“待受理”时才能办理“受理”" in options["accept"]["refusals"][0]["sentence"]
    screening = next(d for d in told["deadlines"] if d["name"] == "intake_screening")
    assert screening["reasons"]
    assert screening["kind"] == "internal"
    assert told["demands"][0]["amount"] == "24000.00"


def test_a_stale_revision_is_told_what_happened_since(counter: Counter, mediator: Actor) -> None:
    case = registered(counter)
    old = case["revision"]
    fire(counter, case, "assign_mediator", {"mediator": mediator.person_id})
    answer = fire(counter, case, "ask_consent", {"in_scope": True, "asked_on": TODAY}, revision=old)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["current_revision"] == case["revision"]
    assert [(change["title"], change["by"]) for change in told["changes"]] == [("指派调解员", "李调解")]


def test_a_repeated_key_answers_as_the_first_time(counter: Counter, mediator: Actor) -> None:
    first = counter.post(mediator, "/cases", {"application": APPLICATION}, key="register-1")
    second = counter.post(mediator, "/cases", {"application": APPLICATION}, key="register-1")
    assert second.json() == {**first.json(), "repeated": True}
    case = first.json()
    answers = {"mediator": mediator.person_id}
    done = fire(counter, case, "assign_mediator", answers, key="assign-01", revision=1)
    again = fire(counter, case, "assign_mediator", answers, key="assign-01", revision=1)
    assert again.json() == {**done.json(), "repeated": True}
    other = fire(counter, case, "ask_consent", {"in_scope": True, "asked_on": TODAY}, key="assign-01")
    assert other.status_code == 422
    assert other.json()["type"] == "urn:mediation:problem:key_reused"
    with counter.office.database.read() as session:
        assert session.scalar(select(func.count(Case.id))) == 1


def test_every_wrong_field_is_named(counter: Counter, mediator: Actor) -> None:
    case = registered(counter)
    answer = fire(counter, case, "ask_consent", {"asked_on": "昨天", "colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["fields"] == {
        "in_scope": "必须填写。",
        "asked_on": "请按 2026-03-05 的格式填写。",
        "colour": "没有这一项，请删除。",
    }
    body = {"revision": 1, "answers": {"mediator": 1}, "more": 1}
    answer = counter.post(mediator, f"/dispute/{case['proceeding_id']}/assign_mediator", body)
    assert answer.json()["fields"] == {"more": "没有这一项，请删除。"}
    bad = {**APPLICATION, "workers": [{"phone": "1"}], "demands": [{"head": "wages", "amount": 1.5}], "x": 1}
    fields = counter.post(mediator, "/cases", {"application": bad}).json()["fields"]
    assert set(fields) == {"workers.0.name", "demands.0.amount", "x"}


@pytest.mark.parametrize("place", ['"summary": "\\ud83d"', '"demands": [{"head": "wages", "amount": "\\ud83d"}]'])
def test_half_a_character_is_refused_in_a_sentence(counter: Counter, mediator: Actor, place: str) -> None:
    """JSON can carry a lone surrogate, as from an emoji cut in two."""
    body = f'{{"application": {{"channel": "walk_in", "cause": "B1", {place}}}}}'
    headers = {"content-type": "application/json", "Idempotency-Key": f"half-a-character-{len(place)}"}
    answer = counter.client(mediator).post("/api/v1/cases", content=body.encode(), headers=headers)
    assert answer.status_code == 422
    assert "无法识别的字符" in answer.text


def test_a_change_without_a_key_is_refused(counter: Counter, mediator: Actor) -> None:
    answer = counter.client(mediator).post("/api/v1/cases", json={"application": APPLICATION})
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"Idempotency-Key": "必须填写。"}


def test_roles_and_places_are_kept_apart(counter: Counter, mediator: Actor) -> None:
    case = registered(counter)
    refused = fire(counter, case, "assign_mediator", {"mediator": 1}, actor=counter.office.lawyer)
    assert refused.status_code == 404
    refused = fire(counter, case, "close_default", {"outcome": "x", "closing_note": "x"})
    assert refused.status_code == 403
    assert "只能由主管办理" in refused.json()["detail"]
    with counter.office.database.write() as session:
        far = add_organisation(session, "远区总工会", "远", "district")
        person = register_person(session, PersonData(name="远调解"), at=counter.office.clock.now())
        grant_role(session, person.id, far.id, "mediator", counter.office.clock.today())
        stranger = load_actor(session, person.id, counter.office.clock.today())
    assert counter.get(stranger, f"/cases/{case['case_id']}").status_code == 404
    assert counter.get(stranger, "/cases").json() == {"total": 0, "more": False, "cases": []}
    assert fire(counter, case, "assign_mediator", {"mediator": 1}, actor=stranger).status_code == 404
    assert counter.get(stranger, f"/cases/{2**70}").status_code == 404


def test_lists_are_filtered_and_paged(counter: Counter, mediator: Actor) -> None:
    for cause in ("B1", "A1", "B1"):
        registered(counter, cause=cause, not_duplicate="另一段劳动关系。")
    page = counter.get(mediator, "/cases", limit=2).json()
    assert (page["total"], len(page["cases"])) == (3, 2)
    assert counter.get(mediator, "/cases", limit=2, offset=2).json()["cases"][0]["case_id"] == 3
    assert counter.get(mediator, "/cases", cause="A1").json()["total"] == 1
    assert counter.get(mediator, "/cases", text="张三").json()["total"] == 3


def test_the_file_grows_by_json(counter: Counter, mediator: Actor) -> None:
    case = registered(counter)
    path = f"/cases/{case['case_id']}"
    party = counter.post(mediator, path + "/parties", {"revision": 1, "side": "worker", "party": {"name": "李四"}})
    assert party.json()["revision"] == 2
    demand = {"party": party.json()["result"]["party"], "head": "wages", "amount": "1000.50"}
    added = counter.post(mediator, path + "/demands", {"revision": 2, "demand": demand})
    assert added.json()["revision"] == 3
    change = {"revision": 3, "change": {"amount": "900.05", "reason": "核对工资条后更正。"}}
    one = f"{path}/demands/{added.json()['result']['demand']}"
    assert counter.post(mediator, one, change, method="PATCH").json()["result"]["before"]["amount"] == 100050
    correction = {"revision": 4, "correction": {"name": "李泗", "reason": "姓名写错。"}}
    one = f"{path}/parties/{party.json()['result']['party']}"
    assert counter.post(mediator, one, correction, method="PATCH").status_code == 200
    note = counter.post(mediator, path + "/activities", {"kind": "call", "text": "电话联系单位。"})
    assert note.status_code == 200, note.text
    file = {"file": ("工资条.txt", "三月工资".encode(), "text/plain")}
    headers = {"idempotency-key": "evidence-1"}
    sent = counter.client(mediator).post(
        f"/api/v1{path}/evidence", data={"name": "工资条", "category": "wage_record"}, files=file, headers=headers
    )
    assert sent.status_code == 200, sent.text
    assert sent.json()["result"]["size"] == 12
    told = counter.get(mediator, path).json()
    assert [p["name"] for p in told["parties"] if p["side"] == "worker"] == ["张三", "李泗"]
    assert [d["amount"] for d in told["demands"]] == ["24000.00", "900.05"]


def test_a_database_that_is_gone_is_no_wrong_input(counter: Counter, mediator: Actor) -> None:
    counter.client(mediator)
    engine = counter.office.database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def gone(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "INSERT" in statement:
            raise OperationalError(statement, {}, Exception("locked"))

    answer = counter.post(mediator, "/cases", {"application": APPLICATION})
    event.remove(engine, "before_cursor_execute", gone)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "数据库暂时无法使用" in answer.json()["detail"]
    with counter.office.database.read() as session:
        assert session.scalar(select(func.count(Case.id))) == 0

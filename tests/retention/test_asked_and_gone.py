"""Beside the file itself: words in the chains of the offices, reopening, and requests that wait for an answer."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mediation.access.asked import QuestionIn, ask
from mediation.cases.audit import note_outside_cases
from mediation.cases.models import AuditEntry
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import Refused
from mediation.people.actor import Actor
from mediation.retention.requests import AnswerIn, RequestIn, answer_request, record_request
from mediation.retention.unanswered import Unanswered, escalate_unanswered, unanswered
from tests.office import Office, open_office
from tests.retention.test_destroying import closed, destroyed, dispute, faults, later, second, settings_in


@pytest.fixture
def office(database: Database, clock: TestClock, tmp_path: Path) -> Office:
    return open_office(database, clock, settings_in(tmp_path))


def test_words_about_the_person_in_the_chain_of_the_office_go_as_well(office: Office) -> None:
    """What names nobody stays, and the chain goes on verifying."""
    case_id = closed(office)
    with office.database.write() as session:
        for reason in ("张三的案件交给同事。", "年度休假。"):
            once = {"actor": office.supervisor, "role": "supervisor", "at": office.clock.now()}
            note_outside_cases(session, office.district_id, "hand_over", {"reason": reason, "giver": 1}, **once)
    later(office)
    destroyed(office, second(office))
    with office.database.read() as session:
        chain = select(AuditEntry.payload).where(AuditEntry.organisation_id == office.district_id)
        payloads = [json.loads(text) for text in session.scalars(chain.order_by(AuditEntry.seq))]
    assert [one["reason"] for one in payloads if "reason" in one] == ["（已删除）", "年度休假。"]
    assert faults(office) == []
    office.register(actor=office.mediator)
    assert dispute(office, case_id)
    assert faults(office) == []


def test_a_destroyed_case_is_not_reopened(office: Office) -> None:
    case_id = closed(office)
    later(office)
    destroyed(office, second(office))
    with pytest.raises(Refused, match="已经依法销毁"):
        office.fire(dispute(office, case_id), "reopen", {"reopen_reason": "再次来访。"}, actor=office.supervisor)
    assert faults(office) == []


def test_unanswered_requests_are_listed_and_go_up_the_ladder(office: Office) -> None:
    """Both kinds in one list; each rung is told once."""
    case = office.accepted()
    party = office.parties(case.case_id, "worker")[0]
    once: dict[str, Any] = {"actor": office.supervisor}
    with office.database.write() as session:
        asked = RequestIn(party=party, kind="copy", received_on=office.clock.today())
        made = record_request(session, office.runtime, case.case_id, asked, key=office.key(), **once)
        ask(session, office.runtime, case.case_id, QuestionIn(party=party, way="paper"), key=office.key(), **once)
    found, total = listed(office)
    assert (total, {one.kind for one in found}, [one.risen for one in found]) == (2, {"copy", "looked"}, [(), ()])
    assert escalate_unanswered(office.runtime) == 0
    office.clock.move(days=40)
    assert all(one.late and one.days > 5 and one.risen == ("调解员", "组长", "主任") for one in listed(office)[0])
    assert escalate_unanswered(office.runtime) > 0
    assert escalate_unanswered(office.runtime) == 0
    with office.database.write() as session:
        said = AnswerIn(request=made.result["request"], answer="granted", reason="已复制。")
        answer_request(session, office.runtime, case.case_id, said, key=office.key(), **once)
    assert [one.kind for one in listed(office)[0]] == ["looked"]
    assert listed(office, office.mediator)[1] == 0


def listed(office: Office, actor: Actor | None = None) -> tuple[Sequence[Unanswered], int]:
    with office.database.read() as session:
        return unanswered(session, office.runtime, actor or office.supervisor, limit=20)

"""Legal aid from the application to the archive: days, consequences, who may look."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from mediation.assignments.models import Assignment
from mediation.cases.models import Activity, AuditEntry, Proceeding
from mediation.cases.view import options
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import BadInput, NotFound
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def running(office: Office, aid: int) -> dict[str, Deadline]:
    with office.database.read() as session:
        query = select(Deadline).where(Deadline.proceeding_id == aid, Deadline.closed_at.is_(None))
        return {row.name: row for row in session.scalars(query)}


def said(office: Office, aid: int) -> dict[str, Any]:
    """The result of the latest entry of the trail."""
    with office.database.read() as session:
        query = select(AuditEntry.payload).where(AuditEntry.proceeding_id == aid).order_by(AuditEntry.seq.desc())
        result: dict[str, Any] = json.loads(session.scalars(query).first() or "{}")["result"]
        return result


def notes(office: Office, aid: int) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(Activity.text).where(Activity.proceeding_id == aid).order_by(Activity.id)))


def test_both_limits_run_and_the_one_of_beijing_is_shown_as_unverified(office: Office) -> None:
    aid = office.aid(office.register())
    due = running(office, aid)
    assert set(due) == {"decide", "bj_decide"}
    assert due["decide"].verified
    assert not due["bj_decide"].verified
    assert due["bj_decide"].legal_due <= due["decide"].legal_due


def test_the_time_for_papers_does_not_count(office: Office) -> None:
    aid = office.aid(office.register(), aid_means="hardship_told")
    before = {name: row.nominal_due for name, row in running(office, aid).items()}
    office.clock.move(days=3)
    told = {"supplement_items": "收入证明", "supplement_due_day": "2026-09-28"}
    office.fire(aid, "ask_supplement", told)
    due = running(office, aid)
    assert due["supplement"].legal_due == date(2026, 9, 28)
    assert "“通知书写明的补充材料期限”定为2026-09-28" in due["supplement"].explanation
    assert due["decide"].suspended_on == due["bj_decide"].suspended_on == date(2026, 9, 21)
    office.clock.move(days=3)
    office.fire(aid, "supplement_received", {"supplement_received_on": "2026-09-24", "aid_means": "hardship_checked"})
    after = running(office, aid)
    assert all(row.suspended_on is None for row in after.values())
    assert (after["decide"].nominal_due - before["decide"]).days == 3
    assert after["bj_decide"].nominal_due > before["bj_decide"]


def test_late_review_may_still_ask_for_papers_and_go_on(office: Office) -> None:
    aid = office.aid(office.register(), aid_means="hardship_told")
    office.clock.move(days=30)
    day = office.clock.today()
    told = {"supplement_items": "收入证明", "supplement_due_day": "2026-10-30"}
    office.fire(aid, "ask_supplement", told)
    office.fire(aid, "supplement_received", {"supplement_received_on": day.isoformat(), "aid_means": "relief"})
    assert office.state(aid) == "reviewing"


def test_the_reason_why_nobody_examined_the_means_is_kept(office: Office) -> None:
    aid = office.aid(office.register())
    office.fire(aid, "grant_aid", {"aid_granted_on": "2026-09-18"})
    assert said(office, aid)["means"]["exempt"] is True
    assert notes(office, aid) == [
        "经济困难状况：进城务工人员请求支付劳动报酬，免予核查（法律援助法第四十二条第三项）。"
    ]
    assert running(office, aid)["assign"].nominal_due == date(2026, 9, 21)


@pytest.mark.parametrize(("ground", "repay"), [("fraud", True), ("means_changed", False)])
def test_only_fraud_is_paid_back(office: Office, ground: str, repay: bool) -> None:
    aid = office.queued(office.register())
    office.fire(aid, "claim_case", actor=office.lawyer)
    told = {"aid_termination_ground": ground, "aid_termination_reason": "查证属实。", "aid_terminated_on": "2026-09-18"}
    office.fire(aid, "terminate_aid", told, actor=office.supervisor)
    assert ("repayment" in said(office, aid)) is repay
    assert any("第六十四条" in text for text in notes(office, aid)) is repay
    with office.database.read() as session:
        (assignment,) = session.scalars(select(Assignment).where(Assignment.proceeding_id == aid))
        assert (assignment.end_reason, session.get_one(Proceeding, aid).owner_id) == ("terminated", None)


def test_a_right_to_object_that_nobody_used_ends_the_procedure(office: Office) -> None:
    aid = office.aid(office.register())
    told = {"aid_refusal_ground": "groundless", "aid_refusal_reason": "没有劳动关系。", "aid_refused_on": "2026-09-18"}
    office.fire(aid, "refuse_aid", told)
    last = running(office, aid)["refusal_objection"].legal_due
    while office.clock.today() < last:
        office.clock.move(days=1)
    sweep_once(office.runtime, ())
    assert office.state(aid) == "refused"
    office.clock.move(days=1)
    sweep_once(office.runtime, ())
    assert office.state(aid) == "not_aided"


def test_lawyers_look_into_the_queue_and_nowhere_else(office: Office) -> None:
    case = office.register()
    aid = office.aid(case)
    with office.database.read() as session, pytest.raises(NotFound):
        options(session, office.runtime, aid, office.lawyer)
    office.fire(aid, "grant_aid", {"aid_granted_on": "2026-09-18"})
    office.fire(aid, "list_case")
    with office.database.read() as session:
        allowed = {o.event.name for o in options(session, office.runtime, aid, office.lawyer) if o.allowed}
    assert allowed == {"claim_case"}
    told = {"aid_withdrawn_on": "2026-09-18"}
    office.fire(aid, "withdraw_aid", told)
    with office.database.read() as session, pytest.raises(NotFound):
        options(session, office.runtime, aid, office.lawyer)


def test_only_a_lawyer_of_this_place_is_designated_and_not_the_same_again(office: Office) -> None:
    aid = office.queued(office.register())
    with pytest.raises(BadInput) as wrong:
        office.fire(aid, "designate_lawyer", {"aid_lawyer": office.mediator.person_id}, actor=office.supervisor)
    assert "不是本单位的志愿律师" in wrong.value.fields["aid_lawyer"]
    office.fire(aid, "designate_lawyer", {"aid_lawyer": office.lawyer.person_id}, actor=office.supervisor)
    again = {"aid_lawyer": office.lawyer.person_id, "release_reason": "other"}
    with pytest.raises(BadInput, match="填写的内容有误"):
        office.fire(aid, "change_lawyer", again, actor=office.supervisor)
    other = {"aid_lawyer": office.other_lawyer.person_id, "release_reason": "health"}
    office.fire(aid, "change_lawyer", other, actor=office.supervisor)
    with office.database.read() as session:
        held = session.execute(select(Assignment.person_id, Assignment.end_reason).order_by(Assignment.id)).all()
    assert [tuple(row) for row in held] == [(office.lawyer.person_id, "health"), (office.other_lawyer.person_id, None)]

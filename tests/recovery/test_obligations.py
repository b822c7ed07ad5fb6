"""What an agreement says beyond sums: conditions, acceleration, indemnity, whom it leaves open, what it also ends."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.errors import BadInput, Refused
from mediation.recovery.ledger import AwardIn, LateReceiptIn, record_award, record_late_receipt
from mediation.recovery.overview import agreements_of, beside_the_claims, recourse_of
from mediation.recovery.queries import CaseMoney, money_of
from mediation.recovery.rest import left_open
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

DUE, LATER = "2026-09-28", "2026-11-02"
TWO = [{"name": "北京某劳务公司"}, {"name": "北京某总承包公司"}]


@pytest.fixture
def office(sqlite_database: Database, clock: TestClock) -> Office:
    return open_office(sqlite_database, clock)


def worker(office: Office, case: Registered) -> int:
    return office.parties(case.case_id, "worker")[0]


def money(office: Office, case: Registered) -> CaseMoney:
    with office.database.read() as session:
        return money_of(session, case.case_id, office.clock.today())


def draft(office: Office, case: Registered, rows: Sequence[dict[str, Any]], **more: Any) -> None:
    told = {"agreement_scope": "full", "promises": [{"party": worker(office, case), **row} for row in rows], **more}
    office.fire(case.proceeding_id, "draft_agreement", told)


def sign(office: Office, case: Registered, *without: int) -> None:
    everybody = [*office.parties(case.case_id, "worker"), *office.parties(case.case_id, "employer")]
    day = office.clock.today().isoformat()
    signed_by = [party for party in everybody if party not in without]
    told = {"signed_on": day, "signed_by": signed_by, "mediator_signed": True, "sealed": True}
    office.fire(case.proceeding_id, "sign_agreement", told)


def text_of(office: Office, case: Registered) -> str:
    with office.database.read() as session:
        query = select(Document.text).where(
            Document.case_id == case.case_id, Document.template == "mediation_agreement"
        )
        return session.scalars(query.order_by(Document.id.desc())).first() or ""


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"condition": "资金到位", "controlled_by": "debtor"}, "最迟履行日"),
        ({"condition": "资金到位"}, "由谁控制"),
        ({"controlled_by": "third"}, "写明是什么条件"),
        ({"condition": "验收", "controlled_by": "third", "latest_on": "2026-09-20"}, "不能早于履行日"),
        ({"until_on": LATER}, "只用于非金钱义务"),
        ({"headcount": "0"}, "正整数"),
    ],
)
def test_what_could_never_be_enforced_is_refused_with_a_sentence(
    office: Office, row: dict[str, str], words: str
) -> None:
    case = office.accepted()
    with pytest.raises(BadInput) as refused:
        draft(office, case, [{"amount": "100", "due_on": DUE, **row}])
    assert words in "".join(refused.value.fields.values())


def test_the_latest_day_of_a_condition_is_the_day_that_counts(office: Office) -> None:
    case = office.accepted()
    row = {"amount": "100", "due_on": DUE, "condition": "资金到位", "controlled_by": "debtor", "latest_on": LATER}
    draft(office, case, [row])
    assert "资金到位；条件至2026年11月2日仍未成就的，仍应于该日前（含当日）履行" in text_of(office, case)
    sign(office, case)
    line = money(office, case).promises[0]
    assert (str(line.due_on), str(line.planned_on), line.latest_on_counts) == (LATER, DUE, True)


def test_one_instalment_missed_makes_the_others_due_and_says_why(office: Office) -> None:
    case = office.register(employers=TWO)
    first, second = office.parties(case.case_id, "employer")
    day = office.clock.today().isoformat()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": day})
    for party in (first, second):
        told = {"consent_party": party, "consent": "agreed", "consent_on": day}
        office.fire(case.proceeding_id, "record_consent", told)
    office.fire(case.proceeding_id, "accept", {"accepted_on": day})
    rows = [{"payer": first, "indemnifier": second, "amount": "100", "due_on": day} for day in (DUE, LATER)]
    draft(office, case, rows, acceleration=True)
    with pytest.raises(Refused):
        sign(office, case, second)
    sign(office, case)
    office.clock.move(days=11)
    sweep_once(office.runtime, ())
    assert office.state(case.proceeding_id) == "default"
    lines = money(office, case).promises
    assert [(str(p.due_on), str(p.planned_on or p.due_on), p.overdue) for p in lines] == [
        (DUE, DUE, True),
        (DUE, LATER, True),
    ]
    assert {(p.indemnifier, str(p.called_on)) for p in lines} == {("北京某总承包公司", "2026-09-29")}
    with office.database.read() as session:
        query = select(Deadline.explanation).where(
            Deadline.subject == f"promise:{lines[1].id}", Deadline.closed_at.is_(None)
        )
        assert "一期未付、全部提前到期" in session.scalars(query).one()


def test_who_advanced_has_recourse_against_the_debtor(office: Office) -> None:
    case = office.signed()
    row = {
        "party": worker(office, case),
        "kind": "advance",
        "payer_name": "区住建委",
        "amount": "500",
        "proof": "拨付单",
    }
    today = office.clock.today().isoformat()
    office.fire(case.proceeding_id, "record_paid_by_others", {"advances": [{**row, "paid_on": today}]})
    with office.database.read() as session:
        found = recourse_of(session, case.case_id)
    assert [(one.payer, one.debtor, one.amount) for one in found] == [("区住建委", "北京某餐饮有限公司", 50_000)]
    assert money(office, case).by_kind == {"advance": 50_000}
    with pytest.raises(BadInput):
        nobody = {name: text for name, text in row.items() if name != "payer_name"}
        office.fire(case.proceeding_id, "record_paid_by_others", {"advances": [{**nobody, "paid_on": today}]})


def test_whom_and_what_an_agreement_leaves_open(office: Office) -> None:
    people = [{"name": "甲"}, {"name": "乙"}]
    demands = [
        {"party": 0, "head": "wages", "amount": "1000"},
        {"party": 0, "head": "overtime", "amount": "300"},
        {"party": 1, "head": "wages", "amount": "2000"},
    ]
    case = office.accepted(workers=people, demands=demands)
    draft(office, case, [{"amount": "900", "head": "wages", "due_on": DUE}], agreement_scope="partial")
    with office.database.read() as session:
        assert left_open(session, case.case_id) == ()
        compared = beside_the_claims(session, case.case_id)
    assert [(c.name, c.head, c.claimed, c.agreed, c.below) for c in compared] == [
        ("甲", "overtime", 30_000, 0, 30_000),
        ("甲", "wages", 100_000, 90_000, 10_000),
        ("乙", "wages", 200_000, 0, 200_000),
    ]
    sign(office, case, office.parties(case.case_id, "worker")[1])
    with office.database.read() as session:
        found = left_open(session, case.case_id)
    assert [(one.name, one.items, one.nothing) for one in found] == [("甲", ("加班工资",), False), ("乙", (), True)]


def test_an_agreement_of_one_worker_replaces_nobody_elses(office: Office) -> None:
    case = office.accepted(workers=[{"name": "甲"}, {"name": "乙"}], demands=[{"party": 0, "head": "wages"}])
    first, second = office.parties(case.case_id, "worker")
    rows = [{"party": party, "amount": "100", "due_on": DUE} for party in (first, second)]
    draft(office, case, rows)
    sign(office, case)
    anew = [{"party": first, "amount": "80", "due_on": LATER}]
    office.fire(case.proceeding_id, "agree_anew", {"agreement_scope": "partial", "promises": anew})
    sign(office, case, second)
    assert [(s.name, s.agreed) for s in money(office, case).shares] == [("甲", 8_000), ("乙", 10_000)]


def test_what_an_agreement_also_ends_is_named_until_it_has_ended(office: Office) -> None:
    case = office.accepted()
    told = {"suit_filed_on": office.clock.today().isoformat(), "suit_court": "区法院", "suit_ground": "civil_relation"}
    started = office.fire(case.proceeding_id, "file_suit", {**told, "suit_already_filed": True}).result["started"][
        "proceeding_id"
    ]
    draft(office, case, [{"amount": "100", "due_on": DUE}], also_ends=[started])
    assert "本协议同时了结双方之间的下列程序" in text_of(office, case)
    with pytest.raises(BadInput):
        again = {"agreement_scope": "full", "promises": [{"party": worker(office, case), "duty": "x", "due_on": DUE}]}
        office.fire(case.proceeding_id, "revise_draft", {**again, "also_ends": [case.proceeding_id]})
    sign(office, case)
    with office.database.read() as session:
        endings = agreements_of(session, case.case_id)[0].also_ends
    assert [(end.workflow, end.open) for end in endings] == [("litigation", True)]


def change(office: Office, case: Registered, verb: Any, data: Any) -> None:
    with office.database.write() as session:
        revision = session.get_one(Proceeding, case.proceeding_id).revision
        once = {"revision": revision, "key": office.key(), "actor": office.mediator}
        verb(session, office.runtime, case.case_id, data, **once)


def test_a_later_award_counts_instead_of_the_earlier(office: Office) -> None:
    case = office.accepted()
    raw = {"party": worker(office, case), "body": "仲裁委", "decided_on": "2026-09-10"}
    change(office, case, record_award, AwardIn.model_validate({**raw, "amount": "0"}))
    later = {**raw, "amount": "24404.89", "body": "中级法院", "replaces": True}
    change(office, case, record_award, AwardIn.model_validate(later))
    found = money(office, case)
    assert (found.awarded, [(a.amount, a.superseded) for a in found.awards]) == (
        2_440_489,
        [(0, True), (2_440_489, False)],
    )


def test_money_after_closing_is_received_and_the_case_stays_closed(office: Office) -> None:
    case = office.signed()
    raw = {"party": worker(office, case), "amount": "20000.50", "proof": "执行款", "paid_on": "2026-09-30"}
    with pytest.raises(BadInput):
        change(office, case, record_late_receipt, LateReceiptIn.model_validate({**raw, "paid_on": "2026-09-18"}))
    office.clock.move(days=12)
    office.fire(case.proceeding_id, "promise_missed")
    closing = {"outcome": "in_default", "closing_note": "已告知途径"}
    office.fire(case.proceeding_id, "propose_closing_default", closing)
    office.fire(case.proceeding_id, "approve_closing", {"approval_note": "同意。"}, actor=office.supervisor)
    change(office, case, record_late_receipt, LateReceiptIn.model_validate(raw))
    found = money(office, case)
    assert (found.received, found.outstanding, office.state(case.proceeding_id)) == (2_000_050, 0, "closed")
    assert [line.settles for line in found.receipts] == [True, False]

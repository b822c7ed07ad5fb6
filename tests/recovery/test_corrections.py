"""Money that is corrected: by an opposite line, with a reason, above a limit with a second person; never by an edit."""

from typing import Any

import pytest
from sqlalchemy import func, select

from mediation.cases.change import Change
from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry, Case, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import BadInput, Refused, StateHasChanged
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.recovery.ledger import AwardIn, CreditIn, record_award, record_credit
from mediation.recovery.models import Promise, Receipt
from mediation.recovery.queries import CaseMoney, money_of, reversible
from mediation.recovery.reversals import ReversalIn, reverse_receipt
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def worker(office: Office, case: Registered) -> int:
    return office.parties(case.case_id, "worker")[0]


def pay(office: Office, case: Registered, amount: str) -> str:
    row = {"party": worker(office, case), "amount": amount, "proof": "银行回单"}
    row["paid_on"] = office.clock.today().isoformat()
    return office.fire(case.proceeding_id, "record_payment", {"payments": [row]}).to_state


def lines(office: Office, case: Registered) -> list[int]:
    with office.database.read() as session:
        return [line.id for line in reversible(session, case.case_id)]


def reverse(office: Office, case: Registered, receipt: int, event: str = "reverse_payment", **more: Any) -> str:
    answers = {"receipt": receipt, "reversal_reason": "银行退票，款项没有真正到账。", **more}
    return office.fire(case.proceeding_id, event, answers, actor=office.supervisor).to_state


def money(office: Office, case: Registered) -> CaseMoney:
    with office.database.read() as session:
        return money_of(session, case.case_id, office.clock.today())


def revision_now(session: Any, case: Registered) -> int:
    return int(session.scalar(select(Proceeding.revision).where(Proceeding.id == case.proceeding_id)))


def revision(office: Office, case: Registered) -> int:
    with office.database.read() as session:
        return revision_now(session, case)


def running(office: Office, case: Registered, name: str) -> list[str]:
    with office.database.read() as session:
        query = select(Deadline.subject).where(
            Deadline.proceeding_id == case.proceeding_id, Deadline.name == name, Deadline.closed_at.is_(None)
        )
        return list(session.scalars(query))


def another_supervisor(office: Office) -> int:
    with office.database.write() as session:
        person = register_person(session, PersonData(name="孙主管"), at=office.clock.now())
        grant_role(session, person.id, office.district_id, "supervisor", office.clock.today())
        return person.id


def test_a_reversed_payment_leaves_both_lines_and_the_case_waits_again(office: Office) -> None:
    case = office.signed()
    office.clock.move(days=1)
    paid_on = office.clock.today()
    assert pay(office, case, "20000") == "fulfilled"
    office.clock.move(days=2)
    second = another_supervisor(office)
    assert reverse(office, case, lines(office, case)[0], second_person=second) == "performance"
    found = money(office, case)
    assert (found.received, found.outstanding, found.agreed) == (0, 2_000_000, 2_000_000)
    assert [(x.amount, x.paid_on) for x in found.receipts] == [(2_000_000, paid_on), (-2_000_000, paid_on)]
    first, back = found.receipts
    assert (first.reversed_by, back.reverses, back.second_person) == (back.id, first.id, "孙主管")
    assert running(office, case, "promise_due") == [f"promise:{found.promises[0].id}"]
    assert running(office, case, "closing_revisit") == []
    assert pay(office, case, "20000") == "fulfilled"


def test_what_was_due_long_ago_goes_straight_into_default(office: Office) -> None:
    case = office.signed()
    pay(office, case, "6000")
    pay(office, case, "14000")
    office.clock.move(days=40)
    assert reverse(office, case, lines(office, case)[0]) == "default"
    assert running(office, case, "default_action") == [""]
    assert money(office, case).outstanding == 600_000


def test_a_closed_case_is_opened_again_by_a_reversal(office: Office) -> None:
    case = office.signed()
    pay(office, case, "8000")
    pay(office, case, "12000")
    day = office.clock.today().isoformat()
    office.fire(case.proceeding_id, "close_fulfilled", {"revisit_on": day, "revisit_note": "已收到。"})
    receipt = lines(office, case)[0]
    with pytest.raises(Refused):
        reverse(office, case, receipt)
    assert reverse(office, case, receipt, "reverse_closed_payment") == "performance"
    with office.database.read() as session:
        proceeding = session.get_one(Proceeding, case.proceeding_id)
        assert (proceeding.outcome, proceeding.ended_at) == (None, None)
    assert len(running(office, case, "promise_due")) == 1


def test_a_partial_reversal_in_performance_keeps_the_state_and_the_one_deadline(office: Office) -> None:
    case = office.signed()
    pay(office, case, "5000")
    assert reverse(office, case, lines(office, case)[0]) == "performance"
    assert len(running(office, case, "promise_due")) == 1


def test_a_line_is_reversed_once_and_a_reversal_never(office: Office) -> None:
    case = office.signed()
    pay(office, case, "5000")
    receipt = lines(office, case)[0]
    reverse(office, case, receipt)
    opposite = money(office, case).receipts[-1].id
    with pytest.raises(Refused) as nothing:
        reverse(office, case, receipt)
    assert [r.guard for r in nothing.value.refusals] == ["a_payment_stands"]
    pay(office, case, "1000")
    standing = lines(office, case)
    for again, says in ((receipt, "已经冲正过"), (opposite, "本身就是冲正"), (9999, "请从本案的到账记录中选择")):
        with pytest.raises(BadInput) as refused:
            reverse(office, case, again)
        assert says in refused.value.fields["receipt"]
    assert lines(office, case) == standing
    other = office.signed(workers=[{"name": "李四", "phone": "13900139000"}])
    pay(office, other, "5000")
    with pytest.raises(BadInput):
        reverse(office, case, lines(office, other)[0])


def test_a_reason_is_required(office: Office) -> None:
    case = office.signed()
    pay(office, case, "5000")
    with pytest.raises(BadInput) as refused:
        reverse(office, case, lines(office, case)[0], reversal_reason=" ")
    assert list(refused.value.fields) == ["reversal_reason"]


def test_above_the_limit_another_supervisor_of_that_office_must_look(office: Office) -> None:
    case = office.signed()
    pay(office, case, "10000.01")
    receipt = lines(office, case)[0]
    for second in (None, office.supervisor.person_id, office.mediator.person_id, office.lawyer.person_id):
        with pytest.raises(BadInput) as refused:
            reverse(office, case, receipt, second_person=second)
        assert list(refused.value.fields) == ["second_person"]
    assert reverse(office, case, receipt, second_person=another_supervisor(office)) == "performance"


def test_exactly_the_limit_needs_nobody_but_who_is_named_must_be_fit(office: Office) -> None:
    case = office.signed()
    pay(office, case, "10000")
    receipt = lines(office, case)[0]
    with pytest.raises(BadInput):
        reverse(office, case, receipt, second_person=office.mediator.person_id)
    assert reverse(office, case, receipt) == "performance"


def test_an_ended_supervisor_cannot_be_the_second_person(office: Office) -> None:
    case = office.signed()
    pay(office, case, "20000")
    with office.database.write() as session:
        person = register_person(session, PersonData(name="吴前主管"), at=office.clock.now())
        day = office.clock.today()
        grant_role(session, person.id, office.district_id, "supervisor", day.replace(month=1), day.replace(month=8))
    with pytest.raises(BadInput):
        reverse(office, case, lines(office, case)[0], second_person=person.id)


def credit(office: Office, case: Registered, amount: str, *, key: str | None = None) -> Change:
    data = CreditIn.model_validate(
        {"party": worker(office, case), "amount": amount, "paid_on": "2026-08-01", "proof": "工资条"}
    )
    seen = revision(office, case)
    with office.database.write() as session:
        return record_credit(
            session, office.runtime, case.case_id, data, revision=seen, key=key or office.key(), actor=office.mediator
        )


def test_a_credit_is_known_but_not_recovered_and_can_be_taken_back(office: Office) -> None:
    case = office.signed()
    line = credit(office, case, "3000").result["receipts"][0]
    found = money(office, case)
    assert (found.credits, found.received, found.outstanding) == (300_000, 0, 2_000_000)
    data = ReversalIn.model_validate({"receipt": line["id"], "reason": "记错了案件。"})
    with office.database.write() as session:
        reverse_receipt(
            session,
            office.runtime,
            case.case_id,
            data,
            revision=revision_now(session, case),
            key=office.key(),
            actor=office.mediator,
        )
    assert money(office, case).credits == 0
    assert office.state(case.proceeding_id) == "performance"
    pay(office, case, "1000")
    with pytest.raises(BadInput):
        reverse(office, case, line["id"])


def test_the_same_key_books_a_credit_once_and_a_stale_page_is_told(office: Office) -> None:
    case = office.signed()
    seen = revision(office, case)
    data = CreditIn.model_validate(
        {"party": worker(office, case), "amount": "3000", "paid_on": "2026-08-01", "proof": "工资条"}
    )

    def send(key: str) -> Change:
        with office.database.write() as session:
            return record_credit(
                session, office.runtime, case.case_id, data, revision=seen, key=key, actor=office.mediator
            )

    first, again = send("credit-1"), send("credit-1")
    assert again.repeated == first.result | {"receipts": [{**first.result["receipts"][0], "paid_on": "2026-08-01"}]}
    assert money(office, case).credits == 300_000
    with pytest.raises(StateHasChanged):
        send("credit-2")


def test_an_award_is_a_sum_of_its_own(office: Office) -> None:
    case = office.signed()
    raw = {"party": worker(office, case), "amount": "22000", "body": "示范区仲裁委", "decided_on": "2026-09-10"}
    with office.database.write() as session:
        record_award(
            session,
            office.runtime,
            case.case_id,
            AwardIn.model_validate(raw),
            revision=revision_now(session, case),
            key=office.key(),
            actor=office.mediator,
        )
    found = money(office, case)
    assert (found.claimed, found.agreed, found.awarded, found.received) == (2_400_000, 2_000_000, 2_200_000, 0)
    employer = office.parties(case.case_id, "employer")[0]
    for wrong, field in (({"party": employer}, "party"), ({"decided_on": "2026-12-01"}, "decided_on")):
        with pytest.raises(BadInput) as refused, office.database.write() as session:
            record_award(
                session,
                office.runtime,
                case.case_id,
                AwardIn.model_validate(raw | wrong),
                revision=revision_now(session, case),
                key=office.key(),
                actor=office.mediator,
            )
        assert list(refused.value.fields) == [field]


def test_every_word_about_money_stands_in_the_audit_trail(office: Office) -> None:
    case = office.signed()
    credit(office, case, "3000")
    pay(office, case, "5000")
    reverse(office, case, lines(office, case)[0])
    with office.database.read() as session:
        words = session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq.desc()).limit(3)).all()
    assert words == ["reverse_payment", "record_payment", "record_credit"]


def test_a_new_agreement_keeps_the_history_of_what_was_agreed(office: Office) -> None:
    """The paid part stays agreed, the unpaid part is replaced; both halves of the old promise remain as rows."""
    case = office.signed()
    pay(office, case, "5000")
    anew = {"party": worker(office, case), "amount": "12000", "due_on": "2026-10-20"}
    office.fire(case.proceeding_id, "agree_anew", {"agreement_scope": "full", "promises": [anew]})
    day = office.clock.today().isoformat()
    both = [*office.parties(case.case_id, "worker"), *office.parties(case.case_id, "employer")]
    signing = {"signed_on": day, "signed_by": both, "mediator_signed": True, "sealed": True}
    office.fire(case.proceeding_id, "sign_agreement", signing)
    assert money(office, case).agreed == 1_700_000
    with office.database.read() as session:
        sums = session.execute(select(Promise.amount).order_by(Promise.amount)).scalars().all()
        assert sums == [500_000, 1_200_000, 1_500_000]
        assert session.scalar(select(func.count(Receipt.id))) == 1
        assert session.scalar(select(func.count(Case.id))) == 1

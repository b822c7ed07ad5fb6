"""Whatever is booked and reversed in whatever order: the ledger adds up, and the four sums never mix."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mediation.cases.intake import Registered
from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.money import yuan
from mediation.recovery.ledger import AwardIn, CreditIn, record_award, record_credit
from mediation.recovery.models import Receipt
from mediation.recovery.queries import CaseMoney, money_of, reversible
from mediation.recovery.reversals import ReversalIn, reverse_receipt
from tests.office import Office, open_office

DAY = "2026-09-18"
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "credit", "award", "reverse_payment", "reverse_credit"]),
        st.integers(0, 1),
        st.integers(1, 900_000),
    ),
    min_size=1,
    max_size=12,
)


class Books:
    """One case with two workers, and what a person with pencil and paper would have written down."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.case: Registered = office.accepted(
            workers=[{"name": "张三", "phone": "13800138000"}, {"name": "李四", "phone": "13900139000"}],
            demands=[{"party": n, "head": "wages", "amount": "9000"} for n in (0, 1)],
        )
        self.workers = office.parties(self.case.case_id, "worker")
        rows = [
            {"party": p, "amount": amount, "due_on": "2026-10-10"} for p in self.workers for amount in ("3000", "5000")
        ]
        office.fire(self.case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": rows})
        everybody = [*self.workers, *office.parties(self.case.case_id, "employer")]
        signing = {"signed_on": DAY, "signed_by": everybody, "mediator_signed": True, "sealed": True}
        office.fire(self.case.proceeding_id, "sign_agreement", signing)
        self.received: Counter[int] = Counter()
        self.credits: Counter[int] = Counter()
        self.awarded: Counter[int] = Counter()

    def do(self, what: str, which: int, amount: int) -> None:
        party = self.workers[which]
        if what == "pay":
            self._pay(party, amount)
        elif what == "reverse_payment":
            self._reverse_payment(amount)
        elif what == "reverse_credit":
            self._reverse_receipt(amount)
        elif what == "credit":
            raw = {"party": party, "amount": yuan(amount), "paid_on": DAY, "proof": "工资条"}
            self._change(record_credit, CreditIn.model_validate(raw))
            self.credits[party] += amount
        else:
            raw = {"party": party, "amount": yuan(amount), "body": "仲裁委", "decided_on": DAY}
            self._change(record_award, AwardIn.model_validate(raw))
            self.awarded[party] += amount

    def _pay(self, party: int, amount: int) -> None:
        amount = min(amount, 800_000 - self.received[party])
        if amount and self.office.state(self.case.proceeding_id) == "performance":
            row = {"party": party, "amount": yuan(amount), "paid_on": DAY, "proof": "回单"}
            self.office.fire(self.case.proceeding_id, "record_payment", {"payments": [row]})
            self.received[party] += amount

    def _reverse_payment(self, pick: int) -> None:
        with self.office.database.read() as session:
            lines = reversible(session, self.case.case_id)
        if lines:
            line = lines[pick % len(lines)]
            answers = {"receipt": line.id, "reversal_reason": "退票"}
            self.office.fire(self.case.proceeding_id, "reverse_payment", answers)
            self.received[line.party_id] -= line.amount

    def _reverse_receipt(self, pick: int) -> None:
        with self.office.database.read() as session:
            lines = reversible(session, self.case.case_id, settles=False)
        if lines:
            line = lines[pick % len(lines)]
            self._change(reverse_receipt, ReversalIn(receipt=line.id, reason="记错"))
            self.credits[line.party_id] -= line.amount

    def _change(self, verb: Any, data: Any) -> None:
        office, id = self.office, self.case.proceeding_id
        with office.database.write() as session:
            revision = session.scalars(select(Proceeding.revision).where(Proceeding.id == id)).one()
            verb(
                session,
                office.runtime,
                self.case.case_id,
                data,
                revision=revision,
                key=office.key(),
                actor=office.mediator,
            )

    def agree(self) -> None:
        """The pencil and the database say the same."""
        with self.office.database.read() as session:
            found = money_of(session, self.case.case_id, self.office.clock.today())
            per_promise = session.execute(
                select(Receipt.promise_id, func.sum(Receipt.amount))
                .where(Receipt.case_id == self.case.case_id, Receipt.promise_id.is_not(None))
                .group_by(Receipt.promise_id)
            ).all()
        amounts = {p.id: p.amount or 0 for p in found.promises}
        assert all(0 <= paid <= amounts[id] for id, paid in per_promise)
        assert sum(x.amount for x in found.receipts if x.kind != "credit") == found.received
        assert found.outstanding == found.agreed - found.received
        self._sums(found)
        paid_up = found.outstanding == 0
        assert (self.office.state(self.case.proceeding_id) == "fulfilled") == paid_up

    def _sums(self, found: CaseMoney) -> None:
        shares = {s.party_id: (s.claimed, s.agreed, s.awarded, s.received, s.credits) for s in found.shares}
        assert shares == {
            p: (900_000, 800_000, self.awarded[p], self.received[p], self.credits[p]) for p in self.workers
        }


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_the_ledger_adds_up_after_every_step(office: Office, steps: list[tuple[str, int, int]]) -> None:
    books = Books(office)
    for step in steps:
        books.do(*step)
        books.agree()


def test_everything_paid_then_everything_reversed(office: Office) -> None:
    books = Books(office)
    for which in (0, 1):
        books.do("pay", which, 800_000)
        books.agree()
    for _ in range(4):
        books.do("reverse_payment", 0, 0)
        books.agree()
    assert books.received == Counter(dict.fromkeys(books.workers, 0))

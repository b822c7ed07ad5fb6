"""Agreed anew, accelerated, denied, taken over by an award, advanced, reversed, in any order: the sums tie to the cent,
and the report as at an earlier moment says what it said then.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Refused
from mediation.money import yuan
from mediation.recovery.ledger import AwardIn, record_award
from mediation.recovery.queries import CaseMoney, money_of, reversible
from mediation.recovery.reversals import ReversalIn, reverse_receipt
from mediation.reports.recovered import recovered
from tests.office import Office, open_office

WORKS = ("pay", "advance", "other", "reverse", "anew", "miss", "void_some", "void_whole", "award", "elsewhere", "days")
STEPS = st.lists(st.tuples(st.sampled_from(WORKS), st.integers(0, 1), st.integers(1, 900_000)), min_size=3, max_size=12)


class Case:
    """Two workers with two instalments each; one missed makes the others due."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.before = self.report(office.clock.now())
        self.office.clock.move(seconds=1)
        self.file: Registered = office.accepted(
            workers=[{"name": "张三"}, {"name": "李四"}],
            demands=[{"party": n, "head": "wages", "amount": "9000"} for n in (0, 1)],
        )
        self.workers = office.parties(self.file.case_id, "worker")
        self.received: Counter[int] = Counter()
        self.seen: list[tuple[datetime, tuple[int, ...]]] = []
        rows = [self.row(p, 400_000, days) for p in self.workers for days in (5, 40)]
        self.fire("draft_agreement", agreement_scope="full", promises=rows, acceleration=True)
        self.sign()

    def row(self, party: int, amount: int, days: int) -> dict[str, Any]:
        due = date.fromordinal(self.office.clock.today().toordinal() + days)
        return {"party": party, "amount": yuan(amount), "due_on": due.isoformat()}

    def sign(self) -> None:
        both = [*self.workers, *self.office.parties(self.file.case_id, "employer")]
        self.fire("sign_agreement", signed_on=self.today, signed_by=both, mediator_signed=True, sealed=True)

    @property
    def today(self) -> str:
        return self.office.clock.today().isoformat()

    def fire(self, event: str, **answers: Any) -> bool:
        """Whether it happened; what is not possible now is refused and changes nothing."""
        try:
            self.office.fire(self.file.proceeding_id, event, answers)
        except (Refused, BadInput):
            return False
        return True

    def money(self) -> CaseMoney:
        with self.office.database.read() as session:
            return money_of(session, self.file.case_id, self.office.clock.today())

    def do(self, work: str, which: int, amount: int) -> None:
        getattr(self, work)(self.workers[which], amount)

    def _paid(self, party: int, amount: int, **more: Any) -> list[dict[str, Any]]:
        return [{"party": party, "amount": yuan(amount), "paid_on": self.today, "proof": "回单", **more}]

    def _open(self, party: int) -> int:
        return sum(p.open for p in self.money().promises if p.party_id == party)

    def pay(self, party: int, amount: int) -> None:
        amount = min(amount, self._open(party))
        if amount and self.fire("record_payment", payments=self._paid(party, amount)):
            self.received[party] += amount

    def advance(self, party: int, amount: int) -> None:
        amount = min(amount, self._open(party))
        rows = self._paid(party, amount, kind="advance", payer_name="区住建委") if amount else []
        if amount and self.fire("record_paid_by_others", advances=rows):
            self.received[party] += amount

    def other(self, party: int, amount: int) -> None:
        if self.fire("record_other_receipt", other_receipts=self._paid(party, amount, note="多付")):
            self.received[party] += amount

    def reverse(self, _party: int, pick: int) -> None:
        with self.office.database.read() as session:
            settling = reversible(session, self.file.case_id)
            loose = reversible(session, self.file.case_id, settles=False)
        lines = [*settling, *loose]
        if not lines:
            return
        line = lines[pick % len(lines)]
        if line.settles:
            if self.fire("reverse_payment", receipt=line.id, reversal_reason="退票"):
                self.received[line.party_id] -= line.amount
            return
        self.change(reverse_receipt, ReversalIn(receipt=line.id, reason="记错"))
        self.received[line.party_id] -= line.amount

    def anew(self, party: int, amount: int) -> None:
        if self.fire("agree_anew", agreement_scope="full", promises=[self.row(party, amount, 20)], acceleration=True):
            self.sign()

    def miss(self, _party: int, _amount: int) -> None:
        self.fire("promise_missed")

    def days(self, _party: int, amount: int) -> None:
        self.office.clock.move(days=amount % 8)

    def void_some(self, _party: int, pick: int) -> None:
        lines = [p for p in self.money().promises if p.kind != "award"]
        if lines:
            line = lines[pick % len(lines)]
            self._void("some", line.agreement_id, void_promises=[line.id])

    def void_whole(self, _party: int, pick: int) -> None:
        lines = [p for p in self.money().promises if p.kind != "award"]
        if lines and pick % 3 == 0:
            self._void("whole", lines[pick % len(lines)].agreement_id)

    def _void(self, what: str, agreement: int, **more: Any) -> None:
        told = {"voided_agreement": agreement, "void_body": "区法院", "voided_on": self.today, "void_what": what}
        self.fire("agreement_void", **told, **more)

    def award(self, party: int, amount: int) -> None:
        raw = {"party": party, "amount": yuan(amount), "body": "仲裁委", "decided_on": self.today, "replaces": True}
        self.change(record_award, AwardIn.model_validate(raw))
        self.fire("perform_award", award_effective_on=self.today, promises=[self.row(party, amount, 15)])

    def elsewhere(self, _party: int, amount: int) -> None:
        if not self.fire("resume_performance"):
            rows = [self.row(self.workers[amount % 2], amount, 30)]
            told = {"settled_body": "仲裁委", "settled_on": self.today, "agreement_scope": "partial"}
            self.fire("settled_in_procedure", promises=rows, settled_beside=amount % 2 == 0, **told)

    def change(self, verb: Any, data: Any) -> None:
        office, id = self.office, self.file.proceeding_id
        with office.database.write() as session:
            revision = session.scalars(select(Proceeding.revision).where(Proceeding.id == id)).one()
            once = {"revision": revision, "key": office.key(), "actor": office.mediator}
            verb(session, office.runtime, self.file.case_id, data, **once)

    # ── what must hold ──

    def holds(self) -> None:
        money = self.money()
        for promise in money.promises:
            assert 0 <= promise.paid <= (promise.amount or 0)
            rest = (promise.amount or 0) - promise.paid
            assert promise.open == (0 if promise.taken_over else rest)
        assert money.agreed == sum(p.amount or 0 for p in money.promises if p.kind != "award")
        assert {s.party_id: s.received for s in money.shares} == {p: self.received[p] for p in self.workers}
        assert money.received == sum(money.by_kind.values()) == sum(self.received.values())
        totals = tuple(sum(getattr(s, n) for s in money.shares) for n in ("claimed", "agreed", "awarded", "received"))
        assert totals == (money.claimed, money.agreed, money.awarded, money.received)
        self.seen.append((self.office.clock.now(), totals))
        self.office.clock.move(seconds=1)

    def history_holds(self) -> None:
        for moment, totals in self.seen:
            assert self.report(moment) == tuple(x + y for x, y in zip(self.before, totals, strict=True))

    def report(self, moment: datetime) -> tuple[int, ...]:
        office, told = self.office, (date(2020, 1, 1), date(2199, 12, 31), "month", self.office.supervisor)
        with office.database.read() as session:
            found = recovered(session, office.runtime, *told, as_of=moment)
        assert sum(amount for _, _, amount in found.by_kind) == found.totals[3]
        return found.totals


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_the_sums_tie_after_any_sequence(office: Office, steps: list[tuple[str, int, int]]) -> None:
    case = Case(office)
    case.holds()
    for step in steps:
        case.do(*step)
        case.holds()
    case.history_holds()

"""What forms about money let people choose from, and what they propose before anybody types."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session

from mediation.cases.view import CaseView
from mediation.money import yuan_grouped
from mediation.recovery.overview import agreements_of
from mediation.recovery.proposals import drafted_clauses, proposed_orders, proposed_payments, proposed_promises
from mediation.recovery.queries import CaseMoney, PromiseLine
from mediation.runtime import Runtime

Choices = Sequence[tuple[Any, str]]


class Case(Protocol):
    """The desk, as far as money goes."""

    @property
    def session(self) -> Session: ...
    @property
    def runtime(self) -> Runtime: ...
    @property
    def view(self) -> CaseView: ...
    @property
    def money(self) -> CaseMoney: ...
    @property
    def today(self) -> Any: ...


def duties(case: Case) -> Mapping[int, str]:
    """Every duty by its number, also those that are done."""
    return {p.id: f"{p.name}：{p.duty}" for p in case.money.promises if p.amount is None}


def further(case: Case) -> Mapping[str, Mapping[int, str]]:
    """What numbers in answers about money stand for, by ask type."""
    return {
        "promise": {p.id: _promise(p) for p in case.money.promises},
        "agreement": dict(_agreements(case, all_of_them=True)),
        "receipt": {r.id: f"{r.paid_on} {r.name} {yuan_grouped(r.amount)}元" for r in case.money.receipts},
    }


def _open_duties(case: Case) -> Choices:
    settled = {p.id for p in case.money.promises if p.settled or p.taken_over}
    return [(id, text) for id, text in duties(case).items() if id not in settled]


def _promise(promise: PromiseLine) -> str:
    what = promise.duty if promise.amount is None else f"{yuan_grouped(promise.amount)}元"
    return f"{promise.name}：{what}（{promise.due_on}）"


def _promises(case: Case) -> Choices:
    return [(p.id, _promise(p)) for p in case.money.promises if p.kind != "award"]


def _agreements(case: Case, *, all_of_them: bool = False) -> Choices:
    titles = case.runtime.codes["agreement_kinds"]
    lines = agreements_of(case.session, case.view.id)
    return [
        (a.id, f"{a.signed_on} {a.body or titles[a.kind]} {yuan_grouped(a.amount)}元")
        for a in lines
        if all_of_them or (a.in_force and a.kind != "award")
    ]


def _receipts(case: Case) -> Choices:
    lines = [r for r in case.money.receipts if r.settles and r.reverses is None and r.reversed_by is None]
    return [(r.id, f"{r.paid_on} {r.name} {yuan_grouped(r.amount)}元（{r.proof}）") for r in lines]


def _proceedings(case: Case) -> Choices:
    return [
        (p.id, p.title) for p in case.view.proceedings if p.workflow not in ("dispute", "legal_aid") and not p.ended
    ]


LISTS: Mapping[str, Callable[[Any], Choices]] = {
    "duty": _open_duties,
    "receipt": _receipts,
    "promise": _promises,
    "agreement": _agreements,
    "proceeding": _proceedings,
}


def proposed(case: Case, ask_type: str) -> Any:
    """Rows for a table about money; None for any other kind of answer."""
    session, id, money = case.session, case.view.id, case.money
    if ask_type == "promises":
        return list(proposed_promises(session, id, money))
    if ask_type == "ordered_promises":
        return list(proposed_orders(session, id, money))
    if ask_type in ("payments", "advances"):
        kind = {"kind": "advance"} if ask_type == "advances" else {}
        return [{**row, **kind} for row in proposed_payments(session, id, money, case.today)]
    if ask_type == "other_receipts":
        return [{"paid_on": case.today.isoformat(), "method": "bank", "kind": "payment"}]
    return None


def ticked(case: Case) -> Mapping[str, bool]:
    """The clauses of the draft, so that a revision starts from it."""
    return drafted_clauses(case.session, case.view.id)

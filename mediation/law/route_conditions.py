"""What decides whether a route is open: the facts of a case at the hand-off, and one predicate for each condition.

Which condition stands before which route, and what is said where it fails, is data: `workflows/law/routes.yaml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Answer = bool | None
"""None: nobody has found out, or the law does not say."""


@dataclass(frozen=True, slots=True)
class HeadKind:
    """A kind of claims by head: those that surely belong to it, and those where practice differs."""

    title: str
    sure: frozenset[str]
    doubtful: frozenset[str]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class RouteCase:
    """A case at the hand-off, as far as routes depend on it. `on` is the day of the application that is judged.

    `heads` (code → title) are what the document covers; without a document, what is demanded. `due_on` is the earliest
    day on which something still owed fell or falls due; None: no such day is known. `owed`: something is not performed.
    """

    on: date
    document: Literal["mediation_agreement", "wage_iou", "none"]
    signed_on: date | None = None
    body: str | None = None
    """Before which kind of body it was mediated (codes/mediation_bodies)."""
    heads: Mapping[str, str] = field(default_factory=dict)
    relation_asked: bool = False
    owed: bool = True
    due_on: date | None = None
    jointly: Answer = None
    lawful_body: Answer = None
    in_scope: Answer = None
    in_venue: Answer = None
    sum_certain: Answer = None
    debtor_missing: Answer = None
    mutual_debts: Answer = None
    debtor_abroad: bool = False
    preserved: bool = False
    status_question: bool = False
    ownership_question: bool = False
    content_clear: bool = True
    content_lawful: bool = True
    confirmed: bool = False
    """A court has confirmed the agreement."""
    order_failed: bool = False
    """A payment order that rested on the agreement (LMA 16) came to nothing."""


Kinds = Mapping[str, HeadKind]
Predicate = Callable[[RouteCase, Kinds], Answer]


@dataclass(frozen=True, slots=True)
class Condition:
    """A predicate, and which answers besides yes it can give: no, None (unsure). Each needs its sentence."""

    holds: Predicate
    may_fail: bool = True
    may_be_unsure: bool = False


def outside(case: RouteCase, kind: HeadKind) -> tuple[str, ...]:
    """Titles of the heads that do not surely belong to the kind."""
    return tuple(title for code, title in case.heads.items() if code not in kind.sure)


def _only(case: RouteCase, kind: HeadKind) -> Answer:
    others = case.heads.keys() - kind.sure
    if not case.heads or (others and others <= kind.doubtful):
        return None
    return not others


def _some(case: RouteCase, kind: HeadKind) -> Answer:
    if case.heads.keys() & kind.sure:
        return True
    return None if not case.heads or case.heads.keys() & kind.doubtful else False


def _not(value: Answer) -> Answer:
    return None if value is None else not value


def _signed(case: RouteCase) -> bool:
    return case.document == "mediation_agreement" and case.signed_on is not None


def _lawful(case: RouteCase) -> Answer:
    """People's mediation committees are named by the law (PML 33); for others it depends on how they were set up."""
    return True if case.body == "people_committee" else case.lawful_body


def _people_committee(case: RouteCase, kinds: Kinds) -> Answer:
    """JI1 52 names only agreements on payment before a people's mediation committee; PML 33 speaks of all."""
    return True if case.body != "people_committee" else _only(case, kinds["payment"]) or None


def _order_heads(case: RouteCase, kinds: Kinds) -> Answer:
    """LMA 16 names four items for agreements; without an agreement only arrears of pay (LCL 30)."""
    return _some(case, kinds["order" if case.document == "mediation_agreement" else "pay"])


def _suit_basis(case: RouteCase) -> bool:
    return _signed(case) or case.document == "wage_iou" or case.order_failed


def _day_has_passed(case: RouteCase) -> bool:
    """Arrears without an agreement have fallen due by themselves."""
    return case.due_on is None or case.due_on < case.on


CONDITIONS: Mapping[str, Condition] = {
    "agreement_signed": Condition(lambda case, _: _signed(case)),
    "both_apply": Condition(lambda case, _: case.jointly, may_be_unsure=True),
    "relation_not_asked": Condition(lambda case, _: not case.relation_asked),
    "relation_is_no_status": Condition(
        lambda case, _: None if case.relation_asked else True, may_fail=False, may_be_unsure=True
    ),
    "not_confirmed": Condition(lambda case, _: not case.confirmed),
    "in_scope": Condition(lambda case, _: case.in_scope, may_be_unsure=True),
    "in_venue": Condition(lambda case, _: case.in_venue, may_be_unsure=True),
    "body_is_lawful": Condition(lambda case, _: _lawful(case), may_be_unsure=True),
    "payment_only_before_people_committee": Condition(_people_committee, may_fail=False, may_be_unsure=True),
    "no_status_question": Condition(lambda case, _: not case.status_question),
    "no_ownership_question": Condition(lambda case, _: not case.ownership_question),
    "content_is_clear": Condition(lambda case, _: case.content_clear),
    "content_is_lawful": Condition(lambda case, _: case.content_lawful),
    "order_covers_the_heads": Condition(_order_heads, may_be_unsure=True),
    "something_is_owed": Condition(lambda case, _: case.owed),
    "payment_day_has_passed": Condition(lambda case, _: _day_has_passed(case)),
    "sum_is_certain": Condition(lambda case, _: case.sum_certain, may_be_unsure=True),
    "debtor_is_found": Condition(lambda case, _: _not(case.debtor_missing), may_be_unsure=True),
    "no_mutual_debts": Condition(lambda case, _: _not(case.mutual_debts), may_be_unsure=True),
    "debtor_in_china": Condition(lambda case, _: not case.debtor_abroad),
    "nothing_preserved": Condition(lambda case, _: not case.preserved),
    "suit_has_a_basis": Condition(lambda case, _: _suit_basis(case)),
    "suit_is_about_pay_only": Condition(
        lambda case, kinds: case.order_failed or _only(case, kinds["pay"]), may_be_unsure=True
    ),
}
"""By the name that stands in routes.yaml."""

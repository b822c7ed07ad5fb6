"""Which way after an agreement is open for this case: the same judgment for the form, the page and the interface.

The window of a right is a condition of the route itself, so it is judged from the day the agreement was signed and from
the day of the application; our own deadlines are never asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.guards import GuardBook
from ..law.book import LawBook
from ..law.route_conditions import Answer, RouteCase
from ..law.routing import JudgedRoute, judge_route, judge_routes
from .facts import words
from .opening_rules import ORDER_FAILED

OURS = "union"
"""The kind of body before which our agreements are made, unless somebody says otherwise."""

_THREE: Mapping[Any, Answer] = {"yes": True, "no": False, True: True, False: False}

GUARDS = GuardBook()


def three(value: object) -> Answer:
    """A code of codes/three_answers, or a tick, as True, False or None (not known)."""
    return _THREE.get(value)


def route_case(facts: Any, titles: Mapping[str, str], **answered: Any) -> RouteCase:
    """The case as the routes see it. `titles` name the heads; `answered` replaces what the file does not know."""
    signed_on = answered.get("signed_on", facts.route_signed_on)
    document = answered.get("document") or ("mediation_agreement" if signed_on else "none")
    agreed = document == "mediation_agreement"
    heads = _heads(facts, agreed)
    ended = words(facts.procedures_ended)
    known: dict[str, Any] = {
        "on": facts.today,
        "document": document,
        "signed_on": signed_on if agreed else None,
        "body": OURS,
        "heads": {code: titles.get(code, code) for code in sorted(heads)},
        "relation_asked": "relation" in heads | words(facts.route_demand_heads) or facts.cause == "A1",
        "owed": not agreed or facts.route_unperformed > 0,
        "due_on": facts.route_due_on if agreed else None,
        "in_scope": facts.said.get("in_scope"),
        "in_venue": facts.said.get("in_scope"),
        "sum_certain": True if agreed or facts.route_vague_demands == 0 else None,
        "debtor_missing": True if facts.route_employers_gone else None,
        "confirmed": "judicial_confirmation:confirmed_by_court" in ended,
        "order_failed": bool(ORDER_FAILED & ended),
    }
    return RouteCase(**known | answered)


def _heads(facts: Any, agreed: bool) -> frozenset[str]:
    """What the agreement covers; the demands stand in for promises that name no head."""
    covered = (facts.route_heads or "").split(",") if agreed else [""]
    demanded = words(facts.route_demand_heads) if "" in covered else frozenset()
    return frozenset(covered) - {""} | demanded


@dataclass(frozen=True, slots=True)
class _Start:
    """A start event: its route, the prefix of its asks, and what its form tells the judgment."""

    route: str
    prefix: str
    refused: str
    answered: Callable[[Any], Mapping[str, Any]]


def _review(facts: Any) -> Mapping[str, Any]:
    return {"jointly": facts.told("review_jointly"), "in_venue": True}


def _confirmation(facts: Any) -> Mapping[str, Any]:
    return {
        "jointly": facts.told("confirmation_jointly"),
        "body": facts.told("confirmation_mediated_by"),
        "lawful_body": three(facts.told("confirmation_body_lawful")),
    }


def _order(facts: Any) -> Mapping[str, Any]:
    basis: Mapping[str, Any] = {} if facts.told("payment_order_basis") == "agreement" else {"document": "none"}
    return {
        **basis,
        "sum_certain": True,
        "debtor_missing": three(facts.told("payment_order_debtor_missing")),
        "mutual_debts": three(facts.told("payment_order_mutual_debts")),
    }


_STARTS = {
    "joint_review_is_open": _Start("joint_review", "review", "仲裁审查现在不能申请", _review),
    "judicial_confirmation_is_open": _Start(
        "judicial_confirmation", "confirmation", "司法确认现在不能申请", _confirmation
    ),
    "payment_order_is_open": _Start("payment_order", "payment_order", "支付令现在不能申请", _order),
}


def route_guards(law: LawBook, titles: Mapping[str, str]) -> GuardBook:
    """One guard for each start event; it needs the law, so it is made when the law is loaded."""
    book = GuardBook()
    for name, start in _STARTS.items():
        _register(book, name, start, law, titles)
    return book


def _register(book: GuardBook, name: str, start: _Start, law: LawBook, titles: Mapping[str, str]) -> None:
    def case(facts: Any) -> RouteCase:
        on = min(facts.told(f"{start.prefix}_applied_on"), facts.today)
        return route_case(facts, titles, on=on, **start.answered(facts))

    def is_open(facts: Any) -> bool:
        already = facts.told(f"{start.prefix}_already_filed") is True
        return already or judge_route(law, start.route, case(facts)).state != "closed"

    def told(facts: Any) -> str:
        return _refusal(start, judge_routes(law, case(facts)))

    is_open.__name__ = name
    book.guard(f"{start.refused}；条件见“协议之后走哪条路”。", answers=True, told=told)(is_open)


def _refusal(start: _Start, judged: tuple[JudgedRoute, ...]) -> str:
    """Why not, what instead, and that a filing already made may be recorded."""
    mine = next(one for one in judged if one.route.id == start.route)
    why = "；".join(reason.sentence for reason in mine.reasons if reason.bars)
    instead = "、".join(one.route.title for one in judged if one.state != "closed") or "暂时没有其他途径"
    return f"{start.refused}：{why}。可以考虑：{instead}。当事人已经自行提出的，请勾选“已自行提出”如实登记。"


@GUARDS.guard("支付令不是依调解协议申请的，程序终结后须先申请仲裁。")
def the_order_rests_on_an_agreement(facts: Any) -> bool:
    """JI1 13: after a failed order the worker may sue at once on an agreement; on arrears alone arbitration first."""
    return bool(facts.said.get("payment_order_basis") == "agreement")


@GUARDS.guard("异议没有法律效力：须以书面提出，且不能只说没有清偿能力、请求缓期或者改变履行方式。", answers=True)
def the_objection_is_one(facts: Any) -> bool:
    """CPLI 436: an oral objection is void; unable to pay, or asking for time, is none."""
    return facts.told("objection_in_writing") is True and facts.told("objection_ground") == "disputes_the_debt"


@GUARDS.guard("发出支付令的份数不能超过申请的份数（{facts.said[payment_orders_count]}份）。", answers=True)
def no_more_orders_than_applied_for(facts: Any) -> bool:
    applied = facts.said.get("payment_orders_count") or 1
    return bool(1 <= facts.told("orders_issued") <= applied)

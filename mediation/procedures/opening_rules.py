"""When arbitration, a suit or enforcement may be opened. What a party has already done by itself may always be
recorded: each of these lets an answer `…_already_filed` pass.
"""

from typing import Any

from ..cases.rules import MANY
from ..engine.guards import GuardBook
from .facts import words
from .titles import titles_of

GUARDS = GuardBook()

_DECIDING = {
    "arbitration": ("awarded_full", "awarded_partial", "lost", "arbitral_settlement", "award_sued", "award_annulled"),
    "litigation": ("awarded_full", "awarded_partial", "lost", "court_settlement"),
    "joint_review": ("reviewed_by_arbitration",),
    "judicial_confirmation": ("confirmed_by_court",),
}
DECIDED = frozenset(f"{workflow}:{result}" for workflow, results in _DECIDING.items() for result in results)
"""Ends after which the same claim cannot be arbitrated (again): AR 34."""

PAY = frozenset({"wages", "overtime", "bonus", "minimum_wage", "annual_leave", "double_wage"})
"""Demand heads that are pay (劳动报酬), those on which practice differs included: `heads.pay` of law/routes.yaml."""

ORDER_FAILED = frozenset({"payment_order:payment_order_void", "payment_order:payment_order_to_suit"})


def _ticked(facts: Any, name: str) -> bool:
    return facts.told(name) is True


@GUARDS.guard(
    "同一请求已有裁决、判决、调解书或确认裁定，不能再申请仲裁（办案规则第三十四条），可以申请强制执行，或者按裁决书告知的途径起诉；"
    "请求不同的，勾选“与已经处理的请求不同”；当事人已经自行申请的，勾选“已自行提出”如实登记。",
    answers=True,
)
def the_claims_are_undecided(facts: Any) -> bool:
    told = _ticked(facts, "arbitration_already_filed") or _ticked(facts, "arbitration_other_claims")
    return told or not DECIDED & words(facts.procedures_ended)


@GUARDS.guard(
    "申请人曾经缺席、按撤回处理，同一请求再次申请仲裁不予受理（办案规则第三十九条）；"
    "请求不同的，勾选“与已经处理的请求不同”；当事人已经自行申请的，勾选“已自行提出”如实登记。",
    answers=True,
)
def absence_did_not_end_it(facts: Any) -> bool:
    told = _ticked(facts, "arbitration_already_filed") or _ticked(facts, "arbitration_other_claims")
    return told or "arbitration:deemed_withdrawn" not in words(facts.procedures_ended)


@GUARDS.guard(
    "涉及{facts.workers_count}人的集体争议，须先推选3至5名代表并登记为“推选代表”（办案规则第六十三条）；"
    "当事人已经自行申请的，勾选“已自行提出”如实登记。",
    answers=True,
)
def representatives_apply_for_a_large_group(facts: Any) -> bool:
    told = _ticked(facts, "arbitration_already_filed")
    return bool(told or facts.workers_count < MANY or 3 <= facts.representatives <= 5)


@GUARDS.guard(
    "所选的理由与本案情况不符。劳动争议应当先申请仲裁，对结果不服，或者仲裁不受理、逾期不决定的才能起诉；"
    "可以直接起诉的只有：仅就劳动报酬达成的调解协议没有履行、工资欠条、依调解协议申请的支付令已终结、超龄劳动者的其他事项。"
    "当事人已经自行起诉的，勾选“已自行提出”如实登记。",
    answers=True,
)
def the_suit_may_come_first(facts: Any) -> bool:
    if _ticked(facts, "suit_already_filed"):
        return True
    holds = _GROUNDS.get(facts.told("suit_ground"))
    return holds is not None and holds(facts)


def _after_arbitration(facts: Any) -> bool:
    """The arbitration has ended somehow; while it is under way, the suit is opened there."""
    ended = {word for word in words(facts.procedures_ended) if word.startswith("arbitration:")}
    return bool(ended - {"arbitration:arb_wrong_venue"})


def _pay_only(facts: Any) -> bool:
    heads = words(facts.route_demand_heads)
    return bool(heads) and heads <= PAY


def _agreement_on_pay(facts: Any) -> bool:
    """JI1 51(2): an agreement about nothing but pay, not performed. The demands stand in for unnamed promises."""
    heads = words(facts.route_heads) or words(facts.route_demand_heads)
    return bool(facts.route_unperformed > 0 and heads and heads <= PAY)


def _order_failed(facts: Any) -> bool:
    """JI1 13(3): an order on a mediation agreement (LMA 16) failed; one on LCL 30 leads to arbitration (JI1 13)."""
    return bool(ORDER_FAILED & words(facts.procedures_ended))


def _over_age(facts: Any) -> bool:
    """OAR 19: pay, rest, safety and injury still go to arbitration first; whether it is another matter is told."""
    return bool(facts.cause == "K1")


def _civil(facts: Any) -> bool:
    return "service_injury" in words(facts.route_demand_heads)


_GROUNDS = {
    "after_arbitration": _after_arbitration,
    "pay_only_agreement": _agreement_on_pay,
    "wage_iou": _pay_only,
    "payment_order_failed": _order_failed,
    "overage_other": _over_age,
    "civil_relation": _civil,
}
"""Codes of `codes/suit_grounds`."""


@GUARDS.guard(
    "本案没有所选的执行依据。单独的调解协议不能申请强制执行，须先经仲裁审查（十五日内）、司法确认（三十日内），"
    "或者另行申请支付令、仲裁、起诉，取得生效的裁决、调解书、判决或支付令；当事人已经自行申请的，勾选“已自行提出”如实登记。",
    answers=True,
)
def there_is_such_a_title(facts: Any) -> bool:
    return bool(_ticked(facts, "enforcement_already_filed") or facts.told("enforcement_title") in titles_of(facts))

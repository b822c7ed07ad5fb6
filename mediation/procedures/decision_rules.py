"""Guards inside arbitration, litigation and enforcement: what was decided, who may still act."""

from typing import Any

from ..cases.rules import MANY
from ..engine.guards import GuardBook

GUARDS = GuardBook()

_CONTESTABLE = ("award_open", "wrong_court", "annulling")
"""States of arbitration in which an award was served and may still be fought."""

_REFUSED_WITHOUT_DECIDING = frozenset({"late", "final_award"})
"""Reasons of a court (codes/court_refusals) after which the award stands as it was."""


@GUARDS.guard("不是因为本委没有管辖权。", answers=True)
def another_committee_is_competent(facts: Any) -> bool:
    return bool(facts.told("arbitration_refusal") == "wrong_venue")


@GUARDS.guard("没有被不予受理或撤销。")
def the_application_was_refused(facts: Any) -> bool:
    return bool(facts.state == "refused")


@GUARDS.guard("还没有开过庭。")
def a_hearing_was_held(facts: Any) -> bool:
    return facts.said.get("heard_on") is not None


@GUARDS.guard(
    "集体争议变更、撤回请求或者调解，须经被代表的劳动者同意（办案规则第六十三条），请先征得同意。", answers=True
)
def the_represented_workers_consent(facts: Any) -> bool:
    return bool(facts.workers_count < MANY or facts.told("represented_consent") is True)


@GUARDS.guard("最后一方收到的日期不能早于劳动者收到的日期，请核对。", answers=True)
def the_last_service_is_not_earlier(facts: Any) -> bool:
    worker = facts.told("award_served_worker_on") or facts.told("judgment_served_worker_on")
    last = facts.told("award_served_last_on") or facts.told("judgment_served_last_on")
    return bool(last >= worker)


@GUARDS.guard("没有驳回全部请求。")
def everything_was_dismissed(facts: Any) -> bool:
    return bool(facts.said.get("decision_result") == "dismissed")


@GUARDS.guard("没有驳回全部请求。", answers=True)
def everything_is_dismissed_now(facts: Any) -> bool:
    return bool(facts.told("decision_result") == "dismissed")


@GUARDS.guard("没有支持全部请求。")
def everything_was_supported(facts: Any) -> bool:
    return bool(facts.said.get("decision_result") == "full")


@GUARDS.guard(
    "裁决书写明是终局裁决，用人单位不能起诉，只能自收到裁决书起三十日内向中级法院申请撤销；"
    "单位已经起诉的，勾选“当事人已自行起诉”如实登记。",
    answers=True,
)
def the_employer_may_sue_over_this_award(facts: Any) -> bool:
    final = facts.state in _CONTESTABLE and facts.said.get("award_finality") == "final"
    by_employer_only = set(facts.told("suing_sides") or ()) == {"employer"}
    return bool(not (final and by_employer_only) or facts.told("suit_already_filed") is True)


@GUARDS.guard("裁决书写明是非终局裁决，不服的应当起诉，不能申请撤销。")
def the_award_is_final_or_unmarked(facts: Any) -> bool:
    return bool(facts.said.get("award_finality") != "not_final")


@GUARDS.guard("不是只有部分劳动者起诉。", answers=True)
def the_award_stands_for_the_others(facts: Any) -> bool:
    """JI1 17 (from memory, not in the list of articles): for workers who do not sue the award takes effect."""
    return bool(facts.state == "award_open" and facts.told("only_some_workers") is True)


@GUARDS.guard("裁决没有被撤销。")
def the_award_was_annulled(facts: Any) -> bool:
    return bool(facts.state == "annulled")


@GUARDS.guard("还没有作出裁决。")
def an_award_was_made(facts: Any) -> bool:
    return facts.state in _CONTESTABLE


@GUARDS.guard("法院不是因为逾期起诉或终局裁决而不受理。")
def the_refusal_leaves_the_award_standing(facts: Any) -> bool:
    return facts.said.get("court_refusal") in _REFUSED_WITHOUT_DECIDING


@GUARDS.guard("不是小额诉讼，可以上诉。")
def there_is_no_appeal(facts: Any) -> bool:
    """Small claims are decided once and for all by the first instance."""
    return bool(facts.said.get("trial_procedure") == "small")


@GUARDS.guard("没有裁定保全。")
def property_was_preserved(facts: Any) -> bool:
    return facts.said.get("preservation_granted") is True


@GUARDS.guard("没有执行到位的金额。", answers=True)
def something_was_enforced(facts: Any) -> bool:
    return bool(facts.told("enforced_sum") > 0)


@GUARDS.guard("延长诉前调解须双方同意，请先征得同意。", answers=True)
def both_sides_agree_to_prolong(facts: Any) -> bool:
    return facts.told("both_agreed") is True

"""Guards about the case file and the answers of an event. Pure; each with the sentence a person reads."""

from datetime import date
from typing import Any

from ..engine.guards import GuardBook

GUARDS = GuardBook()

MANY = 10
"""LMA 7, AR 62-63: from ten workers with a common claim on, representatives act for the group."""


@GUARDS.guard("还没有登记劳动者，请先在当事人中添加。")
def a_worker_is_named(facts: Any) -> bool:
    return bool(facts.workers > 0)


@GUARDS.guard("还没有登记用人单位，请先在当事人中添加。")
def an_employer_is_named(facts: Any) -> bool:
    return bool(facts.employers > 0)


@GUARDS.guard("还没有登记请求，请先写明劳动者要求什么。")
def something_is_demanded(facts: Any) -> bool:
    return bool(facts.demands > 0)


@GUARDS.guard("还没有指派调解员，请先指派。")
def a_mediator_is_assigned(facts: Any) -> bool:
    return facts.owner_id is not None


@GUARDS.guard("涉及{facts.workers_count}人，已达红色预警的人数，请先发出红色预警并处置。")
def red_signals_were_handled(facts: Any) -> bool:
    """Thirty workers or more (design, LAW 6.2): the warning comes first."""
    return bool(facts.workers_count < 30 or facts.risk_level is not None)


@GUARDS.guard("尚有一方没有同意调解；双方都同意才能受理（协商调解规定第二十二条）。")
def both_sides_agree(facts: Any) -> bool:
    return bool(facts.employers_not_agreed == 0 and facts.workers_not_agreed == 0)


@GUARDS.guard("还有当事人没有表示同意。", answers=True)
def both_sides_agree_after_this(facts: Any) -> bool:
    """The answer being recorded is an agreement, and it is the last one missing."""
    party = str(facts.told("consent_party"))
    missing = {p for p in (facts.parties_not_agreed or "").split(",") if p} - {party}
    return facts.told("consent") == "agreed" and not missing


@GUARDS.guard("对方没有拒绝、失联或不答复。", answers=True)
def consent_is_not_given(facts: Any) -> bool:
    return facts.told("consent") in ("refused", "unreachable", "no_answer")


@GUARDS.guard("涉及{facts.workers_count}人，须先推选3至5名代表，并登记为“推选代表”。")
def representatives_are_chosen_for_large_groups(facts: Any) -> bool:
    """AR 63 gives three to five for arbitration; used by analogy in mediation, where LMA 7 gives no number."""
    return bool(facts.workers_count < MANY or 3 <= facts.representatives <= 5)


@GUARDS.guard("日期不能晚于今天（{facts.today}）。", answers=True)
def the_day_is_not_in_the_future(facts: Any) -> bool:
    """Every day asked as `…_on` is one on which something has happened."""
    days = [day for name, day in facts.answers if name.endswith("_on") and isinstance(day, date)]
    return all(day <= facts.today for day in days)


@GUARDS.guard("延期须双方同意并签名（协商调解规定第二十九条）。", answers=True)
def both_sides_signed_the_extension(facts: Any) -> bool:
    return facts.told("both_signed") is True


@GUARDS.guard("恢复调解须双方书面同意。", answers=True)
def both_sides_signed_the_resumption(facts: Any) -> bool:
    return facts.told("both_signed") is True


@GUARDS.guard("延期后的日期须晚于今天（{facts.today}）。", answers=True)
def the_new_end_is_in_the_future(facts: Any) -> bool:
    return bool(facts.told("extended_until") > facts.today)


@GUARDS.guard("已有法律援助正在办理，不必重复申请。")
def no_legal_aid_is_under_way(facts: Any) -> bool:
    return bool(facts.aid_under_way == 0)


@GUARDS.guard("不是因对方已经履行而撤回。", answers=True)
def withdrawn_because_paid(facts: Any) -> bool:
    return bool(facts.told("withdrawal_reason") == "paid")


@GUARDS.guard("不是申请人放弃。", answers=True)
def withdrawn_because_given_up(facts: Any) -> bool:
    return bool(facts.told("withdrawal_reason") == "given_up")


@GUARDS.guard("本案从未受理过，请用“对方改变主意，同意调解”。")
def it_had_been_accepted(facts: Any) -> bool:
    return facts.said.get("accepted_on") is not None


@GUARDS.guard("本案受理过，请用“恢复调解”。")
def it_had_not_been_accepted(facts: Any) -> bool:
    return facts.said.get("accepted_on") is None


@GUARDS.guard("不属于受理范围的案件，请用“不予受理”并告知去处。", answers=True)
def it_is_in_scope(facts: Any) -> bool:
    return bool(facts.told("in_scope") is True)


@GUARDS.guard("须由提出人以外的人审核，请交另一位主管。")
def another_person_decides(facts: Any) -> bool:
    """Four eyes: whoever proposed cannot approve, in whatever role. Nobody known counts as nobody else."""
    return facts.actor_id is not None and facts.actor_id != facts.came_by_id


def _it_came_from(state: str, title: str) -> None:
    def judged(facts: Any) -> bool:
        return bool(facts.came_from == state)

    judged.__name__ = f"it_came_from_{state}"
    GUARDS.guard(f"不是在“{title}”阶段提出的。")(judged)


for _state, _title in (
    ("intake", "已登记"),
    ("screening", "审查与征询"),
    ("default", "逾期未履行"),
    ("elsewhere", "其他程序处理中"),
):
    _it_came_from(_state, _title)

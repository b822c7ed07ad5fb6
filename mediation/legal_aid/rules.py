"""Guards of legal aid. Pure; each with the sentence a person reads."""

from typing import Any

from ..engine.guards import GuardBook
from .means import Means, means

GUARDS = GuardBook()


def means_of(facts: Any) -> Means:
    """By what is told now, else by what was said when the aid was asked for or reviewed."""
    ground = facts.told("aid_means") or facts.said.get("aid_means")
    return means(ground, facts.told("aid_scope") or facts.said.get("aid_scope"))


@GUARDS.guard(
    "经济困难状况还没有说清：须属于免予核查的情形（且与援助事项的类别相符），"
    "或者已通过信息共享核实、签署个人诚信承诺书（法律援助法第四十一条、第四十二条）。请先更正或者通知补充。"
)
def means_are_settled(facts: Any) -> bool:
    return means_of(facts).settled


@GUARDS.guard(
    "补办手续须写明经济困难状况：属于免予核查的情形（且与援助事项的类别相符），"
    "或者已核实、已签署个人诚信承诺书（法律援助法第四十一条、第四十二条）。不符合条件的请终止援助。",
    answers=True,
)
def the_means_told_are_settled(facts: Any) -> bool:
    return means_of(facts).settled


@GUARDS.guard(
    "先行提供援助须有紧急情形：距时效或者期限届满不足七日，或者需要立即申请保全、先予执行等"
    "（法律援助法第四十四条）。没有的请先审查。",
    answers=True,
)
def an_urgent_ground_is_named(facts: Any) -> bool:
    return facts.told("aid_urgent_ground") not in (None, "none")


@GUARDS.guard("这次援助不是先行提供的，没有需要补办的手续。")
def aid_was_given_in_advance(facts: Any) -> bool:
    return facts.said.get("advance_papers_due_day") is not None


@GUARDS.guard("留给受援人补充材料的日期须晚于今天（{facts.today}）。", answers=True)
def the_papers_day_is_ahead(facts: Any) -> bool:
    days = (facts.told("supplement_due_day"), facts.told("advance_papers_due_day"))
    return all(day is None or day > facts.today for day in days)

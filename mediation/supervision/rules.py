"""Guards of the letters: to whom, without whose name, by which union, and which rung of the ladder stands."""

from typing import Any

from ..engine.guards import GuardBook
from .facts import words

GUARDS = GuardBook()


@GUARDS.guard("被监督的应当是本案的用人单位，请从用人单位中选择。", answers=True)
def the_addressee_is_an_employer(facts: Any) -> bool:
    return str(facts.told("supervised_employer")) in words(facts.employer_ids)


@GUARDS.guard("反映人要求保密，函中不能出现劳动者的姓名，请改写后再出具。", answers=True)
def the_letter_names_no_complainant(facts: Any) -> bool:
    """Whoever complained stays unnamed, unless they agreed to be named."""
    if facts.said.get("complainant_secret") is False:
        return True
    texts = [value for _, value in facts.answers if isinstance(value, str)]
    return not any(name in text for name in words(facts.worker_names) for text in texts)


@GUARDS.guard("建议书须由区县级以上工会发出，本单位和上级中没有，请报上级工会。")
def a_county_union_exists(facts: Any) -> bool:
    return facts.county_union_id is not None


@GUARDS.guard("提示函还没有送达。")
def a_hint_was_served(facts: Any) -> bool:
    return facts.said.get("hint_served_on") is not None


@GUARDS.guard("意见书还没有送达。")
def an_opinion_was_served(facts: Any) -> bool:
    return facts.said.get("opinion_served_on") is not None


@GUARDS.guard("建议书还没有送达。")
def a_proposal_was_served(facts: Any) -> bool:
    return facts.said.get("proposal_served_on") is not None


@GUARDS.guard("现在不是等待提示函答复的时候。")
def the_hint_waits_for_an_answer(facts: Any) -> bool:
    return bool(facts.state == "hint_served")


@GUARDS.guard("现在不是等待意见书答复的时候。")
def the_opinion_waits_for_an_answer(facts: Any) -> bool:
    return bool(facts.state == "opinion_served")


@GUARDS.guard("核验结果不是“已经整改到位”。", answers=True)
def the_rectification_is_complete(facts: Any) -> bool:
    return bool(facts.told("verification") == "full")

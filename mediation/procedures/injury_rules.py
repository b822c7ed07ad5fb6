"""Guards of the injury workflow. Most choose the branch that a decision leads to."""

from datetime import date
from typing import Any

from ..engine.guards import GuardBook
from .injury_facts import STANDING

GUARDS = GuardBook()


@GUARDS.guard("日期不能早于事故（诊断）日期{facts.said[injured_on]}，请核对。", answers=True)
def the_injury_came_first(facts: Any) -> bool:
    injured_on = facts.day("injured_on")
    days = [day for name, day in facts.answers if name.endswith("_on") and isinstance(day, date)]
    return injured_on is None or all(day >= injured_on for day in days)


@GUARDS.guard("结论不是认定工伤。", answers=True)
def the_decision_recognises_the_injury(facts: Any) -> bool:
    return bool(facts.told("injury_decision") == "recognised")


@GUARDS.guard("现在不是未予认定。")
def the_injury_is_denied_now(facts: Any) -> bool:
    """Also while a review of the refusal is under way whose result nobody has recorded."""
    return bool(facts.state in ("denied", "refusal_review"))


@GUARDS.guard("原结论没有被撤销。", answers=True)
def the_decision_is_annulled(facts: Any) -> bool:
    return bool(facts.told("injury_challenge_result") == "annulled")


@GUARDS.guard("判决已经生效。", answers=True)
def the_judgment_is_appealed(facts: Any) -> bool:
    return bool(facts.told("injury_judgment_final") is False)


@GUARDS.guard("现在没有有效的工伤认定。", answers=True)
def the_injury_stands_recognised(facts: Any) -> bool:
    """What was changed counts as changed; what was upheld, or given up, leaves things as they are."""
    result = facts.told("injury_challenge_result")
    if result in ("changed_recognised", "changed_not_recognised"):
        return bool(result == "changed_recognised")
    return facts.state in STANDING


@GUARDS.guard("还没有鉴定结论。")
def a_grade_is_known(facts: Any) -> bool:
    """A grade with the day of its conclusion; one that is only told by a source has none."""
    return bool(facts.said.get("injury_grade") and facts.said.get("appraised_on"))

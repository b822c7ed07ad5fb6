"""Guards about limitation. It never bars anything by itself: what is over may still be mediated, agreed and paid."""

from typing import Any

from ..engine.guards import GuardBook

GUARDS = GuardBook()


@GUARDS.guard("现在没有时效不足七日的待办。")
def aid_in_advance_is_due(facts: Any) -> bool:
    return "advance_aid_action" in (facts.running or "").split(",")

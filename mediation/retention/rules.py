"""Guards of destroyed files."""

from typing import Any

from ..engine.guards import GuardBook

GUARDS = GuardBook()


@GUARDS.guard("本案的内容已经依法销毁，不能重新启动；当事人再次提出的，请另行登记新的案件。")
def the_file_is_still_there(facts: Any) -> bool:
    return bool(facts.erased == 0)

"""群体性、突发事件: the log kept on the spot, and times that must already have come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..cases.activities import add_activity_row
from ..cases.effects import nothing
from ..cases.step import Step
from ..engine.guards import GuardBook
from ..runtime import Effect, Inverse

GUARDS = GuardBook()


@GUARDS.guard("时间不能晚于现在（{facts.now:%Y-%m-%d %H:%M}）。", answers=True)
def the_time_is_not_in_the_future(facts: Any) -> bool:
    """Every time asked as `…_at` is one at which something has happened."""
    times = [at for name, at in facts.answers if name.endswith("_at") and isinstance(at, datetime)]
    return all(at <= facts.now for at in times)


def record_on_site(step: Step) -> None:
    """One line of the on-site log, at the time it happened."""
    add_activity_row(step, "on_site", step.answers.site_note, step.answers.site_at)


EFFECTS: Mapping[str, Effect] = {"record_on_site": record_on_site}
UNDOES: Mapping[str, Inverse] = {"record_on_site": nothing}

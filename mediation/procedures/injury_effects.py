"""Effects of the injury workflow."""

from collections.abc import Mapping

from ..cases.activities import add_activity_row
from ..cases.effects import nothing
from ..cases.step import Step
from ..runtime import Effect, Inverse


def note_late_injury_application(step: Step) -> None:
    """WII 17(4): an employer that did not apply within its thirty days bears what falls due until the application."""
    applied, injured = step.answers.injury_applied_on, step.facts.day("injured_on")
    if injured is None:
        return
    due = step.runtime.law.reckon("work_injury_employer", injured, as_of=step.today).legal_due
    if applied <= due:
        return
    step.results["employer_late_since"] = due
    add_activity_row(
        step,
        "note",
        f"用人单位应当在{due.isoformat()}以前申请工伤认定，实际于{applied.isoformat()}才有申请；"
        "此间发生的工伤待遇等费用由用人单位负担（工伤保险条例第十七条第四款）。",
        step.at,
    )


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (note_late_injury_application,)}
UNDOES: Mapping[str, Inverse] = {"note_late_injury_application": nothing}

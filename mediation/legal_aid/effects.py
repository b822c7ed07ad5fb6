"""Effects of legal-aid events on the case file."""

from collections.abc import Mapping

from ..cases.activities import add_activity_row
from ..cases.effects import nothing
from ..cases.step import Step
from ..runtime import Effect, Inverse
from .rules import means_of

REPAY = (
    "受援人以欺骗或者其他不正当手段获得法律援助：司法行政部门可以责令其支付已实施援助的费用，"
    "并处三千元以下罚款（法律援助法第六十四条）。请将有关材料移交司法行政部门。"
)


def record_means(step: Step) -> None:
    """Why nobody examined the means, or by what they were shown: in the trail and in the work log."""
    found = means_of(step.facts)
    step.results["means"] = {"exempt": found.exempt, "reason": found.reason}
    add_activity_row(step, "note", f"经济困难状况：{found.reason}。", step.at)


def note_repayment(step: Step) -> None:
    """Aid that was got by fraud is to be paid for (LAL 64); the other grounds of LAL 48 have no such consequence."""
    if step.answers.aid_termination_ground == "fraud":
        step.results["repayment"] = REPAY
        add_activity_row(step, "note", REPAY, step.at)


def reopen_aid(step: Step) -> None:
    """An objection, even a late one: how it first ended stays in the trail."""
    step.changed |= {"outcome": None}


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (record_means, note_repayment, reopen_aid)}
UNDOES: Mapping[str, Inverse] = {"record_means": nothing, "note_repayment": nothing, "reopen_aid": nothing}

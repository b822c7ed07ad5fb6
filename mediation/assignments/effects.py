"""Effects of events on assignments. The partial unique index, not Python, decides who gets a case."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ..cases.step import Step
from ..errors import Refusal, Refused
from ..runtime import Effect
from .models import Assignment


def claim_assignment(step: Step) -> None:
    """The acting lawyer becomes the holder; Refused where another was faster."""
    assert step.actor.person_id is not None
    assignment = Assignment(
        proceeding_id=step.proceeding_id, person_id=step.actor.person_id, role="lawyer", began_at=step.at
    )
    try:
        with step.session.begin_nested():
            step.session.add(assignment)
    except IntegrityError:
        raise Refused([Refusal("nobody_was_faster", "刚刚已被另一位律师认领。")]) from None
    step.changed["owner_id"] = step.actor.person_id
    step.results["holder"] = step.actor.person_id


def release_assignment(step: Step) -> None:
    """Back into the queue, with the reason and without blame."""
    _end(step, step.answers.release_reason, step.answers.release_note)
    step.changed["owner_id"] = None


def end_assignment(step: Step) -> None:
    _end(step, "finished", None)


def _end(step: Step, reason: str, note: str | None) -> None:
    step.session.execute(
        update(Assignment)
        .where(Assignment.proceeding_id == step.proceeding_id, Assignment.ended_at.is_(None))
        .values(ended_at=step.at, end_reason=reason, end_note=(note or "")[:500])
    )


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (claim_assignment, release_assignment, end_assignment)}

"""Effects of events on assignments. The partial unique index, not Python, decides who gets a case."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ..cases.effects import nothing
from ..cases.step import Step
from ..errors import BadInput, Refusal, Refused
from ..people.actor import load_actor
from ..runtime import Effect, Inverse
from .conflicts import refuse_grave
from .mediators import note_suggestion
from .models import Assignment


def claim_assignment(step: Step) -> None:
    """The acting lawyer becomes the holder; Refused where another was faster."""
    assert step.actor.person_id is not None
    _hold(step, step.actor.person_id)


def designate_assignment(step: Step) -> None:
    """The supervisor names the lawyer (LAL 43) where nobody has claimed the case."""
    _hold(step, _lawyer(step))


def release_assignment(step: Step) -> None:
    """Back into the queue, with the reason and without blame."""
    _end(step, step.answers.release_reason, step.answers.release_note)
    step.changed["owner_id"] = None


def hand_over_assignment(step: Step) -> None:
    """From one lawyer to another, past the queue."""
    lawyer = _lawyer(step)
    if lawyer == step.facts.lawyer_id:
        raise BadInput("填写的内容有误，请按提示修改。", {"aid_lawyer": "这位律师正在承办，请另选一位。"})
    _end(step, step.answers.release_reason, step.answers.release_note)
    _hold(step, lawyer)


def end_assignment(step: Step) -> None:
    _end(step, "finished", None)


def drop_assignment(step: Step) -> None:
    """The aid was terminated; whoever held it has nothing more to do with the case."""
    _end(step, "terminated", None)
    step.changed["owner_id"] = None


def _lawyer(step: Step) -> int:
    """The person named in `aid_lawyer`, who must be a lawyer of this place."""
    chosen = load_actor(step.session, step.answers.aid_lawyer, step.today)
    if chosen.person_id is None or "lawyer" not in chosen.roles_at(step.facts.path):
        sentence = f"{chosen.name}不是本单位的志愿律师，请另选一位。"
        raise BadInput("填写的内容有误，请按提示修改。", {"aid_lawyer": sentence})
    return chosen.person_id


def check_mediator(step: Step) -> None:
    """Grave conflicts of interest bar the colleague; the others are kept with the entry, for whoever reads it."""
    found = refuse_grave(step.session, step.answers.mediator, step.case_id, step.today)
    if found:
        step.results["conflicts"] = [conflict.sentence for conflict in found]


def _hold(step: Step, person_id: int) -> None:
    told = refuse_grave(step.session, person_id, step.case_id, step.today)
    if told:
        step.results["conflicts"] = [conflict.sentence for conflict in told]
    assignment = Assignment(proceeding_id=step.proceeding_id, person_id=person_id, role="lawyer", began_at=step.at)
    try:
        with step.session.begin_nested():
            step.session.add(assignment)
    except IntegrityError:
        raise Refused([Refusal("nobody_was_faster", "刚刚已被另一位律师认领。")]) from None
    step.changed["owner_id"] = person_id
    step.results["holder"] = person_id


def _end(step: Step, reason: str, note: str | None) -> None:
    step.session.execute(
        update(Assignment)
        .where(Assignment.proceeding_id == step.proceeding_id, Assignment.ended_at.is_(None))
        .values(ended_at=step.at, end_reason=reason, end_note=(note or "")[:500])
    )


EFFECTS: Mapping[str, Effect] = {
    f.__name__: f
    for f in (
        check_mediator,
        note_suggestion,
        claim_assignment,
        designate_assignment,
        release_assignment,
        hand_over_assignment,
        end_assignment,
        drop_assignment,
    )
}


UNDOES: Mapping[str, Inverse] = {
    "check_mediator": nothing,
    "note_suggestion": nothing,
    "claim_assignment": "认领不能撤销；不能承办的，请退回案件池。",
    "designate_assignment": "指派律师不能撤销；请转交另一位律师，或由律师退回案件池。",
    "release_assignment": "退回不能撤销；仍可承办的，请重新认领。",
    "hand_over_assignment": "转交不能撤销；请再转交一次。",
    "end_assignment": "援助办结不能撤销；有新的情况请另行转法律援助。",
    "drop_assignment": "援助终止不能撤销；请登记受援人的异议，或另行转法律援助。",
}

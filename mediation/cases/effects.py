"""Effects of events on the case file. Each gets the step of its event."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from ..clock import SHANGHAI
from ..errors import BadInput
from ..people.actor import load_actor
from ..runtime import Effect, Inverse
from .activities import add_activity_row
from .models import Case, Party
from .moving import take_in
from .step import Step


def assign_mediator(step: Step) -> None:
    """The named colleague becomes the owner; reminders to "mediator" go there from now on."""
    chosen = load_actor(step.session, step.answers.mediator, step.today)
    if "mediator" not in chosen.roles_at(step.facts.path):
        sentence = f"{chosen.name}不是本单位的调解员，请另选一位。"
        raise BadInput("填写的内容有误，请按提示修改。", {"mediator": sentence})
    step.changed["owner_id"] = step.answers.mediator


def record_consent(step: Step) -> None:
    """Agreed, refused, unreachable and no answer stay four different facts of the party."""
    told = step.answers
    _remember_consent(step, Party.id == told.consent_party)
    step.session.execute(
        update(Party).where(Party.id == told.consent_party).values(consent=told.consent, consent_on=told.consent_on)
    )
    outcomes = {"refused": "refused_by_party", "unreachable": "no_contact", "no_answer": "no_answer"}
    if told.consent in outcomes:
        step.results["failure_reason"] = outcomes[told.consent]


def record_changed_minds(step: Step) -> None:
    """Both sides have now agreed in writing, whoever had refused or not answered before."""
    on = step.facts.told("consent_on") or step.facts.told("accepted_on")
    changed = and_(Party.case_id == step.case_id, Party.side != "third", Party.consent.is_distinct_from("agreed"))
    _remember_consent(step, changed)
    step.session.execute(update(Party).where(changed).values(consent="agreed", consent_on=on))


def _remember_consent(step: Step, which: ColumnElement[bool]) -> None:
    rows = step.session.execute(select(Party.id, Party.consent, Party.consent_on).where(which)).all()
    step.before["consent"] = [[row.id, row.consent, row.consent_on] for row in rows]


def restore_consent(step: Step, before: Mapping[str, Any]) -> None:
    for id, consent, on in before.get("consent", ()):
        values = {"consent": consent, "consent_on": date.fromisoformat(on) if on else None}
        step.session.execute(update(Party).where(Party.id == id).values(values))


def record_session(step: Step) -> None:
    """A mediation session as an activity on its day."""
    told, title = step.answers, step.runtime.title
    form, result = title("session_forms", told.session_form), title("session_results", told.session_result)
    text = f"{form}：{result}" + (f"。{told.session_note}" if told.session_note else "")
    add_activity_row(step, "session", text, datetime.combine(told.held_on, time(9), SHANGHAI))


def record_risk(step: Step) -> None:
    """Risk is a history: each change is an activity, the case shows the latest."""
    _risk(step, step.answers.risk_level)


def record_red_risk(step: Step) -> None:
    _risk(step, "red")


def _risk(step: Step, level: str) -> None:
    told = step.answers
    signals = "、".join(step.runtime.title("risk_signals", s) for s in getattr(told, "risk_signals", None) or ())
    text = f"{step.runtime.title('risk_levels', level)}：{told.risk_note}" + (f"（{signals}）" if signals else "")
    add_activity_row(step, "risk", text, step.at)
    step.before["risk_level"] = step.facts.risk_level
    step.session.execute(update(Case).where(Case.id == step.case_id).values(risk_level=level))


def restore_risk(step: Step, before: Mapping[str, Any]) -> None:
    step.session.execute(update(Case).where(Case.id == step.case_id).values(risk_level=before["risk_level"]))


def record_expiry(step: Step) -> None:
    """The fifteen days (or the agreed end) are over: failed by law (ER 29), not by anybody's word."""
    step.results["failure_reason"] = "failed_expired"


def merge_case(step: Step) -> None:
    """Point to the case of this organisation that goes on; workers, demands and evidence go along."""
    number = step.answers.merged_into
    query = select(Case.id).where(Case.number == number, Case.organisation_id == step.facts.organisation_id)
    target = step.session.scalar(query)
    if target is None or target == step.case_id:
        raise BadInput("没有可以并入的案件。", {"merged_into": f"本单位没有编号为“{number}”的其他案件，请核对。"})
    source = step.session.get(Case, step.case_id)
    assert source is not None
    key = f"merge:{step.proceeding_id}:{step.facts.revision + 1}"
    moved = take_in(step.session, step.runtime, target, source, key=key, actor=step.actor)
    source.merged_into_id = target
    step.session.flush()
    step.results |= {"merged_into": target, "moved_workers": len(moved["workers"])}


def reopen_case(step: Step) -> None:
    """The outcome of the first time stays in the audit trail; the case has none until it ends again."""
    step.changed |= {"outcome": None}
    step.before["merged_into"] = step.session.scalar(select(Case.merged_into_id).where(Case.id == step.case_id))
    step.session.execute(update(Case).where(Case.id == step.case_id).values(merged_into_id=None))


def drop_outcome(step: Step) -> None:
    """The proposed ending was not approved: the case has none."""
    step.changed |= {"outcome": None}


def close_again(step: Step, before: Mapping[str, Any]) -> None:
    step.session.execute(update(Case).where(Case.id == step.case_id).values(merged_into_id=before["merged_into"]))


def forget_answers(step: Step) -> None:
    """A fresh beginning: when it was accepted or signed the first time no longer counts, and stays in the trail."""
    step.changed |= {"answers": {}}


EFFECTS: Mapping[str, Effect] = {
    f.__name__: f
    for f in (
        assign_mediator,
        record_consent,
        record_changed_minds,
        record_session,
        record_risk,
        record_red_risk,
        record_expiry,
        merge_case,
        reopen_case,
        drop_outcome,
        forget_answers,
    )
}


def nothing(step: Step, before: Mapping[str, Any]) -> None:
    """The effect wrote only what every undo takes back: activities, the proceeding's own columns, its results."""


UNDOES: Mapping[str, Inverse] = {
    "assign_mediator": nothing,
    "record_consent": restore_consent,
    "record_changed_minds": restore_consent,
    "record_session": nothing,
    "record_risk": restore_risk,
    "record_red_risk": restore_risk,
    "record_expiry": nothing,
    "reopen_case": close_again,
    "drop_outcome": nothing,
    "forget_answers": nothing,
    "merge_case": "并案已经把当事人、请求和证据转入另一案件，不能撤销；请由主管“重新启动”本案。",
}

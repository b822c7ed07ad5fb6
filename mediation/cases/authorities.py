"""Letters of authority: who acts for whom, how far, and until when. The last day is a deadline of the dispute.

Nothing is barred when it has passed: people are told, and get a new letter or note that somebody else acts.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ..deadlines.models import Deadline
from ..deadlines.run import close_deadline
from ..engine.ask_types import Day, Integer, LongText, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..reminders.plan import cancel_deadlines
from ..runtime import Effect, Inverse, Runtime
from .change import Change, changing
from .effects import nothing
from .models import Evidence, Party
from .schedule import ENDED, open_one
from .step import Step

EXPIRY = "authority_expiry"
KEPT_TABLES: Mapping[str, tuple[str, ...]] = {"authorities": ("authority_until",)}
"""The table that definitions name in `each` and whose deadlines are written here."""
WRONG = "填写的内容有误，请按提示修改。"


class AuthorityIn(BaseModel):
    """How far a representative may act, until when, by which letter. `until` None: no end is written there."""

    model_config = ConfigDict(extra="forbid", title="代理权限")

    authority: Literal["general", "special"] = Field(title="授权范围")
    powers: list[Text] = Field(default_factory=list, title="特别授权的事项", max_length=20)
    authority_until: Day | None = Field(default=None, title="授权至")
    authority_evidence: Integer | None = Field(default=None, title="授权委托书（证据编号）")
    reason: LongText | None = Field(default=None, title="说明")


def set_authority(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    data: AuthorityIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Note a letter of authority, a new one or a change; `result.before` keeps what was there."""
    given = {"party": party_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "party_authority", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            party = session.get(Party, party_id)
            if party is None or party.case_id != case_id or party.left_on is not None:
                raise NotFound("本案没有这个当事人，或者已经退出。")
            if party.represents_id is None:
                raise BadInput(WRONG, {"authority": "只有代理人、代表人才有代理权限。"})
            powers = checked_authority(session, runtime, case_id, data.authority, data.powers, data.authority_evidence)
            names = ("authority", "powers", "authority_until", "authority_evidence_id")
            made.result["before"] = {name: getattr(party, name) for name in names}
            party.authority, party.powers, party.authority_until = data.authority, powers, data.authority_until
            party.authority_evidence_id = data.authority_evidence
    return made


def checked_authority(
    session: Session,
    runtime: Runtime,
    case_id: int,
    authority: str | None,
    powers: list[str],
    evidence: int | None,
    field: str = "",
) -> list[str]:
    """The powers, each once; BadInput where they do not fit the authority or the letter is not of this case."""
    wrong: dict[str, str] = {}
    known = runtime.codes["authority_powers"]
    if any(code not in known for code in powers):
        wrong[field + "powers"] = "不在可选范围内，请从列表中选择。"
    elif powers and authority != "special":
        wrong[field + "powers"] = "一般授权没有特别授权的事项；委托书写明这些事项的，请选特别授权。"
    if evidence is not None and _letter(session, case_id, evidence) is None:
        wrong[field + "authority_evidence"] = "请从本案证据中选择。"
    if wrong:
        raise BadInput(WRONG, wrong)
    return [code for code in known.titles if code in powers]


def _letter(session: Session, case_id: int, id: int) -> int | None:
    return session.scalar(select(Evidence.id).where(Evidence.id == id, Evidence.case_id == case_id))


def keep_authorities(step: Step) -> None:
    """After any change of a case that is open: one deadline for each representative with a last day, at that day."""
    if step.facts.workflow == "dispute" and step.facts.ended_at is None:
        watch_authorities(step)


def watch_authorities(step: Step) -> None:
    """The same without asking whether the case is open, for events that open it again."""
    definition = step.runtime.machine(step.facts.workflow, step.facts.version).definition
    rule = definition.deadlines.get(EXPIRY)
    if rule is None:
        return
    step.session.flush()
    wanted, running = _wanted(step), _running(step)
    for subject, due in running.items():
        if subject not in wanted or wanted[subject][0] != due:
            closed = close_deadline(step.connection, step.proceeding_id, EXPIRY, subject, step.event, step.at)
            cancel_deadlines(step.connection, closed, step.at, ENDED)
            step.before.setdefault("closed", []).extend(closed)
    for subject, (due, label) in wanted.items():
        if running.get(subject) != due:
            why = f"授权委托书写明的授权期限到{due.isoformat()}；约定的日期不因节假日顺延。"
            open_one(step, rule, due, subject, label, why)


def _wanted(step: Step) -> dict[str, tuple[date, str]]:
    """By subject: the last day, and who acts for whom."""
    other = aliased(Party)
    query = (
        select(Party.id, Party.name, Party.authority_until, other.name.label("principal"))
        .join(other, other.id == Party.represents_id)
        .where(Party.case_id == step.case_id, Party.left_on.is_(None), Party.authority_until.is_not(None))
    )
    return {
        f"party:{row.id}": (row.authority_until, f"{row.name}（代理{row.principal}）")
        for row in step.session.execute(query.order_by(Party.id))
    }


def _running(step: Step) -> Mapping[str, date]:
    query = select(Deadline.subject, Deadline.legal_due).where(
        Deadline.proceeding_id == step.proceeding_id, Deadline.name == EXPIRY, Deadline.closed_at.is_(None)
    )
    return {row.subject: row.legal_due for row in step.session.execute(query)}


EFFECTS: Mapping[str, Effect] = {"watch_authorities": watch_authorities}


UNDOES: Mapping[str, Inverse] = {"watch_authorities": nothing}

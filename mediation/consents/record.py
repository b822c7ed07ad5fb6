"""Recording what somebody was told and answered about their personal data, and what they took back later."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Evidence, Party, Proceeding
from ..cases.step import Step
from ..engine.ask_types import Day, Integer, LongText, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.models import Person
from ..reminders.notices import tell
from ..runtime import Runtime
from .models import Consent
from .notice import current_notice

CHILD = 14
TOLD, GIVEN, REFUSED, BASED = "told", "given", "refused", "based"


class AnswerIn(BaseModel):
    """One person's answer about one or several purposes, given in one breath."""

    model_config = ConfigDict(extra="forbid", title="告知与同意")

    party: Integer = Field(title="当事人", ge=1)
    purposes: list[Text] = Field(title="事项", min_length=1, max_length=20)
    answer: Text = Field(title="答复")
    ground: Text = Field(default="consent", title="依据")
    way: Text = Field(title="方式")
    given_on: Day | None = Field(default=None, title="日期（不填为今天）")
    guardian: Text | None = Field(default=None, title="监护人（不满十四周岁的）", max_length=100)
    evidence: Integer | None = Field(default=None, title="签署的书面（证据编号）", ge=1)
    note: LongText | None = Field(default=None, title="说明", max_length=500)


class WithdrawalIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="撤回同意")

    way: Text = Field(title="方式")
    withdrawn_on: Day | None = Field(default=None, title="日期（不填为今天）")
    reason: LongText | None = Field(default=None, title="本人说明", max_length=500)


def record_answer(
    session: Session, runtime: Runtime, case_id: int, data: AnswerIn, *, key: str, actor: Actor
) -> Change:
    """Rows for each purpose, under the notice of the day; `result.consents` are their ids. BadInput names what is
    missing: a purpose that needs more than being told, a guardian, the reason for another basis."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(
        session, runtime, case_id, "privacy_answer", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            made.result["consents"] = answer_rows(made.step, data)
    return made


def answer_rows(step: Step, data: AnswerIn) -> list[int]:
    """The rows alone, for a change that does more, such as intake."""
    party = step.session.get(Party, data.party)
    if party is None or party.case_id != step.case_id or party.person_id is None:
        raise BadInput("填写的内容有误，请按提示修改。", {"party": "请从本案的自然人当事人中选择。"})
    on = data.given_on or step.today
    if faults := _faults(step, data, party, on):
        raise BadInput("填写的内容有误，请按提示修改。", faults)
    rows = [
        Consent(
            case_id=step.case_id,
            party_id=party.id,
            purpose=purpose,
            ground=data.ground,
            answer=TOLD if _needs(step.runtime, purpose) == TOLD else data.answer,
            notice=current_notice(step.runtime, on).version,
            way=data.way,
            given_on=on,
            guardian=data.guardian,
            evidence_id=data.evidence,
            note=data.note or "",
            at=step.at,
            by_id=step.actor.person_id,
        )
        for purpose in dict.fromkeys(data.purposes)
    ]
    step.session.add_all(rows)
    step.session.flush()
    return [row.id for row in rows]


def _needs(runtime: Runtime, purpose: str) -> str:
    return runtime.codes["consent_purposes"].about(purpose).get("need", "consent")


def _faults(step: Step, data: AnswerIn, party: Party, on: date) -> dict[str, str]:
    codes = step.runtime.codes
    lists = {"answer": "privacy_answers", "ground": "consent_grounds", "way": "consent_ways"}
    faults = {name: "请从列表中选择。" for name, book in lists.items() if getattr(data, name) not in codes[book]}
    if unknown := [one for one in data.purposes if one not in codes["consent_purposes"]]:
        faults["purposes"] = f"没有“{unknown[0]}”这一事项，请从列表中选择。"
    elif data.answer == TOLD and any(_needs(step.runtime, one) != TOLD for one in data.purposes):
        faults["answer"] = "这些事项只告知不够，须登记同意、不同意，或者另有的法律依据。"
    if (data.answer == BASED) != (data.ground != "consent"):
        faults.setdefault("ground", "同意以外的依据，答复选“另有法律依据”；选同意或不同意的，依据是本人同意。")
    if codes["consent_grounds"].about(data.ground).get("words") == "yes" and not (data.note or "").strip():
        faults["note"] = "依据不是同意的，须写明理由，作为书面评估留存。"
    if on > step.today:
        faults["given_on"] = "日期不能晚于今天。"
    if data.answer != TOLD and not data.guardian and ("minor" in data.purposes or _child(step, party, on)):
        faults["guardian"] = "不满十四周岁的，由监护人同意，请填写监护人。"
    if data.evidence is not None and not _filed(step, data.evidence):
        faults["evidence"] = "请从本案的证据中选择。"
    return faults


def _child(step: Step, party: Party, on: date) -> bool:
    person = step.session.get(Person, party.person_id or 0)
    return is_child(person.birth_date if person else None, on)


def is_child(born: date | None, on: date) -> bool:
    """Under fourteen on that day (PIPL 31)."""
    return born is not None and on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < CHILD


def _filed(step: Step, evidence_id: int) -> bool:
    item = step.session.get(Evidence, evidence_id)
    return item is not None and item.case_id == step.case_id


def withdraw(
    session: Session, runtime: Runtime, case_id: int, row_id: int, data: WithdrawalIn, *, key: str, actor: Actor
) -> Change:
    """A consent is taken back; `result` says what stops and what the law lets the office keep. Whoever handles the case
    is told in the same transaction. NotFound where the case has no such row, BadInput where it is no living consent."""
    given = {"consent": row_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(
        session, runtime, case_id, "privacy_withdrawal", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = session.get(Consent, row_id, with_for_update=True)
            if row is None or row.case_id != case_id:
                raise NotFound("本案没有这项同意，请从“告知与同意”页面进入。")
            _check(made.step, row, data)
            step = made.step
            row.withdrawn_on, row.withdrawn_at = data.withdrawn_on or step.today, step.at
            row.withdrawn_way, row.withdrawn_why, row.withdrawn_by_id = data.way, data.reason, actor.person_id
            made.result |= consequences(runtime, row.purpose)
            _tell_handlers(step, row)
    return made


def consequences(runtime: Runtime, purpose: str) -> Mapping[str, str]:
    """What a withdrawal stops, and what may be kept all the same."""
    about = runtime.codes["consent_purposes"].about(purpose)
    return {name: about[name] for name in ("stops", "keeps") if name in about}


def _check(step: Step, row: Consent, data: WithdrawalIn) -> None:
    on = data.withdrawn_on or step.today
    if row.answer != GIVEN or row.withdrawn_on is not None:
        raise BadInput("只有还在生效的同意可以撤回，请刷新页面。")
    if data.way not in step.runtime.codes["consent_ways"]:
        raise BadInput("填写的内容有误，请按提示修改。", {"way": "请从列表中选择。"})
    if not row.given_on <= on <= step.today:
        raise BadInput("填写的内容有误，请按提示修改。", {"withdrawn_on": "应在同意之日和今天之间。"})


def _tell_handlers(step: Step, row: Consent) -> None:
    name = step.session.scalar(select(Party.name).where(Party.id == row.party_id))
    title = step.runtime.title("consent_purposes", row.purpose)
    told = consequences(step.runtime, row.purpose)
    owners = select(Proceeding.owner_id).where(Proceeding.case_id == step.case_id, Proceeding.ended_at.is_(None))
    people: Sequence[Any] = [one for one in step.session.scalars(owners) if one is not None]
    body = f"{name}撤回了对“{title}”的同意。\n停止：{told.get('stops', '')}\n可以保留：{told.get('keeps', '')}"
    tell(
        step.session,
        people,
        f"{step.facts.number}：撤回同意",
        body,
        key=f"consent{row.id}-withdrawn",
        at=step.at,
        case_id=step.case_id,
    )

"""The tree of union bodies and the bodies outside it: added, renamed, moved, closed; nothing is ever taken away.

Each change is one transaction with its entry in the chain of the body (and, of a move, of both bodies above).
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..cases.access import ADMINISTRATOR
from ..cases.audit import note_outside_cases
from ..cases.models import AuditEntry, Case, Proceeding
from ..engine.ask_types import Day, Integer, LongText, Text
from ..errors import BadInput, NotFound, Refusal, Refused
from ..people.actor import Actor
from ..people.identity import clean_name
from ..people.models import Membership, Organisation, OutsideBody
from ..people.organisations import add_organisation, move_organisation, rename_organisation
from ..runtime import Runtime
from .door import body_in_reach

LINES = ("address", "phone", "arbitration_committee")
ROUTING = ("areas", "industries")
"""By what a matter is routed to the body (`mediation.arrival.routing`)."""
_BETWEEN = re.compile(r"[、，,；;\s]+")


def _words(text: Any) -> Any:
    """东街、和平里 → two words; a list stays as it is."""
    return [word for word in _BETWEEN.split(text) if word] if isinstance(text, str) else text


Areas = Annotated[list[Annotated[Text, Field(min_length=2, max_length=40)]], BeforeValidator(_words)]
Codes = Annotated[list[Text], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]


class _Lines(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Text = Field(title="全称", max_length=200)
    short_name: Text = Field(title="文号用的简称", max_length=20)
    address: Text | None = Field(default=None, title="地址")
    phone: Text | None = Field(default=None, title="电话", max_length=40)
    arbitration_committee: Text | None = Field(default=None, title="调解不成时告知的仲裁委员会", max_length=200)
    areas: Areas = Field(default_factory=list, title="辖区地名", max_length=200)
    industries: Codes = Field(default_factory=list, title="主管的行业", max_length=40)


class BodyIn(_Lines):
    """A new body below `parent`."""

    parent: Integer = Field(title="上级组织")
    level: Text = Field(title="层级")


class BodyChange(_Lines):
    """All lines of the body; a new name holds from today."""

    reason: LongText = Field(title="依据或理由", max_length=500)


class MoveIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parent: Integer = Field(title="新的上级组织")
    on: Day = Field(title="生效日期")
    reason: LongText = Field(title="依据或理由", max_length=500)


class CloseIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: LongText = Field(title="依据或理由", max_length=500)


class OutsideIn(BaseModel):
    """A body that is no union, in the area of a union body."""

    model_config = ConfigDict(extra="forbid")

    kind: Text = Field(title="种类")
    name: Text = Field(title="名称", max_length=200)
    address: Text | None = Field(default=None, title="地址")
    phone: Text | None = Field(default=None, title="电话", max_length=40)
    note: Text | None = Field(default=None, title="备注", max_length=500)
    closed: bool = Field(default=False, title="已撤销，不再使用")


def add_body(session: Session, runtime: Runtime, data: BodyIn, *, key: str, actor: Actor) -> int:
    """The id of the new body; the same key gives it again."""
    above = body_in_reach(session, actor, data.parent)
    if (before := done_before(session, key)) is not None:
        return before
    if above.closed_on is not None:
        raise BadInput(f"“{above.name}”已撤销，不能再设下级组织。", {"parent": "请选择未撤销的上级组织。"})
    lines: Any = {name: getattr(data, name) for name in LINES}
    _check_industries(runtime, data)
    made = add_organisation(session, data.name, data.short_name, data.level, above, **lines)
    made.areas, made.industries = data.areas, data.industries
    note(session, runtime, made.id, "add_organisation", data.model_dump(exclude_none=True), key=key, actor=actor)
    return made.id


def change_body(
    session: Session, runtime: Runtime, organisation_id: int, data: BodyChange, *, key: str, actor: Actor
) -> None:
    body = body_in_reach(session, actor, organisation_id)
    if done_before(session, key) is not None:
        return
    _check_industries(runtime, data)
    before = {name: getattr(body, name) for name in ("name", "short_name", *LINES, *ROUTING)}
    rename_organisation(session, body, data.name, data.short_name, runtime.clock.today())
    for name in (*LINES, *ROUTING):
        setattr(body, name, getattr(data, name))
    session.flush()
    told = {"given": data.model_dump(exclude_none=True), "before": before}
    note(session, runtime, body.id, "change_organisation", told, key=key, actor=actor)


def _check_industries(runtime: Runtime, data: _Lines) -> None:
    if any(code not in runtime.codes["industries"] for code in data.industries):
        raise BadInput("请从列表中选择行业。", {"industries": "不在可选范围内，请从列表中选择。"})


def move_body(session: Session, runtime: Runtime, organisation_id: int, data: MoveIn, *, key: str, actor: Actor) -> int:
    """Both the old and the new body above must be within reach; how many bodies moved."""
    body = body_in_reach(session, actor, organisation_id)
    if done_before(session, key) is not None:
        return 0
    if data.on > runtime.clock.today():
        raise BadInput("生效日期不能晚于今天，请在生效当日办理。", {"on": "生效日期不能晚于今天。"})
    if body.parent_id is None:
        raise BadInput("最上级的组织不能移动。", {"parent": "最上级的组织不能移动。"})
    old = body_in_reach(session, actor, body.parent_id)
    new = body_in_reach(session, actor, data.parent)
    if new.closed_on is not None:
        raise BadInput(f"“{new.name}”已撤销。", {"parent": "请选择未撤销的上级组织。"})
    moved = move_organisation(session, body, new, data.on)
    told = {**data.model_dump(mode="json"), "from": old.id, "bodies": moved, "body": body.id}
    note(session, runtime, body.id, "move_organisation", told, key=key, actor=actor)
    for above in (old, new):
        note(session, runtime, above.id, "organisation_moved", told, key=None, actor=actor)
    return moved


def close_body(
    session: Session, runtime: Runtime, organisation_id: int, data: CloseIn, *, key: str, actor: Actor
) -> None:
    """Nothing begins there any more. Refused while work or bodies below are still open; its roles end today."""
    body = body_in_reach(session, actor, organisation_id)
    if done_before(session, key) is not None:
        return
    if body.closed_on is not None:
        raise BadInput("这个组织已经撤销。")
    if why := _still_open(session, body):
        raise Refused(why)
    today = runtime.clock.today()
    body.closed_on = today
    ended = _end_roles(session, body.id, today)
    told = {**data.model_dump(), "roles_ended": ended}
    note(session, runtime, body.id, "close_organisation", told, key=key, actor=actor)


def _still_open(session: Session, body: Organisation) -> list[Refusal]:
    below = select(func.count(Organisation.id)).where(
        Organisation.parent_id == body.id, Organisation.closed_on.is_(None)
    )
    cases = (
        select(func.count(func.distinct(Case.id)))
        .join(Proceeding, Proceeding.case_id == Case.id)
        .where(Case.organisation_id == body.id, Proceeding.ended_at.is_(None))
    )
    found = []
    if count := session.scalar(below):
        found.append(Refusal("nothing_below", f"还有{count}个下级组织，请先移走或撤销。"))
    if count := session.scalar(cases):
        found.append(Refusal("no_open_case", f"还有{count}件案件没有办结，请先办结。"))
    return found


def _end_roles(session: Session, organisation_id: int, today: date) -> list[int]:
    live = update(Membership).where(Membership.organisation_id == organisation_id, Membership.until_on.is_(None))
    ended = session.execute(live.values(until_on=today).returning(Membership.id))
    return sorted(ended.scalars())


def add_outside(
    session: Session, runtime: Runtime, organisation_id: int, data: OutsideIn, *, key: str, actor: Actor
) -> int:
    """A body outside, known to this union body and all below; its id."""
    body = body_in_reach(session, actor, organisation_id)
    if (before := done_before(session, key)) is not None:
        return before
    made = OutsideBody(organisation_id=body.id)
    _write(session, runtime, made, data)
    session.add(made)
    session.flush()
    told = {"outside": made.id, **data.model_dump(exclude_none=True)}
    note(session, runtime, body.id, "add_outside_body", told, key=key, actor=actor)
    return made.id


def change_outside(
    session: Session, runtime: Runtime, outside_id: int, data: OutsideIn, *, key: str, actor: Actor
) -> None:
    found = session.get(OutsideBody, outside_id)
    if found is None:
        raise NotFound("没有这个单位，或者不在您的管理范围内。")
    body = body_in_reach(session, actor, found.organisation_id)
    if done_before(session, key) is not None:
        return
    before = {name: getattr(found, name) for name in ("kind", "name", "address", "phone", "note")}
    _write(session, runtime, found, data)
    session.flush()
    told = {"outside": found.id, "given": data.model_dump(exclude_none=True), "before": before}
    note(session, runtime, body.id, "change_outside_body", told, key=key, actor=actor)


def _write(session: Session, runtime: Runtime, body: OutsideBody, data: OutsideIn) -> None:
    name = clean_name(data.name)
    if data.kind not in runtime.codes["outside_body_kinds"]:
        raise BadInput("请从列表中选择种类。", {"kind": "请从列表中选择。"})
    same = select(OutsideBody.id).where(OutsideBody.organisation_id == body.organisation_id, OutsideBody.name == name)
    if (other := session.scalars(same).first()) is not None and other != body.id:
        raise BadInput(f"“{name}”已登记，请勿重复添加。", {"name": "已有同名单位。"})
    body.kind, body.name, body.address, body.phone = data.kind, name, data.address, data.phone
    body.note = data.note or ""
    body.closed_on = (body.closed_on or runtime.clock.today()) if data.closed else None


def note(
    session: Session, runtime: Runtime, organisation_id: int, event: str, told: Any, *, key: str | None, actor: Actor
) -> None:
    """One entry in the body's chain."""
    now = runtime.clock.now()
    note_outside_cases(session, organisation_id, event, told, actor=actor, role=ADMINISTRATOR, at=now, key=key)


def done_before(session: Session, key: str) -> int | None:
    """Of a request that is repeated: the body in whose chain it stands."""
    return session.scalar(select(AuditEntry.organisation_id).where(AuditEntry.idempotency_key == key))

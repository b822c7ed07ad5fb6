"""Colleagues: entered, corrected, given roles at places for a time, with an account to log in.

Nobody grants anything above or beside the place they administer, nor to themselves.
"""

import json
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import AuditEntry
from ..engine.ask_types import Day, Integer, Text
from ..errors import BadInput, NotFound
from ..logins import closing
from ..people.accounts import create_account, reset_password
from ..people.actor import Actor
from ..people.colleagues import checked_languages
from ..people.identity import clean_name
from ..people.models import Account, Membership, Person
from ..people.organisations import grant_role
from ..people.persons import PersonData, register_person
from ..people.sessions import close_sessions_of
from ..runtime import Runtime
from .door import administering, body_in_reach, check_person, not_oneself
from .tree import done_before, note

NEVER_GRANTED = ("clock",)


class RoleIn(BaseModel):
    """A role at a place, both days included."""

    model_config = ConfigDict(extra="forbid")

    organisation: Integer = Field(title="任职单位")
    role: Text = Field(title="角色")
    from_on: Day = Field(title="自何日起")
    until_on: Day | None = Field(default=None, title="至何日止（含当日）")


class ColleagueIn(BaseModel):
    """Somebody new, with their first role: without one nobody would answer for them."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(title="姓名", max_length=100)
    phone: Text | None = Field(default=None, title="电话", max_length=40)
    email: Text | None = Field(default=None, title="邮箱", max_length=200)
    organisation: Integer = Field(title="任职单位")
    role: Text = Field(title="角色")
    from_on: Day = Field(title="自何日起")
    until_on: Day | None = Field(default=None, title="至何日止（含当日）")


class ColleagueChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Text = Field(title="姓名", max_length=100)
    phone: Text | None = Field(default=None, title="电话", max_length=40)
    email: Text | None = Field(default=None, title="邮箱", max_length=200)
    languages: list[Text] = Field(default_factory=list, title="能听取陈述的语言", max_length=30)


class AccountIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    login: Text = Field(title="登录名", max_length=60)
    password: str = Field(title="初始密码", max_length=200)


class PasswordIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: str = Field(title="新密码", max_length=200)


def add_colleague(session: Session, runtime: Runtime, data: ColleagueIn, *, key: str, actor: Actor) -> int:
    """The id of the new person."""
    administering(actor)
    if done_before(session, key) is not None:
        return _person_of(session, key)
    told = {name: getattr(data, name) for name in ("organisation", "role", "from_on", "until_on")}
    person = register_person(
        session, PersonData(name=data.name, phone=data.phone, email=data.email), at=runtime.clock.now()
    )
    grant(session, runtime, person.id, RoleIn.model_validate(told), key=key, actor=actor, event="add_colleague")
    return person.id


def _person_of(session: Session, key: str) -> int:
    """Whom a repeated request had entered."""
    payload = session.scalars(select(AuditEntry.payload).where(AuditEntry.idempotency_key == key)).one()
    return int(json.loads(payload)["person"])


def change_colleague(
    session: Session, runtime: Runtime, person_id: int, data: ColleagueChange, *, key: str, actor: Actor
) -> None:
    """Correct name, telephone or e-mail; what stood there before stands in the chain as "changed", without the text."""
    check_person(session, actor, person_id)
    if done_before(session, key) is not None:
        return
    person = session.get_one(Person, person_id, with_for_update=True)
    given: dict[str, Any] = {"name": clean_name(data.name), "phone": data.phone, "email": data.email}
    given["languages"] = checked_languages(runtime.codes["languages"], data.languages)
    if not given["name"]:
        raise BadInput("请填写姓名。", {"name": "请填写姓名。"})
    changed = sorted(name for name, value in given.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, given[name])
    session.flush()
    place = _place_of(session, person_id)
    note(session, runtime, place, "change_colleague", {"person": person_id, "changed": changed}, key=key, actor=actor)


def grant(
    session: Session,
    runtime: Runtime,
    person_id: int,
    data: RoleIn,
    *,
    key: str,
    actor: Actor,
    event: str = "grant_role",
) -> int:
    """Give a role within reach; the id of the membership. BadInput where the same role runs there already."""
    body = body_in_reach(session, actor, data.organisation)
    not_oneself(actor, person_id)
    if done_before(session, key) is not None:
        return 0
    if event == "grant_role":
        check_person(session, actor, person_id)
    if data.role not in runtime.codes["roles"] or data.role in NEVER_GRANTED:
        raise BadInput("请从列表中选择角色。", {"role": "请从列表中选择。"})
    if body.closed_on is not None:
        raise BadInput(f"“{body.name}”已撤销，不能再任职。", {"organisation": "请选择未撤销的单位。"})
    if _overlaps(session, person_id, data):
        sentence = "这段时间里已有同一单位的同一角色，不必重复授予。"
        raise BadInput(sentence, {"from_on": sentence})
    made = grant_role(session, person_id, body.id, data.role, data.from_on, data.until_on)
    told = {"person": person_id, "membership": made.id, **data.model_dump(mode="json", exclude_none=True)}
    note(session, runtime, body.id, event, told, key=key, actor=actor)
    return made.id


def _overlaps(session: Session, person_id: int, data: RoleIn) -> bool:
    query = select(Membership).where(
        Membership.person_id == person_id,
        Membership.organisation_id == data.organisation,
        Membership.role == data.role,
    )
    last = data.until_on or date.max
    return any(m.from_on <= last and data.from_on <= (m.until_on or date.max) for m in session.scalars(query))


def end_role(session: Session, runtime: Runtime, membership_id: int, last_day: date, *, key: str, actor: Actor) -> None:
    """The role holds up to and including that day; whoever has none left is logged out."""
    row = session.get(Membership, membership_id)
    if row is None:
        raise NotFound("没有这项任职，或者不在您的管理范围内。")
    body_in_reach(session, actor, row.organisation_id)
    not_oneself(actor, row.person_id)
    if done_before(session, key) is not None:
        return
    if last_day < row.from_on and last_day < runtime.clock.today():
        raise BadInput("任职结束日期早于开始日期，请核对。", {"until_on": "结束日期早于开始日期。"})
    row.until_on = last_day
    session.flush()
    told = {"person": row.person_id, "membership": row.id, "role": row.role, "until_on": last_day.isoformat()}
    note(session, runtime, row.organisation_id, "end_role", told, key=key, actor=actor)


def open_account(
    session: Session, runtime: Runtime, person_id: int, data: AccountIn, *, key: str, actor: Actor
) -> None:
    """A log-in with a first password, for somebody whose every place the actor administers."""
    _may_have_account(session, runtime, person_id, actor)
    if done_before(session, key) is not None:
        return
    if session.scalars(select(Account.id).where(Account.person_id == person_id)).first() is not None:
        raise BadInput("此人已有账号。", {"login": "此人已有账号，请重设密码。"})
    made = create_account(session, person_id, data.login, data.password, at=runtime.clock.now())
    told = {"person": person_id, "account": made.id, "login": made.login}
    note(session, runtime, _place_of(session, person_id), "add_account", told, key=key, actor=actor)


def new_password(
    session: Session, runtime: Runtime, account_id: int, data: PasswordIn, *, key: str, actor: Actor
) -> None:
    """For somebody who has forgotten theirs; all log-ins of the account end."""
    account = account_in_reach(session, runtime, account_id, actor)
    if done_before(session, key) is not None:
        return
    reset_password(session, account, data.password)
    ended = close_sessions_of(session, account_id, at=runtime.clock.now())
    told = {"account": account_id, "person": account.person_id, "ended": ended}
    note(session, runtime, _place_of(session, account.person_id), "reset_password", told, key=key, actor=actor)


def lock_account(session: Session, runtime: Runtime, account_id: int, *, key: str, actor: Actor) -> None:
    account_in_reach(session, runtime, account_id, actor)
    closing.close_account(session, account_id, at=runtime.clock.now(), actor=actor, key=key)


def unlock_account(session: Session, runtime: Runtime, account_id: int, *, key: str, actor: Actor) -> None:
    account_in_reach(session, runtime, account_id, actor)
    closing.reopen_account(session, account_id, at=runtime.clock.now(), actor=actor, key=key)


def reset_factor(session: Session, runtime: Runtime, account_id: int, *, key: str, actor: Actor) -> None:
    account_in_reach(session, runtime, account_id, actor)
    closing.reset_factor(session, account_id, at=runtime.clock.now(), actor=actor, key=key)


def account_in_reach(session: Session, runtime: Runtime, account_id: int, actor: Actor) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound("没有这个账号，或者不在您的管理范围内。")
    _may_have_account(session, runtime, account.person_id, actor)
    return account


def _may_have_account(session: Session, runtime: Runtime, person_id: int, actor: Actor) -> None:
    check_person(session, actor, person_id)
    not_oneself(actor, person_id)
    closing.check_administrator(session, person_id, actor, runtime.clock.today())


def _place_of(session: Session, person_id: int) -> int:
    """Where the person serves or served last: in whose chain the entry stands."""
    query = select(Membership.organisation_id).where(Membership.person_id == person_id)
    latest = query.order_by(Membership.until_on.is_not(None), Membership.from_on.desc(), Membership.id.desc())
    return session.scalars(latest.limit(1)).one()

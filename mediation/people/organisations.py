"""The tree of union bodies, and who holds which role where."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import BadInput
from .identity import clean_name
from .models import Membership, Organisation, Placement

LEVELS: Mapping[str, str] = {"city": "市", "district": "区", "street": "街道（乡镇）", "community": "社区（村）"}
"""From the top down; a body stands below one of a higher level."""


def add_organisation(
    session: Session,
    name: str,
    short_name: str,
    level: str,
    parent: Organisation | None = None,
    *,
    address: str | None = None,
    phone: str | None = None,
    arbitration_committee: str | None = None,
) -> Organisation:
    """A new union body below `parent`. `short_name` is the word in front of its document numbers."""
    full, short = clean_name(name), clean_name(short_name)
    _check(session, full, short, level, parent)
    new = Organisation(name=full, short_name=short, level=level, parent_id=parent.id if parent else None)
    new.address, new.phone, new.arbitration_committee = address, phone, arbitration_committee
    new.path = secrets.token_hex(16)
    session.add(new)
    session.flush()
    new.path = f"{parent.path if parent else '/'}{new.id}/"
    session.flush()
    return new


def _check(session: Session, name: str, short: str, level: str, parent: Organisation | None) -> None:
    if not name or not short:
        raise BadInput("请填写组织全称和简称。")
    order = list(LEVELS)
    if level not in LEVELS:
        raise BadInput(f"没有“{level}”这一级组织，请从列表中选择。", {"level": "请从列表中选择层级。"})
    if parent and order.index(level) <= order.index(parent.level):
        raise BadInput(f"“{name}”的层级应低于上级组织“{parent.name}”。", {"level": "层级应低于上级组织。"})
    _check_name(session, name)


def _check_name(session: Session, name: str) -> None:
    if session.scalars(select(Organisation.id).where(Organisation.name == name)).first() is not None:
        raise BadInput(f"组织“{name}”已存在，请勿重复添加。", {"name": "已有同名组织。"})


def rename_organisation(session: Session, body: Organisation, name: str, short_name: str, on: date) -> None:
    """From `on` it has this name; papers of before keep the old one, and so does its past."""
    full, short = clean_name(name), clean_name(short_name)
    if (full, short) == (body.name, body.short_name):
        return
    if full != body.name:
        _check_name(session, full)
    if not full or not short:
        raise BadInput("请填写组织全称和简称。")
    keep_past(session, body, on)
    body.name, body.short_name = full, short
    session.flush()


def move_organisation(session: Session, body: Organisation, parent: Organisation, on: date) -> int:
    """From `on` it stands below `parent` with all that is below it; how many bodies moved.

    Their open work goes along; figures of the days before stay where they were (`mediation.people.places`).
    """
    if parent.path.startswith(body.path):
        raise BadInput("不能移到它自己的下级组织之下。", {"parent": "请选择其他上级组织。"})
    order = list(LEVELS)
    if order.index(body.level) <= order.index(parent.level):
        raise BadInput(f"“{body.name}”的层级应低于上级组织“{parent.name}”。", {"parent": "上级组织的层级太低。"})
    if body.parent_id == parent.id:
        raise BadInput(f"“{body.name}”已在“{parent.name}”之下。", {"parent": "请选择另一个上级组织。"})
    old, new = body.path, f"{parent.path}{body.id}/"
    below = select(Organisation).where(Organisation.path.startswith(old)).order_by(Organisation.path).with_for_update()
    moved = session.scalars(below).all()
    for one in moved:
        keep_past(session, one, on)
    for one in moved:
        one.path = new + one.path[len(old) :]
    body.parent_id = parent.id
    session.flush()
    return len(moved)


def keep_past(session: Session, body: Organisation, on: date) -> None:
    """Note where it stood and its name until the day before `on`; of several changes on a day the last counts.

    BadInput where something has been noted for that time already.
    """
    newest = select(Placement).where(Placement.organisation_id == body.id).order_by(Placement.until_on.desc())
    last = session.scalars(newest.limit(1)).first()
    until = on - timedelta(days=1)
    if last is not None and last.until_on > until:
        sentence = f"“{body.name}”在{last.until_on + timedelta(days=1)}已有变更，生效日期不能更早。"
        raise BadInput(sentence, {"on": sentence})
    if last is not None and last.until_on == until:
        return
    past = Placement(organisation_id=body.id, path=body.path, name=body.name, short_name=body.short_name)
    past.from_on, past.until_on = (last.until_on + timedelta(days=1) if last else None), until
    session.add(past)


def grant_role(
    session: Session, person_id: int, organisation_id: int, role: str, from_on: date, until_on: date | None = None
) -> Membership:
    """Give a role (workflows/codes/roles.yaml) at an organisation and all below it, both days included."""
    if role in ("", "clock"):
        raise BadInput("“系统时钟”不能授予任何人，请选择其他角色。", {"role": "请选择其他角色。"})
    if until_on is not None and until_on < from_on:
        raise BadInput("任职结束日期早于开始日期，请核对。", {"until_on": "结束日期早于开始日期。"})
    membership = Membership(
        person_id=person_id, organisation_id=organisation_id, role=role, from_on=from_on, until_on=until_on
    )
    session.add(membership)
    session.flush()
    return membership

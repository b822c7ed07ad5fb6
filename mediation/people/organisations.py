"""The tree of union bodies, and who holds which role where."""

import secrets
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import BadInput
from .identity import clean_name
from .models import Membership, Organisation

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
    if session.scalars(select(Organisation.id).where(Organisation.name == name)).first() is not None:
        raise BadInput(f"组织“{name}”已存在，请勿重复添加。", {"name": "已有同名组织。"})


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

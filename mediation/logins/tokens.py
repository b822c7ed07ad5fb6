"""令牌: programs that act for a person. A token never opens more than its scopes, nor more than the person may do."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.models import Account
from .models import ApiToken
from .noting import note_account, was_used

PREFIX = "mt_"
LONGEST = timedelta(days=366)
MOST = 20
USED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written no more often than this."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`roles`: what may be changed with it, as whom. None: nothing, it reads."""

    title: str
    roles: frozenset[str] = frozenset()


SCOPES: Mapping[str, Scope] = {
    "read": Scope("查看本人有权查看的内容"),
    "cases:write": Scope("以调解员、书记员身份登记和办理案件", frozenset({"mediator", "clerk"})),
    "queue:write": Scope("以志愿律师身份认领和办理法律援助", frozenset({"lawyer"})),
    "supervision:write": Scope("以主管身份审批、督办和更正", frozenset({"supervisor"})),
}
"""A role that stands in no scope changes nothing through a token."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token as its owner sees it."""

    id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    last_used_from: str
    revoked_at: datetime | None

    def ended(self, at: datetime) -> bool:
        return self.revoked_at is not None or self.expires_at <= at


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token that holds now, and whose it is."""

    id: int
    account_id: int
    person_id: int
    scopes: frozenset[str]
    expires_at: datetime
    last_used_at: datetime | None


def make_token(
    session: Session, account_id: int, name: str, scopes: Collection[str], days: int, *, at: datetime, key: str
) -> str | None:
    """The new token in clear, this once. None: this request was carried out already."""
    if was_used(session, key):
        return None
    chosen = _checked(session, account_id, name.strip(), scopes, days, at)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        account_id=account_id,
        name=name.strip(),
        hint=secret[:8],
        token_hash=_hashed(secret),
        scopes=chosen,
        created_at=at,
        expires_at=at + timedelta(days=days),
        last_used_at=None,
        last_used_from="",
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    told = {"token": row.id, "name": row.name, "scopes": chosen, "expires_at": row.expires_at.isoformat()}
    note_account(session, account_id, "make_token", told, at=at, key=key)
    return secret


def _checked(
    session: Session, account_id: int, name: str, scopes: Collection[str], days: int, at: datetime
) -> list[str]:
    faults: dict[str, str] = {}
    chosen = [scope for scope in SCOPES if scope in scopes]
    if not 1 <= len(name) <= 60:
        faults["name"] = "请填写用途（不超过60个字），以便日后辨认。"
    if not chosen or len(chosen) != len(set(scopes)):
        faults["scopes"] = "请至少选择一项权限范围。"
    if not 1 <= days <= LONGEST.days:
        faults["days"] = f"有效天数应为1至{LONGEST.days}天。"
    if faults:
        raise BadInput("".join(faults.values()), faults)
    if sum(not row.ended(at) for row in tokens_of(session, account_id)) >= MOST:
        raise BadInput(f"有效的令牌最多{MOST}个，请先停用不再使用的。")
    return chosen


def revoke_token(session: Session, account_id: int, token_id: int, *, at: datetime, key: str | None = None) -> None:
    """End one of one's own tokens at once; nothing happens where it has ended already."""
    row = session.get(ApiToken, token_id, with_for_update=True)
    if row is None or row.account_id != account_id:
        raise NotFound("没有这个令牌，请从账号页面进入。")
    if row.revoked_at is None:
        row.revoked_at = at
        session.flush()
        note_account(session, account_id, "revoke_token", {"token": row.id, "name": row.name}, at=at, key=key)


def tokens_of(session: Session, account_id: int) -> Sequence[TokenRow]:
    """All tokens of an account, the newest first."""
    query = select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id.desc()).limit(200)
    return [
        TokenRow(
            t.id,
            t.name,
            t.hint,
            tuple(t.scopes),
            t.created_at,
            t.expires_at,
            t.last_used_at,
            t.last_used_from,
            t.revoked_at,
        )
        for t in session.scalars(query)
    ]


def find_token(session: Session, secret: str, at: datetime) -> LiveToken | None:
    """The token, unless it has expired, was revoked, or its account is closed."""
    row = session.execute(
        select(
            ApiToken.id,
            ApiToken.account_id,
            Account.person_id,
            ApiToken.scopes,
            ApiToken.expires_at,
            ApiToken.last_used_at,
        )
        .join(Account, Account.id == ApiToken.account_id)
        .where(
            ApiToken.token_hash == _hashed(secret),
            ApiToken.expires_at > at,
            ApiToken.revoked_at.is_(None),
            Account.active,
        )
    ).one_or_none()
    if row is None:
        return None
    return LiveToken(row.id, row.account_id, row.person_id, frozenset(row.scopes), row.expires_at, row.last_used_at)


def token_used(session: Session, token_id: int, address: str, *, at: datetime) -> None:
    found = update(ApiToken).where(ApiToken.id == token_id)
    session.execute(found.values(last_used_at=at, last_used_from=address))


def narrowed(actor: Actor, scopes: Collection[str], *, changing: bool) -> Actor:
    """What is left of the person's grants through a token; Forbidden where its scopes do not reach."""
    if not changing:
        if "read" not in scopes:
            raise Forbidden("这个令牌没有查看权限（read），请换一个令牌。")
        return actor
    roles = frozenset[str]().union(*(SCOPES[scope].roles for scope in scopes if scope in SCOPES))
    if not roles:
        raise Forbidden("这个令牌只能查看，不能改动；请另发一个带有相应权限范围的令牌。")
    return replace(actor, grants=tuple(grant for grant in actor.grants if grant.role in roles))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

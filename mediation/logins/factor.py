"""The second factor: six digits that change every thirty seconds (RFC 6238), and ten codes for a lost telephone."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ..errors import BadInput
from ..people.accounts import LoginRefused, failed, lock_of, succeeded
from ..people.identity import compact
from ..people.models import Account
from .models import RecoveryCode
from .noting import note_account

ISSUER = "工会劳动争议调解"
"""Stands beside the code in the person's authenticator."""
STEP = 30
CODES = 10
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_WRONG = "验证码不正确或已用过，请等下一个验证码再填。"


def propose_factor(session: Session, account: Account) -> None:
    """A secret to be put into an authenticator; it counts once `confirm_factor` has seen a code made from it."""
    if account.factor_since is not None:
        raise BadInput("两步验证已经启用。如要换手机，请先停用，再重新启用。")
    if _secret_of(account) is None:
        _keep(account, pyotp.random_base32())
        session.flush()


def proposal(account: Account) -> tuple[str, str] | None:
    """The proposed secret, and the address (otpauth:) that a QR code carries. None: nothing is proposed."""
    secret = _secret_of(account)
    if secret is None or account.factor_since is not None:
        return None
    return secret, pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)


def confirm_factor(session: Session, account: Account, typed: str, *, at: datetime) -> list[str]:
    """Switch the second factor on; the ten recovery codes, which cannot be read again. BadInput: wrong code."""
    if proposal(account) is None:
        raise BadInput("没有待确认的两步验证，请从头设置。")
    step = _step_of(account, compact(typed), at)
    if step is None:
        sentence = "验证码不正确。请核对手机时间是否准确，再填现在显示的6位数字。"
        raise BadInput(sentence, {"code": sentence})
    account.factor_since, account.factor_step = at, step
    codes = _new_codes(session, account)
    note_account(session, account.id, "enable_factor", {}, at=at)
    return codes


def check_factor(session: Session, account: Account, typed: str, *, at: datetime) -> str | LoginRefused:
    """How the person proved themselves ("factor" or "recovery"), or why not. Failures count as wrong passwords do."""
    if (locked := lock_of(account, at)) is not None:
        return locked
    code = compact(typed)
    step = _step_of(account, code, at) if len(code) <= 6 else None
    if step is not None:
        account.factor_step = step
        succeeded(session, account)
        return "factor"
    if len(code) > 6 and _spend(session, account, code, at):
        succeeded(session, account)
        return "recovery"
    return failed(session, account, at=at, sentence=_WRONG)


def renew_codes(session: Session, account: Account, *, at: datetime, key: str | None = None) -> list[str]:
    """Ten new recovery codes; the old ones open nothing any more."""
    if account.factor_since is None:
        raise BadInput("还没有启用两步验证。")
    codes = _new_codes(session, account)
    note_account(session, account.id, "renew_recovery_codes", {}, at=at, key=key)
    return codes


def remove_factor(session: Session, account: Account, *, at: datetime, demanded: bool, key: str | None = None) -> None:
    """Log in with the password alone from now on. Not where the office demands the second factor."""
    if demanded:
        raise BadInput("您的角色必须使用两步验证，不能停用。如要换手机，请联系管理员重置。")
    account.factor_since = account.factor_step = None
    _keep(account, None)
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.flush()
    note_account(session, account.id, "disable_factor", {}, at=at, key=key)


def codes_left(session: Session, account_id: int) -> int:
    unused = RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).where(RecoveryCode.account_id == account_id, unused)) or 0


def _step_of(account: Account, code: str, at: datetime) -> int | None:
    """The thirty seconds that this code belongs to, one earlier and later allowed, each once and never backwards."""
    now = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(_secret_of(account) or "")
    for step in (now - 1, now, now + 1):
        fresh = account.factor_step is None or step > account.factor_step
        if fresh and hmac.compare_digest(totp.at(step * STEP).encode(), code.encode()):
            return step
    return None


def _new_codes(session: Session, account: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    plain = ["".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=_hashed(code), used_at=None) for code in plain)
    session.flush()
    return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in plain]


def _spend(session: Session, account: Account, code: str, at: datetime) -> bool:
    found = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _hashed(code.replace("-", "")),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    if found is not None:
        note_account(session, account.id, "use_recovery_code", {"left": codes_left(session, account.id)}, at=at)
    return found is not None


def _hashed(code: str) -> str:
    """Eighty random bits need no slow hash."""
    return hashlib.sha256(code.encode()).hexdigest()


def _keep(account: Account, secret: str | None) -> None:
    """With `_secret_of` the only place that touches the stored secret."""
    account.factor_secret = secret


def _secret_of(account: Account) -> str | None:
    return account.factor_secret

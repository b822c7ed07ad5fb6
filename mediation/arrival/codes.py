"""查询编码: made, shown once, kept as a hash, revoked."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..people.actor import Actor
from ..people.identity import compact
from ..runtime import Runtime
from .models import ProgressCode

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
"""Without letters that are taken for digits, nor a word by chance (no I, L, O, U)."""
LENGTH = 20
"""A hundred bits: nobody guesses one."""


def make_code(session: Session, case_id: int, *, at: datetime, by_id: int | None) -> str:
    """A new code of this case; here it is in clear for the only time."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    session.add(ProgressCode(case_id=case_id, code_hash=hashed(code), made_at=at, made_by_id=by_id))
    session.flush()
    return code


def hashed(code: str) -> str:
    return hashlib.sha256(plain(code).encode()).hexdigest()


def plain(code: str) -> str:
    """As typed from paper: spaces, hyphens, small and full-width letters do not matter."""
    words = "".join(c for c in compact(code) if c not in "-‐‑–—")
    return words.translate(str.maketrans("ILO", "110"))[: 2 * LENGTH]


def grouped(code: str) -> str:
    """ABCDE-FGHJK-…, as people read it aloud."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def live_code(session: Session, case_id: int) -> ProgressCode | None:
    """The newest code that opens this case; None where there is none."""
    query = select(ProgressCode).where(ProgressCode.case_id == case_id, ProgressCode.revoked_at.is_(None))
    return session.scalars(query.order_by(ProgressCode.id.desc()).limit(1)).first()


def renew_code(session: Session, runtime: Runtime, case_id: int, *, key: str, actor: Actor) -> str | None:
    """Another code; those before open nothing any more. None when the key was used before: it is shown only once."""
    with _changing(session, runtime, case_id, "renew_progress", key, actor) as made:
        if made.repeated is not None:
            return None
        _revoke(made)
        return make_code(session, case_id, at=made.step.at, by_id=actor.person_id)


def revoke_code(session: Session, runtime: Runtime, case_id: int, *, key: str, actor: Actor) -> None:
    """No code opens this case any more."""
    with _changing(session, runtime, case_id, "revoke_progress", key, actor) as made:
        if made.repeated is None:
            _revoke(made)


def _changing(session: Session, runtime: Runtime, case_id: int, word: str, key: str, actor: Actor) -> Any:
    return changing(session, runtime, case_id, word, {}, revision=None, bumps=False, key=key, actor=actor)


def _revoke(made: Change) -> None:
    live = (ProgressCode.case_id == made.step.case_id, ProgressCode.revoked_at.is_(None))
    ids = made.step.session.scalars(select(ProgressCode.id).where(*live)).all()
    made.step.session.execute(update(ProgressCode).where(*live).values(revoked_at=made.step.at))
    made.result["revoked"] = list(ids)

"""Tables of arrival."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY


class ProgressCode(Base):
    """查询编码: what the receipt carries, so that a worker sees without an account how far the case is.

    Only the hash is kept; a lost code is revoked and another one made.
    """

    __tablename__ = "progress_codes"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True, info=ORDINARY)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    revoked_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]

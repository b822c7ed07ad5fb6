"""Table of the keys that this database needs."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base
from .classes import ORDINARY


class SealingKey(Base):
    """A key that values here may be sealed with, by its id; the key itself stands in a file elsewhere."""

    __tablename__ = "sealing_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True, info=ORDINARY)
    added_at: Mapped[datetime]

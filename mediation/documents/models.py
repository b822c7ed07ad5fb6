"""Tables of papers."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import NAMED, ORDINARY, sealed_text


class Document(Base):
    """文书: the frozen text of one paper with what made it. DOCX and PDF bytes are made from the text on demand."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_documents_case_id_template", "case_id", "template"),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id")
    proceeding_id: Mapped[int] = link("proceedings.id")
    organisation_id: Mapped[int] = link("organisations.id")
    template: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    template_version: Mapped[int]
    template_digest: Mapped[str] = mapped_column(String(64), info=ORDINARY)
    number: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    title: Mapped[str] = mapped_column(String(200), info=NAMED)
    text: Mapped[str] = sealed_text("narrative")
    text_hash: Mapped[str] = mapped_column(String(64), info=ORDINARY)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    voided_at: Mapped[datetime | None]
    voided_why: Mapped[str | None] = sealed_text("narrative", 500)


class NumberSequence(Base):
    """The last number given in one series of one organisation in one year."""

    __tablename__ = "number_sequences"

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(20), primary_key=True, info=ORDINARY)
    last: Mapped[int] = mapped_column(default=0)

"""A paper is numbered, its text rendered and frozen inside the event's transaction; a missing fact aborts it all.

DOCX and PDF bytes are made from the frozen text later, outside any lock (`mediation.documents.files`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update

from ..papers.rendering import render_text
from ..papers.templates import Template
from ..prepared import Prepared
from .models import Document

_NEXT = Prepared(
    text(
        "INSERT INTO number_sequences (organisation_id, year, series, last) VALUES (:organisation, :year, :series, 1) "
        "ON CONFLICT (organisation_id, year, series) DO UPDATE SET last = number_sequences.last + 1 RETURNING last"
    ).columns(Document.id.label("last"))
)
_INSERT = Prepared(
    insert(Document)
    .values(
        {
            c.name: bindparam(c.name)
            for c in Document.__table__.columns
            if c.name not in ("id", "voided_at", "voided_why")
        }
    )
    .returning(Document.id)
)
_VOID = Prepared(
    update(Document)
    .where(
        Document.proceeding_id == bindparam("proceeding"),
        Document.template == bindparam("name"),
        Document.voided_at.is_(None),
    )
    .values(voided_at=bindparam("at"), voided_why=bindparam("why"))
)

_VOID_TITLE = Prepared(
    update(Document)
    .where(
        Document.proceeding_id == bindparam("proceeding"),
        Document.template == bindparam("name"),
        Document.title == bindparam("called"),
        Document.voided_at.is_(None),
    )
    .values(voided_at=bindparam("at"), voided_why=bindparam("why"))
)
EVERY_YEAR = 0
"""The year of a series that goes on over the turn of the year."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The organisation in whose name papers are issued; `short_name` stands in front of the number."""

    organisation_id: int
    short_name: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper as the audit entry remembers it."""

    id: int
    template: str
    template_version: int
    number: str
    title: str
    digest: str

    @property
    def said(self) -> dict[str, Any]:
        """As `results["documents"]` keeps it."""
        template = f"{self.template}@{self.template_version}"
        return {"id": self.id, "template": template, "number": self.number, "title": self.title, "hash": self.digest}


def next_number(connection: Connection, organisation_id: int, year: int, series: str) -> int:
    """The next number of a series; gapless, because the row stays locked until the transaction ends."""
    values = {"organisation": organisation_id, "year": year, "series": series}
    row = _NEXT.one(connection, values)
    assert row is not None
    return int(row["last"])


def document_number(short_name: str, series: str, year: int, serial: int) -> str:
    """X工调字〔2026〕12号. No national number exists for union papers; the pattern is the office's own (design)."""
    return f"{short_name}{series}〔{year}〕{serial}号"


def issue(
    connection: Connection,
    template: Template,
    facts: Mapping[str, Any],
    issuer: Issuer,
    *,
    case_id: int,
    proceeding_id: int,
    by_id: int | None,
    at: datetime,
    title: str | None = None,
) -> Issued:
    """Number, render, freeze. BadInput names every missing fact; the transaction must then be given up.

    A paper without a series of its own is somebody else's to file: its number is the file's with 稿 and a count.
    `title`: what this one is called, where the template's title does not tell it from others.
    """
    number = _numbered(connection, template, facts, issuer, case_id, at)
    rendered = render_text(template, {**facts, "number": number})
    row = _INSERT.one(
        connection,
        {
            "case_id": case_id,
            "proceeding_id": proceeding_id,
            "organisation_id": issuer.organisation_id,
            "template": template.code,
            "template_version": template.version,
            "template_digest": template.digest,
            "number": number,
            "title": title or template.title,
            "text": rendered.text,
            "text_hash": rendered.digest,
            "issued_at": at,
            "issued_by_id": by_id,
        },
    )
    assert row is not None
    return Issued(row["id"], template.code, template.version, number, title or template.title, rendered.digest)


def _numbered(
    connection: Connection, template: Template, facts: Mapping[str, Any], issuer: Issuer, case_id: int, at: datetime
) -> str:
    if template.number_type:
        serial = next_number(connection, issuer.organisation_id, at.year, template.number_type)
        return document_number(issuer.short_name, template.number_type, at.year, serial)
    return f"{facts['case_number']}-稿{next_number(connection, issuer.organisation_id, EVERY_YEAR, f'稿{case_id}')}"


def void_issued(connection: Connection, ids: Sequence[int], why: str, at: datetime) -> list[str]:
    """Mark these papers as void, as far as they are not; their numbers, which are not used again."""
    query = update(Document).where(Document.id.in_(ids), Document.voided_at.is_(None))
    return list(connection.scalars(query.values(voided_at=at, voided_why=why[:500]).returning(Document.number)))


def revive_documents(connection: Connection, ids: Sequence[int]) -> None:
    """These papers count again: what made them void was undone."""
    connection.execute(update(Document).where(Document.id.in_(ids)).values(voided_at=None, voided_why=None))


def live_documents(connection: Connection, proceeding_id: int, template: str) -> list[int]:
    """The papers of this template in this proceeding that are not void."""
    query = select(Document.id).where(Document.proceeding_id == proceeding_id, Document.template == template)
    return list(connection.scalars(query.where(Document.voided_at.is_(None)).order_by(Document.id)))


def void_documents(connection: Connection, proceeding_id: int, template: str, why: str, at: datetime) -> int:
    """Mark the papers of this template in this proceeding as void; they and their numbers stay. How many."""
    return _VOID.run(connection, {"proceeding": proceeding_id, "name": template, "why": why, "at": at})


def void_drafts(connection: Connection, proceeding_id: int, template: str, title: str, why: str, at: datetime) -> int:
    """The same for one title only: the paper of one worker among those of many."""
    values = {"proceeding": proceeding_id, "name": template, "called": title, "why": why, "at": at}
    return _VOID_TITLE.run(connection, values)

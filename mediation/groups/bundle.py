"""The papers of a batch as one file: a ZIP of Word files, or one PDF to print in one go."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..documents.files import file_of, frozen_text
from ..documents.models import Document
from ..errors import NotFound
from ..papers.pdf_file import pdf_of_many
from .personal import batch_of

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def zipped(session: Session, case_id: int) -> bytes:
    """Every paper of the present agreement as Word, in the order of numbers; the names say whose it is."""
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for place, (name, document) in enumerate(_papers(session, case_id), start=1):
            file = file_of(document, "docx")
            archive.writestr(f"{place:03d}-{_NOT_IN_NAMES.sub('_', name)}-{file.name}", file.content)
    return held.getvalue()


def merged_pdf(session: Session, case_id: int, font_folder: Path | None = None) -> bytes:
    """Every paper of the present agreement in one PDF; each begins on a page 1 of its own."""
    return pdf_of_many([frozen_text(document) for _, document in _papers(session, case_id)], font_folder)


def _papers(session: Session, case_id: int) -> Iterator[tuple[str, Document]]:
    papers = batch_of(session, case_id).papers
    if not papers:
        raise NotFound("还没有逐人出具的文书。")
    by_id = {d.id: d for d in session.scalars(select(Document).where(Document.id.in_([p.document_id for p in papers])))}
    yield from ((paper.name, by_id[paper.document_id]) for paper in papers)

"""All drafts of one kind in one file to carry away."""

import io
from zipfile import ZIP_STORED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...documents.files import MEDIA_TYPES, PaperFile, file_of
from ...documents.models import Document
from ...errors import BadInput, NotFound
from ...runtime import Runtime
from .draft import MOST
from .kinds import KINDS

MOST_PDF = 50
"""A PDF takes a hundred times as long to make as a Word file."""


def drafts_in_one(session: Session, runtime: Runtime, case_id: int, template: str, kind: str) -> PaperFile:
    """A ZIP of the drafts that count, in the order in which they were made; whoever asks has been let in already."""
    if template not in KINDS or kind not in MEDIA_TYPES:
        raise NotFound("没有这种申请书或格式，请从案件页面下载。")
    query = select(Document).where(
        Document.case_id == case_id, Document.template == template, Document.voided_at.is_(None)
    )
    drafts = session.scalars(query.order_by(Document.id).limit(MOST + 1)).all()
    if not drafts:
        raise NotFound("本案还没有起草这种申请书。")
    if kind == "pdf" and len(drafts) > MOST_PDF:
        raise BadInput(f"共{len(drafts)}份，PDF一次最多打包{MOST_PDF}份；请打包下载Word，或者逐份下载PDF。")
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_STORED) as archive:
        for number, draft in enumerate(drafts, start=1):
            file = file_of(draft, kind, runtime.settings.font_folder)
            archive.writestr(f"{number:04d}-{file.name}", file.content)
    title = runtime.templates.get(template).title
    return PaperFile(f"{title}-{len(drafts)}份.zip", "application/zip", held.getvalue())

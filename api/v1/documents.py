"""Papers as Word and PDF files."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlalchemy.orm import Session

from mediation.cases.access import UNSEEN
from mediation.cases.view import case_view
from mediation.documents.files import MEDIA_TYPES, file_of
from mediation.documents.models import Document
from mediation.errors import NotFound
from mediation.people.actor import Actor
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import RowId

router = APIRouter(prefix="/documents", tags=["文书"])

_FILES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


@router.get(
    "/{row_id}.{kind}",
    summary="下载文书",
    response_class=Response,
    responses={200: {"description": "文件", "content": _FILES}},
)
def paper(
    row_id: RowId,
    kind: Annotated[Literal["docx", "pdf"], Path(title="格式")],
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    """由出具时冻结的正文生成，每次相同；正文若被改动，不予下载。"""
    document = _seen(session, runtime, row_id, actor)
    file = file_of(document, kind, runtime.settings.font_folder)
    actor.looks.note_thing(document.case_id, "paper", f"{document.number} {document.title}")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"}
    return Response(file.content, media_type=file.media_type, headers=headers)


def _seen(session: Session, runtime: Runtime, document_id: int, actor: Actor) -> Document:
    """The paper, if it is one of a case that this person may see."""
    document = session.get(Document, document_id)
    if document is not None:
        view = case_view(session, runtime, document.case_id, actor)
        if any(row.id == document_id for row in view.papers):
            return document
    raise NotFound(UNSEEN)

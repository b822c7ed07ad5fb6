"""Files of a case: evidence as it was filed, with its receipt; papers as Word and PDF."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.cases.evidence_rows import item_among
from mediation.cases.view import case_view
from mediation.documents.files import file_of
from mediation.documents.models import Document
from mediation.errors import NotFound

from ..attachments import attached, evidence_answer
from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..v1.parameters import CaseId, RowId
from .templating import page

router = APIRouter()


@router.get("/cases/{case_id}/evidence/{evidence_id}")
def evidence(
    case_id: CaseId, evidence_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return evidence_answer(session, runtime, case_id, evidence_id, actor)


@router.get("/cases/{case_id}/evidence/{evidence_id}/receipt")
def evidence_receipt(
    request: Request,
    case_id: CaseId,
    evidence_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    view = case_view(session, runtime, case_id, actor)
    return page(
        request,
        "case/evidence_receipt.html",
        view=view,
        item=item_among(view.evidence, evidence_id),
        titles=runtime.title,
    )


@router.get("/cases/{case_id}/documents/{document_id}.{kind}")
def paper(
    case_id: CaseId,
    document_id: RowId,
    kind: str,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    """The paper as Word (docx) or PDF, made from its frozen text."""
    view = case_view(session, runtime, case_id, actor)
    document = session.get(Document, document_id) if any(p.id == document_id for p in view.papers) else None
    if document is None:
        raise NotFound("本案没有这份文书，或者您无权查看。")
    file = file_of(document, kind, runtime.settings.font_folder)
    actor.looks.note_thing(case_id, "paper", f"{document.number} {document.title}")
    return Response(file.content, media_type=file.media_type, headers=attached(file.name))

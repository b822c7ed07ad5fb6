"""One paper for each worker of a group: issued in chunks with the progress shown, fetched as one file."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import MediationError
from mediation.groups.bundle import merged_pdf, zipped
from mediation.groups.head import head_of
from mediation.groups.personal import CHUNK, PapersIn, batch_of, issue_papers

from ..attachments import attached
from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId
from .attempts import attempting, key_in, read
from .case_changes import Saving
from .groups import PER_PAGE
from .templating import page
from .turning import page_number

TEMPLATE = "group/papers.html"

router = APIRouter(prefix="/cases/{case_id}/group")


@router.get("/papers")
def papers_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, TEMPLATE, form=Form(), **_shown(request, session, runtime, case_id, actor))


def _shown(request: Request, session: Any, runtime: Any, case_id: int, actor: Any) -> dict[str, Any]:
    batch, number = batch_of(session, case_id), page_number(request)
    return {
        "head": head_of(session, runtime, case_id, actor),
        "batch": batch,
        "shown": batch.papers[(number - 1) * PER_PAGE : number * PER_PAGE],
        "chunk": CHUNK,
        "number": number,
        "has_next": number * PER_PAGE < batch.issued,
    }


@router.post("/papers")
def issue(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)

    def context(_: MediationError | None) -> dict[str, Any]:
        return _shown(request, session, runtime, case_id, actor)

    with attempting(request, session, TEMPLATE, typed, context):
        issue_papers(*saving.at, read(PapersIn, saving.raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/group/papers", 303)


@router.get("/papers.zip")
def archive(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    head = head_of(session, runtime, case_id, actor)
    headers = attached(f"逐人确认书-{head.number}.zip")
    return Response(zipped(session, case_id), media_type="application/zip", headers=headers)


@router.get("/papers.pdf")
def print_all(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    head = head_of(session, runtime, case_id, actor)
    content = merged_pdf(session, case_id, runtime.settings.font_folder)
    return Response(content, media_type="application/pdf", headers=attached(f"逐人确认书-{head.number}.pdf"))

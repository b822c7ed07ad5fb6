"""申请书: drafts for the parties from the file; one page with all of them, one click for each."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.change import STAFF
from mediation.cases.view import CaseView, case_view
from mediation.errors import MediationError
from mediation.procedures.applications.bundle import drafts_in_one
from mediation.procedures.applications.draft import draft_paper
from mediation.procedures.applications.standing import standings

from ..attachments import attached
from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId
from .attempts import attempting, key_in
from .templating import page

TEMPLATE = "case/applications.html"

DRAFTERS = frozenset((*STAFF, "lawyer"))

Template = Annotated[str, Path(max_length=60, pattern="^[a-z_]+$")]

router = APIRouter()


@router.get("/cases/{case_id}/applications")
def applications(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, TEMPLATE, form=Form(), **_shown(session, runtime, case_id, actor))


@router.post("/cases/{case_id}/applications/{template}")
def draft(
    request: Request,
    case_id: CaseId,
    template: Template,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """For the workers that were ticked, else for all; several in one paper unless the form asks for one each."""

    def context(_error: MediationError | None) -> dict[str, Any]:
        return _shown(session, runtime, case_id, actor)

    ids = [int(text) for text in typed.texts("workers") if text.isascii() and text.isdecimal() and len(text) < 15]
    together = typed.text("together") != "no"
    with attempting(request, session, TEMPLATE, typed, context):
        done = draft_paper(
            session,
            runtime,
            case_id,
            template,
            key=key_in(key),
            actor=actor,
            workers=ids,
            together=together,
        )
    seq = "" if done.repeated else f"?done={done.step.facts.audit_seq + 1}"
    return RedirectResponse(f"/cases/{case_id}{seq}", 303)


@router.get("/cases/{case_id}/applications/{template}.{kind}.zip")
def in_one(
    case_id: CaseId,
    template: Template,
    kind: Annotated[str, Path(max_length=10)],
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    """All drafts of this kind in one file."""
    case_view(session, runtime, case_id, actor)
    file = drafts_in_one(session, runtime, case_id, template, kind)
    return Response(file.content, media_type=file.media_type, headers=attached(file.name))


def _shown(session: Any, runtime: Any, case_id: int, actor: Any) -> dict[str, Any]:
    view = case_view(session, runtime, case_id, actor)
    _, found = standings(session, runtime, case_id)
    return {
        "view": view,
        "found": found,
        "workers": [p for p in view.parties if p.principal and p.side == "worker"],
        "may_draft": may_draft(view),
    }


def may_draft(view: CaseView) -> bool:
    """Whether this reader may draft in this case."""
    return bool(view.roles & DRAFTERS)

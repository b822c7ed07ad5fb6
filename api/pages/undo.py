"""撤销这一步: taking the last step of a procedure back, at once or with a reason."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.access import UNSEEN
from mediation.cases.taken_back import taken_back
from mediation.cases.undo import undo
from mediation.cases.undoable import undoables
from mediation.cases.view import case_view
from mediation.errors import MediationError, NotFound

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, ProceedingId
from .attempts import attempting, key_in, revision_in, revision_shown
from .templating import page

TEMPLATE = "case/undo.html"

router = APIRouter()


@router.get("/cases/{case_id}/undo/{proceeding_id}")
def undo_form(
    request: Request,
    case_id: CaseId,
    proceeding_id: ProceedingId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    return page(request, TEMPLATE, form=Form(), **_shown(session, runtime, actor, case_id, proceeding_id, None, None))


@router.post("/cases/{case_id}/undo/{proceeding_id}")
def take_back(
    request: Request,
    case_id: CaseId,
    proceeding_id: ProceedingId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(error: MediationError | None) -> dict[str, Any]:
        return _shown(session, runtime, actor, case_id, proceeding_id, typed, error)

    context(None)
    with attempting(request, session, TEMPLATE, typed, context):
        revision, once, reason = revision_in(typed), key_in(key), typed.text("reason").strip() or None
        done = undo(session, runtime, proceeding_id, reason=reason, revision=revision, key=once, actor=actor)
    return RedirectResponse(f"/cases/{case_id}?done={done.seq}&in={done.proceeding_id}", 303)


def _shown(
    session: Any,
    runtime: Any,
    actor: Any,
    case_id: int,
    proceeding_id: int,
    typed: Typed | None,
    error: MediationError | None,
) -> dict[str, Any]:
    view = case_view(session, runtime, case_id, actor)
    proceeding = view.proceeding(proceeding_id)
    if proceeding is None:
        raise NotFound(UNSEEN)
    return {
        "view": view,
        "proceeding": proceeding,
        "undoable": undoables(session, runtime, case_id, actor, view.roles).get(proceeding_id),
        "step": taken_back(session, runtime, proceeding_id, actor),
        "revision": revision_shown(error, typed, proceeding.revision),
    }

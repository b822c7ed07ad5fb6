"""证据: all items of a case on a page of their own, who may see which, and letting others see one than before."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.evidence import EvidenceChange, change_evidence
from mediation.cases.evidence_rows import audience, evidence_page, item_among
from mediation.cases.view import CaseView
from mediation.people.rights import role_for

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read
from .case_changes import Saving, choices
from .event_forms import Desk
from .events import desk_at
from .templating import page
from .turning import page_number

LIST, CHANGE = "evidence/list.html", "evidence/visibility.html"
PER_PAGE = 20

router = APIRouter()


@router.get("/cases/{case_id}/evidence")
def evidence_list(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    desk, number = desk_at(session, runtime, actor, case_id), page_number(request)
    view, asked = desk.view, request.query_params
    narrowed = {name: asked.get(name, "") for name in ("category", "visibility")}
    found = evidence_page(session, case_id, view.roles, **narrowed, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    return page(
        request,
        LIST,
        view=view,
        found=found,
        number=number,
        has_next=number * PER_PAGE < found.total,
        narrowed=narrowed,
        may_change=may_change(view),
        may_add=role_for("add_evidence", view.roles) is not None,
        audience=audience,
        limit_mb=runtime.settings.upload_limit_mb,
        titles=runtime.title,
        revision=view.main.revision,
        **choices(desk),
    )


@router.get("/cases/{case_id}/evidence/{evidence_id}/visibility")
def visibility_form(
    request: Request,
    case_id: CaseId,
    evidence_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    return page(request, CHANGE, form=Form(), **_shown(desk, evidence_id))


@router.post("/cases/{case_id}/evidence/{evidence_id}/visibility")
def change_visibility(
    request: Request,
    case_id: CaseId,
    evidence_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, evidence_id)
    with attempting(request, session, CHANGE, typed, lambda _error: _again(saving)):
        change_evidence(*saving.at, evidence_id, read(EvidenceChange, saving.raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/evidence#e-{evidence_id}", 303)


def may_change(view: CaseView) -> bool:
    return role_for("change_evidence", view.roles) is not None


def _again(saving: Saving) -> dict[str, Any]:
    return _shown(desk_at(saving.session, saving.runtime, saving.actor, saving.case_id), saving.row_id)


def _shown(desk: Desk, evidence_id: int) -> dict[str, Any]:
    return {
        "view": desk.view,
        "item": item_among(desk.view.evidence, evidence_id),
        "classes": list(desk.runtime.codes["visibilities"].items()),
        "audience": audience,
        "titles": desk.runtime.title,
    }

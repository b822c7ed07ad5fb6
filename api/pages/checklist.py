"""证据准备清单: what the case still needs, where a worker finds it, who has to bring it; what is there."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.checklist import LinkEvidence, checklist, link_evidence
from mediation.cases.evidence_rows import item_among
from mediation.people.rights import role_for

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId
from .applications import may_draft
from .attempts import attempting, key_in, read
from .case_changes import Saving
from .event_forms import Desk
from .events import desk_at
from .templating import page

TEMPLATE = "evidence/checklist.html"

router = APIRouter(prefix="/cases/{case_id}/checklist")


@router.get("")
def checklist_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, TEMPLATE, form=Form(), **_shown(desk_at(session, runtime, actor, case_id)))


@router.post("")
def link(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """`evidence` stands for `item`; without one it stands for nothing any more."""
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    desk, text = desk_at(session, runtime, actor, case_id), typed.text("evidence")
    id = int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0
    with attempting(request, session, TEMPLATE, typed, lambda _error: _shown(desk)):
        row = item_among(desk.view.evidence, id)
        link_evidence(*saving.at, row.id, read(LinkEvidence, {"item": typed.text("item") or None}), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/checklist#i-{typed.text('item')[:40]}", 303)


def _shown(desk: Desk) -> dict[str, Any]:
    view = desk.view
    return {
        "view": view,
        "lines": checklist(desk.session, desk.runtime, view.id, view.evidence),
        "may_link": role_for("link_evidence", view.roles) is not None,
        "may_draft": may_draft(view),
        "items": [(row.id, f"{row.number}. {row.name}") for row in reversed(view.evidence)],
    }

"""时效: the clock of each demand on a page of its own, with its reasons, its events and a form to add one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.change import STAFF
from mediation.errors import MediationError
from mediation.limitation.clocks import clocks_of, events_of
from mediation.limitation.events import (
    ROLES,
    LimitationEventIn,
    StrikeOut,
    add_limitation_event,
    strike_limitation_event,
)

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read, revision_shown
from .case_changes import Saving
from .event_forms import Desk
from .events import desk_at
from .templating import page

TEMPLATE = "case/limitation.html"

router = APIRouter()


@router.get("/cases/{case_id}/limitation")
def limitation_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    return page(request, TEMPLATE, form=Form(), **_shown(desk, 0, None, None))


@router.post("/cases/{case_id}/limitation")
def add_event(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, TEMPLATE, typed, lambda error: _again(saving, error)):
        add_limitation_event(*saving.at, read(LimitationEventIn, saving.raw), **saving.now)
    return RedirectResponse(f"/cases/{case_id}/limitation#events", 303)


@router.post("/cases/{case_id}/limitation/{row_id}/strike")
def strike_event(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, row_id)
    with attempting(request, session, TEMPLATE, typed, lambda error: _again(saving, error)):
        strike_limitation_event(*saving.at, row_id, read(StrikeOut, saving.raw), **saving.now)
    return RedirectResponse(f"/cases/{case_id}/limitation#events", 303)


def _again(saving: Saving, error: MediationError | None) -> dict[str, Any]:
    desk = desk_at(saving.session, saving.runtime, saving.actor, saving.case_id)
    return _shown(desk, saving.row_id, saving.typed, error)


def _shown(desk: Desk, row_id: int, typed: Typed | None, error: MediationError | None) -> dict[str, Any]:
    """`row_id`: the event that was to be struck out, so that its own form shows the refusal."""
    clocks = clocks_of(desk.session, desk.runtime, desk.view.id)
    return {
        "view": desk.view,
        "clocks": clocks,
        "events": events_of(desk.session, desk.runtime, desk.view.id),
        "items": {each.demand_id: f"{each.party}·{each.item}" for each in clocks},
        "demands": [(each.demand_id, f"{each.party}·{each.item}") for each in clocks],
        "grounds": list(desk.runtime.codes["limitation_grounds"].items()),
        "row_id": row_id,
        "may_add": bool(desk.view.roles & set(ROLES)),
        "staff": bool(desk.view.roles & set(STAFF)),
        "aid": _aid(desk),
        "revision": revision_shown(error, typed, desk.view.main.revision),
        "titles": desk.runtime.title,
    }


def _aid(desk: Desk) -> bool:
    """Whether this reader can hand the case to legal aid now."""
    return any(option.allowed and option.event.name == "open_legal_aid" for option in desk.view.main.options)

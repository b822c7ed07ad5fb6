"""出价记录: what each side would settle for, as they told the mediator."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.change import Change
from mediation.offers.log import (
    CITES,
    SIDES,
    EndIn,
    OfferIn,
    ReleaseIn,
    end_offer,
    gap,
    offers_of,
    record_offer,
    release_offer,
)
from mediation.people.rights import role_for

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read
from .case_changes import Saving
from .event_forms import Desk
from .events import desk_at
from .templating import page

TEMPLATE = "offers/offers.html"

router = APIRouter(prefix="/cases/{case_id}/offers")


@router.get("")
def offers_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    return page(request, TEMPLATE, form=Form.filled({"made_on": desk.today.isoformat()}), **_shown(desk, ""))


@router.post("")
def new_offer(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, TEMPLATE, typed, lambda _error: _again(saving, "new")):
        record_offer(*saving.at, read(OfferIn, saving.raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/offers", 303)


VERBS: Mapping[str, Callable[[Saving], Change]] = {
    "release": lambda s: release_offer(*s.at, s.row_id, read(ReleaseIn, s.raw), **s.once),
    "end": lambda s: end_offer(*s.at, s.row_id, read(EndIn, s.raw), **s.once),
}


@router.post("/{offer_id}/{what}")
def changed_offer(
    request: Request,
    case_id: CaseId,
    offer_id: RowId,
    what: Annotated[Literal["release", "end"], Path()],
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, offer_id)
    with attempting(request, session, TEMPLATE, typed, lambda _error: _again(saving, f"{what}-{offer_id}")):
        VERBS[what](saving)
    return RedirectResponse(f"/cases/{case_id}/offers", 303)


def _again(saving: Saving, what: str) -> dict[str, Any]:
    return _shown(desk_at(saving.session, saving.runtime, saving.actor, saving.case_id), what)


def _shown(desk: Desk, what: str) -> dict[str, Any]:
    view = desk.view
    rows = offers_of(desk.session, view.id, view.roles, desk.today)
    return {
        "view": view,
        "what": what,
        "offers": rows,
        "gap": gap(rows) if view.confidential else None,
        "may": role_for("record_offer", view.roles) is not None,
        "parties": [(p.id, p.name) for p in view.parties if p.principal and p.side in SIDES],
        "cites": [desk.runtime.law.statutes[id] for id in CITES],
        "titles": desk.runtime.title,
    }

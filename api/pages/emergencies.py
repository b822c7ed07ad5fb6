"""紧急查阅 and its review: a form for whoever must look now, and the list of what supervisors have to look at after."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.access.emergency import (
    LASTS,
    REVIEW_WITHIN,
    VERDICTS,
    EmergencyIn,
    ReviewIn,
    open_in_emergency,
    review,
    reviews,
)
from mediation.cases.change import STAFF
from mediation.errors import Forbidden, NotFound

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import RowId
from .attempts import attempting, key_in, read
from .templating import page
from .turning import page_number

FORM, LIST = "access/emergency.html", "access/reviews.html"
PER_PAGE = 20

router = APIRouter()


@router.get("/emergency")
def emergency_form(request: Request, actor: CurrentActor) -> Response:
    if not actor.has(*STAFF):
        raise Forbidden("紧急查阅只对本系统的调解员、书记员和主管开放。")
    return page(request, FORM, form=Form(), **_rules())


@router.post("/emergency")
def emergency(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """An unknown number comes back into the form like any wrong field."""
    with attempting(request, session, FORM, typed, lambda _error: _rules()):
        given = {"number": typed.text("number"), "reason": typed.text("reason")}
        case_id, _ = open_in_emergency(session, runtime, read(EmergencyIn, given), key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}", 303)


def _rules() -> dict[str, Any]:
    return {"hours": int(LASTS.total_seconds()) // 3600, "review_within": REVIEW_WITHIN}


@router.get("/reviews")
def reviews_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    return page(request, LIST, form=Form(), **_listed(request, session, runtime, actor, 0))


@router.post("/reviews/{access_id}")
def reviewed(
    request: Request,
    access_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    if not actor.has("supervisor"):
        raise NotFound("没有这次紧急查阅，或者您无权复核。")
    with attempting(request, session, LIST, typed, lambda _e: _listed(request, session, runtime, actor, access_id)):
        given = {"verdict": typed.text("verdict"), "review": typed.text("review")}
        review(session, runtime, access_id, read(ReviewIn, given), key=key_in(key), actor=actor)
    return RedirectResponse("/reviews", 303)


def _listed(request: Request, session: Any, runtime: Any, actor: Any, chosen: int) -> dict[str, Any]:
    """`chosen`: the one whose form was refused."""
    if not actor.has("supervisor"):
        raise Forbidden("紧急查阅由主管复核。")
    number, everything = page_number(request), request.query_params.get("all") == "1"
    offset = (number - 1) * PER_PAGE
    found, total = reviews(session, runtime, actor, waiting=not everything, offset=offset, limit=PER_PAGE)
    return {
        "rows": found,
        "total": total,
        "everything": everything,
        "number": number,
        "has_next": number * PER_PAGE < total,
        "verdicts": list(VERDICTS.items()),
        "titles": VERDICTS,
        "chosen": chosen,
    }

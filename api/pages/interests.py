"""利害关系申报: whom one is or was close to, so that conflicts are found before a case is opened."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.assignments.interests import InterestIn, declare_interest, end_interest, interests_of
from mediation.errors import BadInput, MediationError

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import RowId
from . import tidy
from .attempts import attempting, key_in, read
from .templating import page

TEMPLATE = "account/interests.html"

router = APIRouter()


@router.get("/account/interests")
def interests_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    rows = interests_of(session, actor.person_id or 0)
    return page(request, TEMPLATE, form=Form(), rows=rows, kinds=list(runtime.codes["interest_kinds"].items()))


@router.post("/account/interests")
def declare_page(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(_: MediationError | None) -> dict[str, object]:
        rows = interests_of(session, actor.person_id or 0)
        return {"rows": rows, "kinds": list(runtime.codes["interest_kinds"].items())}

    with attempting(request, session, TEMPLATE, typed, context):
        data = read(InterestIn, tidy.given(typed.nested()))
        declare_interest(session, runtime, data, key=key_in(key), actor=actor)
    return RedirectResponse("/account/interests", 303)


@router.post("/account/interests/{row_id}/end")
def end_page(
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    until_on = _day(tidy.day(typed.text("until_on"))) or runtime.clock.today()
    end_interest(session, runtime, row_id, until_on, key=key_in(key), actor=actor)
    return RedirectResponse("/account/interests", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("日期不对，请按年月日填写。") from None

"""谁看过、限制查阅: who has looked at a case, and who may. For supervisors, and on paper for the worker."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.access.asked import answer
from mediation.access.restrict import LiftIn, RestrictIn, check_supervisor, lift, restrict, restriction_of
from mediation.cases.access_models import KEPT_YEARS
from mediation.cases.printed import WHY as PRINTED
from mediation.cases.readings import KINDS, Asked, readers, readings
from mediation.people.actor import Actor
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read
from .case_changes import Saving
from .event_forms import Desk
from .events import desk_at
from .templating import page
from .turning import page_number

TEMPLATE, ANSWER = "access/readings.html", "access/answer.html"
PER_PAGE = 50

router = APIRouter()


@router.get("/cases/{case_id}/readings")
def readings_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    desk = _supervised(session, runtime, actor, case_id)
    return page(request, TEMPLATE, form=Form(), **_shown(request, desk, None))


@router.get("/cases/{case_id}/readings/answer")
def answer_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """On paper, for the person whose case it is: one line for each person and way of looking."""
    desk = _supervised(session, runtime, actor, case_id)
    asked = _asked(request)
    workers = [p.name for p in desk.view.parties if p.side == "worker" and p.principal]
    return page(
        request,
        ANSWER,
        view=desk.view,
        rows=readers(session, case_id, asked),
        asked=asked,
        asker=request.query_params.get("asker", "").strip()[:100] or (workers[0] if len(workers) == 1 else ""),
        titles=runtime.title,
        kinds=KINDS,
        kept=KEPT_YEARS,
        now=runtime.clock.now(),
    )


@router.post("/cases/{case_id}/questions/{row_id}/answer")
def answer_question(
    case_id: CaseId,
    row_id: RowId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """The paper with everybody who has looked, for a question that was recorded."""
    answer(session, runtime, case_id, row_id, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/consents#questions", 303)


@router.post("/cases/{case_id}/restriction")
def restrict_case(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, TEMPLATE, typed, lambda _error: _again(request, saving)):
        raw = {"reason": typed.text("reason"), "readers": [int(t) for t in typed.texts("readers") if t.isdecimal()]}
        restrict(session, runtime, case_id, read(RestrictIn, raw), key=saving.key, actor=actor)
    return RedirectResponse(f"/cases/{case_id}/readings", 303)


@router.post("/cases/{case_id}/restriction/lift")
def lift_restriction(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, TEMPLATE, typed, lambda _error: _again(request, saving)):
        lift(session, runtime, case_id, read(LiftIn, {"reason": typed.text("lift")}), key=saving.key, actor=actor)
    return RedirectResponse(f"/cases/{case_id}/readings", 303)


def _again(request: Request, saving: Saving) -> dict[str, Any]:
    desk = _supervised(saving.session, saving.runtime, saving.actor, saving.case_id)
    return _shown(request, desk, saving.typed)


def _supervised(session: Any, runtime: Runtime, actor: Actor, case_id: int) -> Desk:
    check_supervisor(session, runtime, case_id, actor)
    return desk_at(session, runtime, actor, case_id)


def _asked(request: Request) -> Asked:
    given = request.query_params
    kind, person = given.get("kind", ""), given.get("person", "")
    return Asked(
        kind=kind if kind in KINDS else "",
        person_id=int(person) if person.isascii() and person.isdecimal() and len(person) < 15 else None,
        from_on=_day(given.get("from")),
        to_on=_day(given.get("to")),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _shown(request: Request, desk: Desk, typed: Typed | None) -> dict[str, Any]:
    number, asked = page_number(request), _asked(request)
    found = readings(desk.session, desk.view.id, asked, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    restriction = restriction_of(desk.session, desk.view.id)
    named = {id for id, _ in restriction.readers} if restriction else set()
    chosen = set(typed.texts("readers")) if typed else {str(id) for id in named}
    return {
        "view": desk.view,
        "found": found,
        "number": number,
        "has_next": number * PER_PAGE < found.total,
        "asked": asked,
        "kinds": KINDS,
        "printed": PRINTED,
        "kept": KEPT_YEARS,
        "restriction": restriction,
        "chosen": chosen,
        "colleagues": desk.view.colleagues,
        "titles": desk.runtime.title,
    }

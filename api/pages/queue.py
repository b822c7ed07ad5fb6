"""律师案件池: what waits, without names; claiming, "give me the next one", what I hold, giving back."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.assignments.claim import claim, next_case, release
from mediation.assignments.queries import HeldCase, count_waiting, held_by, others_waiting, waiting
from mediation.errors import BadInput, NotFound, Refused
from mediation.people.actor import Actor
from mediation.runtime import Runtime

from ..deps import CurrentLawyer, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import ProceedingId
from .templating import ShowAgain, page, shown_again
from .turning import page_number

PER_PAGE = 20

router = APIRouter()


@router.get("/queue")
def queue(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentLawyer) -> Response:
    number = page_number(request)
    cases = waiting(session, actor, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    total = count_waiting(session, actor)
    held = _held(session, runtime, actor)
    took = request.query_params.get("took", "")
    return page(
        request,
        "queue/queue.html",
        cases=cases,
        total=total,
        held=held,
        took=next((case for case in held if str(case.proceeding_id) == took), None),
        was_next="next" in request.query_params,
        number=number,
        has_next=number * PER_PAGE < total,
        **_words(runtime),
    )


@router.post("/queue/next")
def take_next(
    request: Request, session: WriteSession, runtime: CurrentRuntime, actor: CurrentLawyer, key: RequestKey
) -> Response:
    try:
        found = next_case(session, runtime, key=_key(key), actor=actor)
    except Refused as refused:
        raise _not_this_one(request, session, runtime, actor, refused, 0) from refused
    return RedirectResponse(f"/queue?took={found.advanced.proceeding_id}&next=1", 303)


@router.post("/queue/{proceeding_id}/claim")
def take(
    request: Request,
    proceeding_id: ProceedingId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentLawyer,
    key: RequestKey,
) -> Response:
    try:
        claim(session, runtime, proceeding_id, key=_key(key), actor=actor)
    except Refused as refused:
        raise _not_this_one(request, session, runtime, actor, refused, proceeding_id) from refused
    return RedirectResponse(f"/queue?took={proceeding_id}", 303)


def _not_this_one(
    request: Request, session: Session, runtime: Runtime, actor: Actor, refused: Refused, proceeding_id: int
) -> ShowAgain:
    """To raise: who was faster, and at once two others to choose from."""
    others = others_waiting(session, actor, proceeding_id)
    shown = page(request, "queue/taken.html", Refused.status, refused=refused, others=others, **_words(runtime))
    return ShowAgain(shown)


@router.get("/queue/{proceeding_id}/release")
def release_form(
    request: Request, proceeding_id: ProceedingId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentLawyer
) -> Response:
    held = _one_held(session, runtime, actor, proceeding_id)
    return page(request, "queue/release.html", form=Form(), held=held, **_words(runtime))


@router.post("/queue/{proceeding_id}/release")
def give_back(
    request: Request,
    typed: TypedForm,
    proceeding_id: ProceedingId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentLawyer,
    key: RequestKey,
) -> Response:
    held = next((case for case in _held(session, runtime, actor) if case.proceeding_id == proceeding_id), None)
    with shown_again(request, "queue/release.html", typed, held=held, **_words(runtime)):
        release(session, runtime, proceeding_id, typed.nested(), key=_key(key), actor=actor)
    return RedirectResponse("/queue?released=1", 303)


def _held(session: Session, runtime: Runtime, actor: Actor) -> Any:
    return held_by(session, actor.person_id or 0, runtime.clock.now())


def _one_held(session: Session, runtime: Runtime, actor: Actor, proceeding_id: int) -> HeldCase:
    for case in _held(session, runtime, actor):
        if case.proceeding_id == proceeding_id:
            found: HeldCase = case
            return found
    raise NotFound("您没有承办这件案件，或者已经退回。请回到案件池查看。")


def _words(runtime: Runtime) -> dict[str, Any]:
    """Titles of codes and states, for the templates."""
    return {
        "causes": runtime.codes["causes"],
        "needs": runtime.codes["party_needs"].titles,
        "reasons": list(runtime.codes["release_reasons"].items()),
        "state_title": lambda case: runtime.machine("legal_aid", case.version).definition.states[case.state].title,
    }


def _key(key: str | None) -> str:
    if key is None:
        raise BadInput("页面不完整，内容未保存。请刷新页面后重试。")
    return key

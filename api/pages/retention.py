"""个人信息销毁: what is due, proposed, done; on a case: requests about personal data and what stops destruction."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.catalogue import translate
from mediation.errors import Forbidden, Refusal, Refused
from mediation.people.actor import Actor
from mediation.people.rights import roles_of
from mediation.retention.deciding import GROUNDS, DeclineIn, approve, decline, propose
from mediation.retention.due import standing
from mediation.retention.lists import STATES, deletions
from mediation.retention.periods import load_periods
from mediation.retention.requests import (
    ANSWERS,
    KINDS,
    AnswerIn,
    HoldIn,
    RequestIn,
    answer_request,
    hold,
    hold_of,
    record_request,
    release,
    requests_of,
)
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read
from .case_changes import Saving
from .events import desk_at
from .templating import page
from .turning import page_number

LIST, CASE = "retention/list.html", "retention/case.html"
PER_PAGE = 30

router = APIRouter()


@router.get("/retention")
def retention_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    return page(request, LIST, form=Form(), **_listed(request, session, runtime, actor))


@router.post("/retention")
def propose_deletions(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """All that were ticked, or none."""
    _check(actor)
    with attempting(request, session, LIST, typed, lambda _error: _listed(request, session, runtime, actor)):
        key_in(key)
        ids = [int(text) for text in typed.texts("ids") if text.isascii() and text.isdecimal() and len(text) < 15]
        if not ids:
            raise Refused([Refusal("chosen", "请先勾选要提出销毁的案件。")])
        propose(session, runtime, ids, actor=actor)
    return RedirectResponse("/retention?state=proposed", 303)


@router.post("/retention/{deletion_id}/approve")
def approve_deletion(
    request: Request,
    deletion_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    _check(actor)
    with attempting(request, session, LIST, typed, lambda _error: _listed(request, session, runtime, actor)):
        approve(session, runtime, deletion_id, key=key_in(key), actor=actor)
    return RedirectResponse("/retention?state=done", 303)


@router.post("/retention/{deletion_id}/decline")
def decline_deletion(
    request: Request,
    deletion_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    _check(actor)
    shown = {"chosen": deletion_id}
    with attempting(request, session, LIST, typed, lambda _error: _listed(request, session, runtime, actor) | shown):
        key_in(key)
        said = read(DeclineIn, {"reason": typed.text("reason")})
        decline(session, runtime, deletion_id, said, actor=actor)
    return RedirectResponse("/retention", 303)


def _check(actor: Actor) -> None:
    if not actor.has(*roles_of("propose_deletion")):
        raise Forbidden("个人信息的销毁由主管办理。")


def _listed(request: Request, session: Session, runtime: Runtime, actor: Actor) -> dict[str, Any]:
    _check(actor)
    number = page_number(request)
    asked = request.query_params.get("state", "")
    state = asked if asked in STATES else ("proposed" if request.method == "POST" and "/" in _tail(request) else "due")
    found, counts = deletions(session, actor, state, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    periods = load_periods(runtime.settings.workflows_folder)
    return {
        "rows": found,
        "counts": counts,
        "state": state,
        "states": STATES,
        "grounds": GROUNDS,
        "number": number,
        "has_next": number * PER_PAGE < counts[state],
        "periods": periods,
        "class_title": partial(_class_title, runtime),
        "me": actor.person_id,
        "chosen": 0,
    }


def _tail(request: Request) -> str:
    return request.url.path.removeprefix("/retention").removeprefix("/")


# ── on a case ──


@router.get("/cases/{case_id}/personal-data")
def personal_data(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, CASE, form=Form(), **_shown(session, runtime, actor, case_id, ""))


@router.post("/cases/{case_id}/personal-data")
def record(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, CASE, typed, lambda _e: _again(saving, "request")):
        names = ("party", "kind", "words", "received_on")
        said = read(RequestIn, _given(typed, *names))
        record_request(session, runtime, case_id, said, key=saving.key, actor=actor)
    return RedirectResponse(f"/cases/{case_id}/personal-data", 303)


@router.post("/cases/{case_id}/personal-data/answer")
def answer(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, CASE, typed, lambda _e: _again(saving, "answer")):
        said = read(AnswerIn, _given(typed, "request", "answer", "reason"))
        answer_request(session, runtime, case_id, said, key=saving.key, actor=actor)
    return RedirectResponse(f"/cases/{case_id}/personal-data", 303)


@router.post("/cases/{case_id}/personal-data/hold")
def hold_case(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """Stops destruction, or lets it go on where it was stopped: the form says which."""
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, CASE, typed, lambda _e: _again(saving, "hold")):
        change = release if typed.text("release") else hold
        change(session, runtime, case_id, read(HoldIn, _given(typed, "reason")), key=saving.key, actor=actor)
    return RedirectResponse(f"/cases/{case_id}/personal-data", 303)


def _given(typed: Typed, *names: str) -> dict[str, Any]:
    return {name: typed.text(name) or None for name in names}


def _again(saving: Saving, which: str) -> dict[str, Any]:
    return _shown(saving.session, saving.runtime, saving.actor, saving.case_id, which)


def _shown(session: Session, runtime: Runtime, actor: Actor, case_id: int, which: str) -> dict[str, Any]:
    """`which`: the form that was refused."""
    desk = desk_at(session, runtime, actor, case_id)
    if not desk.view.roles & set(roles_of("personal_request")):
        raise Forbidden("个人信息请求由调解员、书记员和主管办理。")
    return {
        "view": desk.view,
        "requests": requests_of(session, case_id),
        "held": hold_of(session, case_id),
        "standing": standing(session, runtime, case_id),
        "kinds": KINDS,
        "answers": ANSWERS,
        "periods": load_periods(runtime.settings.workflows_folder),
        "class_title": partial(_class_title, runtime),
        "supervises": bool(set(roles_of("hold_deletion")) & set(desk.view.roles)),
        "which": which,
        "today": runtime.clock.today(),
    }


def _class_title(runtime: Runtime, name: str) -> str:
    """身份信息, identity: in the reader's language, without what stands in brackets behind it."""
    return translate(runtime.title("data_classes", name)).partition("（")[0].partition(" (")[0]

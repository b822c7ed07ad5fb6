"""查进展: a small public page behind the code of the receipt, and the page where codes are made and revoked."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.arrival.codes import live_code, plain, renew_code, revoke_code
from mediation.arrival.progress import Progress, note_look, progress_of
from mediation.arrival.receipts import printed
from mediation.errors import Forbidden
from mediation.logins.throttle import WRONG_CODE, guessing, log_attempt
from mediation.people.rights import roles_of
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, Now, ReadSession, RequestKey, WriteSession
from ..forms import Form
from ..origins import origin_of
from ..v1.parameters import CaseId
from .attempts import key_in
from .event_forms import Desk
from .events import desk_at
from .qr import qr_picture
from .templating import page

ASK, SHOWN, MINE = "progress/ask.html", "progress/progress.html", "case/progress.html"
UNKNOWN = "没有这个查询编码，请对照回执逐字核对；仍不能查询的，请打电话给办理单位。"
REVOKED = "这个查询编码已经停用，请向办理单位索取新的编码。"
HIDDEN = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
"""The address holds the code: it goes to no other site, and into no index."""

router = APIRouter()


@router.get("/progress")
def ask_page(request: Request) -> Response:
    """Where the code is typed in; a form that works without JavaScript."""
    if code := plain(request.query_params.get("code", "")):
        return RedirectResponse(f"/progress/{code}" if code.isascii() and code.isalnum() else "/progress/-", 303)
    return page(request, ASK, headers=HIDDEN, form=Form(), sentence="")


@router.get("/progress/{code}")
def progress_page(request: Request, code: str, runtime: CurrentRuntime, at: Now) -> Response:
    """Where the case stands, for whoever holds the code. Guessing is slowed down as it is for passwords."""
    origin = origin_of(request, "progress")
    with runtime.database.read() as session:
        seconds = guessing(session, origin.address, at=at)
        found = None if seconds else progress_of(session, runtime, code)
    if seconds:
        sentence = f"这个网络地址输错编码的次数太多，请等{seconds}秒再试。"
        return _asked_again(request, sentence, 429, {"retry-after": str(seconds)})
    with runtime.database.write() as session:
        if found is None:
            log_attempt(session, None, WRONG_CODE, origin, at=at)
        elif not found.revoked:
            note_look(session, found, at)
    return _answer(request, found)


def _answer(request: Request, found: Progress | None) -> Response:
    if found is None:
        return _asked_again(request, UNKNOWN, 404)
    if found.revoked:
        return _asked_again(request, REVOKED, 410)
    return page(request, SHOWN, headers=HIDDEN, told=found)


def _asked_again(request: Request, sentence: str, status: int, more: dict[str, str] | None = None) -> Response:
    return page(request, ASK, status, headers={**HIDDEN, **(more or {})}, form=Form(), sentence=sentence)


@router.get("/cases/{case_id}/progress")
def code_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, MINE, form=Form(), **_mine(_desk(session, runtime, actor, case_id), None))


@router.post("/cases/{case_id}/progress/renew")
def renewed(
    request: Request,
    case_id: CaseId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """The new code is shown in this answer and never again: only its hash is kept."""
    desk = _desk(session, runtime, actor, case_id)
    code = renew_code(session, runtime, case_id, key=key_in(key), actor=actor)
    if code is None:
        return RedirectResponse(f"/cases/{case_id}/progress", 303)
    return page(request, MINE, form=Form(), **_mine(desk, printed(runtime.settings, code)))


@router.post("/cases/{case_id}/progress/revoke")
def revoked(
    case_id: CaseId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequestKey
) -> Response:
    revoke_code(session, runtime, case_id, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/progress", 303)


def _desk(session: Any, runtime: Runtime, actor: Any, case_id: int) -> Desk:
    desk = desk_at(session, runtime, actor, case_id)
    if not desk.view.roles & set(roles_of("renew_progress")):
        raise Forbidden("只有办理本案的人员可以生成查询编码。")
    return desk


def _mine(desk: Desk, made: dict[str, str] | None) -> dict[str, Any]:
    """`made`: the new code, as it is printed."""
    live = live_code(desk.session, desk.view.id)
    since: datetime | None = live.made_at if live else None
    told = {"view": desk.view, "since": since, "read": live.last_read_at if live else None, "made": made}
    return {**told, "picture": qr_picture(made["content"]) if made else ""}

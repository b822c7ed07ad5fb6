"""个人信息告知与同意: the notice, what everybody answered, withdrawals, and questions about who has looked."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.access.asked import QuestionIn, ask, questions
from mediation.cases.change import STAFF
from mediation.cases.view import case_view
from mediation.consents.notice import CITES, current_notice, notice_of, notices
from mediation.consents.record import AnswerIn, WithdrawalIn, record_answer, withdraw
from mediation.consents.standing import consents_of, missing

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read
from .case_changes import Saving
from .templating import page

TEMPLATE, NOTICE = "consents/consents.html", "consents/notice.html"
LISTS = ("consent_purposes", "consent_grounds", "consent_ways", "privacy_answers", "privacy_notices")

router = APIRouter()


@router.get("/privacy-notice")
def notice_page(request: Request, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    """The notice to read out or to print; `version` shows an older one."""
    version, today = request.query_params.get("version", ""), runtime.clock.today()
    found = notice_of(runtime, version) if version else current_notice(runtime, today)
    return page(
        request,
        NOTICE,
        notice=found,
        versions=notices(runtime),
        articles=[runtime.law.statute(id) for id in CITES],
        today=today,
    )


@router.get("/cases/{case_id}/consents")
def consents_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    shown = _shown(session, runtime, case_id, actor, "")
    return page(request, TEMPLATE, form=Form.filled({"party": request.query_params.get("party", "")[:20]}), **shown)


@router.post("/cases/{case_id}/consents")
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
    with attempting(request, session, TEMPLATE, typed, lambda _e: _shown(session, runtime, case_id, actor, "record")):
        raw = {**saving.raw, "purposes": typed.texts("purposes")}
        record_answer(session, runtime, case_id, read(AnswerIn, raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/consents", 303)


@router.post("/cases/{case_id}/consents/{row_id}/withdraw")
def withdraw_page(
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
    shown = lambda _error: _shown(session, runtime, case_id, actor, str(row_id))  # noqa: E731
    with attempting(request, session, TEMPLATE, typed, shown):
        withdraw(session, runtime, case_id, row_id, read(WithdrawalIn, saving.raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/consents#c{row_id}", 303)


@router.post("/cases/{case_id}/questions")
def ask_page(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)
    with attempting(request, session, TEMPLATE, typed, lambda _e: _shown(session, runtime, case_id, actor, "ask")):
        ask(session, runtime, case_id, read(QuestionIn, saving.raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/consents#questions", 303)


def _shown(session: Any, runtime: Any, case_id: int, actor: Any, what: str) -> dict[str, Any]:
    """`what` is the form that is open: record, ask, or the id of the consent to withdraw."""
    view = case_view(session, runtime, case_id, actor)
    codes: Mapping[str, Any] = {name: list(runtime.codes[name].items()) for name in LISTS}
    return {
        "view": view,
        "what": what,
        "rows": consents_of(session, runtime, case_id),
        "missing": missing(session, runtime, case_id),
        "notice": current_notice(runtime, view.today),
        "questions": questions(session, runtime, case_id),
        "people": [(p.id, p.name) for p in view.parties if p.person_id is not None and p.left_on is None],
        "letters": [(item.id, f"{item.number} {item.name}") for item in view.evidence],
        "codes": codes,
        "titles": runtime.title,
        "staff": bool(view.roles & set(STAFF)),
        "supervises": "supervisor" in view.roles,
    }

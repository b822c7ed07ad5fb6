"""协议之后走哪条路: the hand-off screen of one case."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.cases.view import case_view
from mediation.procedures.applications.standing import standings
from mediation.procedures.hand_off import hand_off

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from ..v1.parameters import CaseId
from ..v1.routes import AskedForThisLook
from .applications import may_draft
from .templating import page

router = APIRouter()


@router.get("/cases/{case_id}/routes")
def routes(
    request: Request,
    case_id: CaseId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    asked: AskedForThisLook,
) -> Response:
    """Judged with what the file knows and what the query tells; nothing of the query is kept."""
    view = case_view(session, runtime, case_id, actor)
    _, papers = standings(session, runtime, case_id)
    return page(
        request,
        "case/routes.html",
        view=view,
        papers={paper.kind.route: paper for paper in papers if paper.kind.route},
        may_draft=may_draft(view),
        found=hand_off(session, runtime, case_id, actor, asked),
        form=Form(tuple(request.query_params.items())),
        answers=list(runtime.codes["three_answers"].items()),
        bodies=list(runtime.codes["mediation_bodies"].items()),
        titles=runtime.title,
    )

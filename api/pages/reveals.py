"""查看完整号码: one field of one person, with a reason; what is shown stands in this answer only."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from mediation.access.reveal import REASONS, Revealed, RevealIn, holder, reveal
from mediation.cases.view import case_view

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId, RowId
from . import tidy
from .attempts import attempting, read
from .templating import page

TEMPLATE = "access/reveal.html"
Of = Annotated[Literal["party", "receipt"], Path()]

router = APIRouter()


@router.get("/cases/{case_id}/reveal/{of}/{row_id}")
def reveal_page(
    request: Request,
    case_id: CaseId,
    of: Of,
    row_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    form = Form.filled({"field": request.query_params.get("field", "")[:20]})
    return page(request, TEMPLATE, form=form, **_shown(session, runtime, case_id, of, row_id, actor))


@router.post("/cases/{case_id}/reveal/{of}/{row_id}")
def reveal_field(
    request: Request,
    case_id: CaseId,
    of: Of,
    row_id: RowId,
    typed: TypedForm,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    """No redirect: an address that shows the value would show it again to whoever comes back."""
    given = tidy.given(typed.nested())
    field = str(given.pop("field", ""))
    with attempting(
        request, session, TEMPLATE, typed, lambda _error: _shown(session, runtime, case_id, of, row_id, actor)
    ):
        found = reveal(session, runtime, case_id, of, row_id, field, read(RevealIn, given), actor=actor)
    shown = _shown(session, runtime, case_id, of, row_id, actor, found)
    return page(request, TEMPLATE, form=Form.filled({"field": ""}), **shown)


def _shown(
    session: Any, runtime: Any, case_id: int, of: str, row_id: int, actor: Any, revealed: Revealed | None = None
) -> dict[str, Any]:
    return {
        "view": case_view(session, runtime, case_id, actor),
        "of": of,
        "row_id": row_id,
        "holder": holder(session, runtime, case_id, of, row_id, actor),
        "revealed": revealed,
        "reasons": list(runtime.codes[REASONS].items()),
    }

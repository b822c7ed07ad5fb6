"""运行情况: is the machine alive, what is late, what it gave up, what the nightly check found; with the remedies."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from mediation.findings.queries import open_findings
from mediation.findings.repair import repair_finding
from mediation.sweeping.health import health
from mediation.sweeping.stuck import Kind, beats, drop, late_reminders, retry, stuck_items

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import TypedForm
from ..v1.parameters import RowId
from .attempts import key_in
from .overdue import reporting
from .templating import page

BACK = "/machine"

router = APIRouter()
Which = Annotated[Kind, Path()]


@router.get("/machine")
def machine_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    now = runtime.clock.now()
    found = health(session, now)
    return page(
        request,
        "machine/machine.html",
        now=now,
        last_tick=found.last_tick,
        beats=beats(session),
        late=late_reminders(session, actor, now),
        stuck=stuck_items(session, actor, found),
        findings=open_findings(session, actor),
        may=actor.has("supervisor"),
        titles=runtime.title,
    )


@router.post("/machine/stuck/{kind}/{row_id}/retry")
def retry_stuck(
    kind: Which,
    row_id: RowId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    retry(session, runtime, kind, row_id, key=key_in(key), actor=actor)
    return RedirectResponse(f"{BACK}#stuck", 303)


@router.post("/machine/stuck/{kind}/{row_id}/drop")
def drop_stuck(
    kind: Which,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    drop(session, runtime, kind, row_id, typed.text("reason"), key=key_in(key), actor=actor)
    return RedirectResponse(f"{BACK}#stuck", 303)


@router.post("/machine/findings/{finding_id}/repair")
def repair(
    finding_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequestKey
) -> Response:
    """Sets right what a click may set right."""
    repair_finding(session, runtime, finding_id, key=key_in(key), actor=actor)
    return RedirectResponse(f"{BACK}#findings", 303)

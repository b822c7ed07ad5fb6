"""Firing an event from a form: the form alone on a page, and what comes back when it is refused."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.cases.access import UNSEEN
from mediation.cases.advance import advance
from mediation.cases.models import Proceeding
from mediation.cases.telling import tell
from mediation.cases.view import case_view
from mediation.engine.definition import Event
from mediation.errors import BadInput, Forbidden, MediationError, NotFound
from mediation.people.actor import Actor
from mediation.recovery.overview import beside_the_claims
from mediation.recovery.queries import money_of
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, ProceedingId
from .attempts import Context, attempting, key_in, revision_in, revision_shown, side_by_side
from .event_forms import MANY_PARTIES, Desk, EventForm, answers, meant
from .instalments import instalments
from .templating import ShowAgain, form_again, page

TEMPLATE = "case/event.html"

router = APIRouter()


@router.get("/cases/{case_id}/events/{proceeding_id}/{event}")
def event_form(
    request: Request,
    case_id: CaseId,
    proceeding_id: ProceedingId,
    event: str,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    item = _item(desk, proceeding_id, event)
    return page(request, TEMPLATE, form=item.form, **_shown(desk, item, None, None))


def prefilled(request: Request, desk: Desk, item: EventForm, values: Mapping[str, Any]) -> Response:
    """The form alone on a page, with what another page has worked out; nothing is saved yet."""
    proposed = {name: [text for key, text in item.form.values if key == name] for name in item.event.asks}
    filled = Form.filled({name: texts for name, texts in proposed.items() if name not in values} | dict(values))
    return page(request, TEMPLATE, form=filled, **_shown(desk, item, None, None))


@router.post("/cases/{case_id}/events/{proceeding_id}/{event}")
def fire(
    request: Request,
    case_id: CaseId,
    proceeding_id: ProceedingId,
    event: str,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(error: MediationError | None) -> dict[str, Any]:
        desk = desk_at(session, runtime, actor, case_id)
        return _shown(desk, _item(desk, proceeding_id, event), typed, error)

    if typed.more_rows:
        raise form_again(request, TEMPLATE, typed, **context(None))
    if table := typed.text("_split"):
        raise _split_again(request, typed, table, context)
    known = _known(session, runtime, case_id, proceeding_id, event)
    said = meant(known, runtime, typed)
    with attempting(request, session, TEMPLATE, said, context):
        revision, once = revision_in(typed), key_in(key)
        told = answers(known, said)
        done = advance(session, runtime, proceeding_id, event, told, revision=revision, key=once, actor=actor)
    return RedirectResponse(f"/cases/{case_id}?done={done.seq}&in={done.proceeding_id}", 303)


def _split_again(request: Request, typed: Typed, table: str, context: Context) -> ShowAgain:
    try:
        return form_again(request, TEMPLATE, instalments(typed, table), **context(None))
    except BadInput as error:
        return form_again(request, TEMPLATE, typed, error, **context(error))


def _known(session: Session, runtime: Runtime, case_id: int, proceeding_id: int, event: str) -> Event:
    """The event in the proceeding's own version; whether it may happen, `advance` decides."""
    query = select(Proceeding.workflow, Proceeding.version)
    row = session.execute(query.where(Proceeding.id == proceeding_id, Proceeding.case_id == case_id)).one_or_none()
    found = runtime.machine(row.workflow, row.version).definition.events.get(event) if row else None
    if found is None:
        raise NotFound("没有这个案件或事项，或者您无权查看。请从案件页面进入。")
    return found


def desk_at(session: Session, runtime: Runtime, actor: Actor, case_id: int) -> Desk:
    """The file and its money as this person may see them; NotFound otherwise."""
    view = case_view(session, runtime, case_id, actor)
    return Desk(session, runtime, actor, view, money_of(session, case_id, runtime.clock.today()))


def _item(desk: Desk, proceeding_id: int, event: str) -> EventForm:
    proceeding = desk.view.proceeding(proceeding_id)
    if proceeding is None:
        raise NotFound(UNSEEN)
    option = next((o for o in proceeding.options if o.event.name == event), None)
    if option is None:
        raise _not_mine(desk, proceeding.definition.events.get(event))
    return desk.form_of(proceeding, option)


def _not_mine(desk: Desk, event: Any) -> MediationError:
    if event is None:
        return NotFound("没有这个事项，请从案件页面进入。")
    by = "、".join(desk.runtime.vocabulary.role_title(role) for role in event.by)
    return Forbidden(f"“{event.title}”只能由{by}办理。")


def _promising(event: Event) -> bool:
    """Whether the event writes an agreement."""
    return any(ask.type == "promises" for ask in event.asks.values())


def _shown(desk: Desk, item: EventForm, typed: Typed | None, error: MediationError | None) -> dict[str, Any]:
    names = desk.names
    definition = item.proceeding.definition
    mine = tell(desk.runtime, definition, item.event.name, answers(item.event, typed), names) if typed else ()
    return {
        "view": desk.view,
        "item": item,
        "revision": revision_shown(error, typed, item.proceeding.revision),
        "stale": side_by_side(desk.runtime, definition, error, mine, names),
        "many": len(desk.principals) > MANY_PARTIES,
        "compared": beside_the_claims(desk.session, desk.view.id) if _promising(item.event) else (),
        "mediators": desk.mediators() if item.event.name == "assign_mediator" else (),
        "titles": desk.runtime.title,
    }

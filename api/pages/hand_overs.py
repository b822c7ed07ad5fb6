"""移交: somebody is ill or leaves. Choose the person, see everything that lies with them, choose who takes it, done."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.assignments.hand_over import BATCH, HandOverIn, choose_again, go_on, hand_over
from mediation.assignments.hand_over_lists import hand_over_list, hand_overs
from mediation.assignments.holdings import Holding, givers, held
from mediation.assignments.signing import sign
from mediation.assignments.suggesting import Candidate, candidates, receivers_for, suggest
from mediation.errors import MediationError
from mediation.people.actor import Actor
from mediation.people.colleagues import colleagues_within, names_of
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import RowId
from .attempts import attempting, key_in, read
from .overdue import plain_id, supervising
from .templating import page
from .turning import page_number

PER_PAGE = 30
NEW = "handover/new.html"

router = APIRouter()


@router.get("/handovers")
def lists(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    number = page_number(request)
    found = hand_overs(session, runtime, actor, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return page(
        request,
        "handover/lists.html",
        rows=found[:PER_PAGE],
        may=actor.has("supervisor"),
        number=number,
        has_next=len(found) > PER_PAGE,
    )


@router.get("/handovers/new")
def new(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    """Without a person: whose things? With one: everything that lies with them, and a proposal for each."""
    supervising(actor)
    giver = plain_id(request.query_params.get("giver"))
    shown = _desk(session, runtime, actor, giver)
    first = {"giver": giver, "kind": "absence", "receiver": ""}
    return page(request, NEW, form=Form.filled(first), **shown)


@router.post("/handovers")
def make(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    giver, once = plain_id(typed.text("giver")), key_in(key)

    def context(_: MediationError | None) -> Mapping[str, Any]:
        return _desk(session, runtime, actor, giver)

    with attempting(request, session, NEW, typed, context):
        fields = {name: typed.text(name) for name in ("giver", "kind", "reason", "back_on")}
        data = read(HandOverIn, {name: text for name, text in fields.items() if text})
        receivers = _receivers(session, runtime, actor, data.giver, typed)
        done = hand_over(session, runtime, data, receivers, key=once, actor=actor)
    return RedirectResponse(f"/handovers/{done.id}", 303)


def _receivers(session: Session, runtime: Runtime, actor: Actor, giver: int, typed: Typed) -> Mapping[int, int]:
    """`to.ID` chooses for one line, `receiver` for all."""
    named = {name.removeprefix("to."): plain_id(text) for name, text in typed.items if name.startswith("to.")}
    chosen = {int(line): person for line, person in named.items() if plain_id(line) and person}
    return receivers_for(session, runtime, actor, giver, chosen, plain_id(typed.text("receiver")) or None)


def _desk(session: Session, runtime: Runtime, actor: Actor, giver: int | None) -> dict[str, Any]:
    """The lines are proposed one by one as long as they fit on a page; a longer list only says who takes how many."""
    today = runtime.clock.today()
    people = dict(colleagues_within(session, actor.paths("supervisor"), today, "mediator", "lawyer"))
    people |= names_of(session, [id for id in givers(session, actor) if id not in people])
    holdings = held(session, runtime, actor, giver) if giver else []
    among = candidates(session, actor, giver, today) if giver else ()
    proposed = suggest(session, holdings, among, today)
    return {
        "giver": giver,
        "giver_name": people.get(giver or 0, ""),
        "people": sorted(people.items(), key=lambda one: one[1]),
        "holdings": holdings,
        "candidates": among,
        "choices": _choices(holdings, among),
        "proposed": proposed,
        "shares": _shares(proposed, among),
        "one_by_one": len(holdings) <= BATCH,
        "kinds": list(runtime.codes["hand_over_kinds"].items()),
    }


def _choices(
    holdings: Sequence[Holding], among: Sequence[Candidate]
) -> Mapping[tuple[str, str], list[tuple[int, str]]]:
    """(role, place) → whom to choose from there, with how much each has already."""
    places = {(one.role, one.path) for one in holdings}
    return {
        (role, path): [(one.id, f"{one.person.name}（在办{one.load}件）") for one in among if one.may(role, path)]
        for role, path in places
    }


def _shares(proposed: Mapping[int, int], among: Sequence[Candidate]) -> list[tuple[str, int]]:
    counted = [(one.person.name, sum(id == one.id for id in proposed.values())) for one in among]
    return [(name, count) for name, count in counted if count]


@router.get("/handovers/{hand_over_id}")
def one(
    request: Request, hand_over_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, "handover/list.html", form=Form(), **_list(session, runtime, hand_over_id, actor))


def _list(session: Session, runtime: Runtime, id: int, actor: Actor) -> dict[str, Any]:
    found = hand_over_list(session, runtime, id, actor)
    may = actor.has("supervisor")
    others = candidates(session, actor, found.giver_id, runtime.clock.today()) if may else ()
    return {
        "found": found,
        "may": may,
        "me": actor.person_id,
        "titles": runtime.title,
        "others": [(one.id, one.person.name) for one in others],
        "today": runtime.clock.today(),
    }


@router.post("/handovers/{hand_over_id}/continue")
def go_on_page(hand_over_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    supervising(actor)
    hand_over_list(session, runtime, hand_over_id, actor)
    go_on(session, runtime, hand_over_id, actor=actor)
    return RedirectResponse(f"/handovers/{hand_over_id}", 303)


@router.post("/handovers/{hand_over_id}/again")
def again(
    hand_over_id: RowId, typed: TypedForm, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """Other receivers for what was refused."""
    named = {name.removeprefix("item."): text for name, text in typed.items if name.startswith("item.")}
    chosen = {int(item): plain_id(text) for item, text in named.items() if plain_id(item)}
    receivers = {item: person for item, person in chosen.items() if person}
    choose_again(session, runtime, hand_over_id, receivers, actor=actor)
    return RedirectResponse(f"/handovers/{hand_over_id}#refused", 303)


@router.post("/handovers/{hand_over_id}/sign")
def sign_page(
    request: Request,
    hand_over_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    def context(_: MediationError | None) -> Mapping[str, Any]:
        return _list(session, runtime, hand_over_id, actor)

    with attempting(request, session, "handover/list.html", typed, context):
        person = plain_id(typed.text("person")) or actor.person_id or 0
        leg = "back" if typed.text("leg") == "back" else "out"
        sign(session, runtime, hand_over_id, person, leg, typed.text("note"), actor=actor)
    return RedirectResponse(f"/handovers/{hand_over_id}#signatures", 303)

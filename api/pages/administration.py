"""组织管理: the tree of union bodies and the bodies outside it, for administrators."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from mediation.administration.queries import one_body, outside_of, past_of, tree
from mediation.administration.tree import (
    BodyChange,
    BodyIn,
    CloseIn,
    MoveIn,
    OutsideIn,
    add_body,
    add_outside,
    change_body,
    change_outside,
    close_body,
    move_body,
)
from mediation.people.organisations import LEVELS

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import RowId
from . import tidy
from .attempts import attempting, key_in, read
from .templating import page

TREE, BODY = "admin/tree.html", "admin/body.html"
CHANGES: Mapping[str, tuple[type[BaseModel], Callable[..., object]]] = {
    "change": (BodyChange, change_body),
    "move": (MoveIn, move_body),
    "close": (CloseIn, close_body),
}

router = APIRouter(prefix="/admin")


@router.get("")
def tree_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    return page(request, TREE, form=Form(), **_tree(session, runtime, actor))


@router.post("/places")
def new_place(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    with attempting(request, session, TREE, typed, lambda _error: _tree(session, runtime, actor)):
        made = add_body(session, runtime, read(BodyIn, _given(typed)), key=key_in(key), actor=actor)
    return RedirectResponse(f"/admin/places/{made}", 303)


@router.get("/places/{organisation_id}")
def place_page(
    request: Request, organisation_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    shown = _body(session, runtime, actor, organisation_id, "")
    body = shown["body"]
    lines = ("name", "short_name", "address", "phone", "arbitration_committee")
    given: dict[str, Any] = {name: getattr(body, name) or "" for name in lines}
    given |= {"on": runtime.clock.today().isoformat(), "areas": "、".join(body.areas), "industries": body.industries}
    return page(request, BODY, form=Form.filled(given), **shown)


@router.post("/places/{organisation_id}/outside")
def new_outside(
    request: Request,
    organisation_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    with attempting(
        request, session, BODY, typed, lambda _e: _body(session, runtime, actor, organisation_id, "outside")
    ):
        told = read(OutsideIn, _given(typed))
        add_outside(session, runtime, organisation_id, told, key=key_in(key), actor=actor)
    return RedirectResponse(f"/admin/places/{organisation_id}#outside", 303)


@router.post("/places/{organisation_id}/outside/{body_id}")
def changed_outside(
    request: Request,
    organisation_id: RowId,
    body_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    again = f"outside-{body_id}"
    with attempting(request, session, BODY, typed, lambda _e: _body(session, runtime, actor, organisation_id, again)):
        change_outside(session, runtime, body_id, read(OutsideIn, _given(typed)), key=key_in(key), actor=actor)
    return RedirectResponse(f"/admin/places/{organisation_id}#outside", 303)


@router.post("/places/{organisation_id}/do/{what}")
def changed_place(
    request: Request,
    organisation_id: RowId,
    what: Literal["change", "move", "close"],
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    one_body(session, actor, organisation_id)
    model, verb = CHANGES[what]
    with attempting(request, session, BODY, typed, lambda _e: _body(session, runtime, actor, organisation_id, what)):
        verb(session, runtime, organisation_id, read(model, _given(typed)), key=key_in(key), actor=actor)
    return RedirectResponse(f"/admin/places/{organisation_id}", 303)


def _given(typed: Typed) -> dict[str, Any]:
    given: dict[str, Any] = tidy.given(typed.nested())
    if "industries" in given:
        given["industries"] = typed.texts("industries")
    return given


def _tree(session: Any, runtime: Any, actor: Any) -> dict[str, Any]:
    rows = tree(session, actor, runtime.clock.today())
    return {
        "rows": rows,
        "levels": LEVELS,
        "level_choices": list(LEVELS.items()),
        "industries": list(runtime.codes["industries"].items()),
        "parents": [(row.id, "　" * row.depth + row.name) for row in rows if row.closed_on is None],
    }


def _body(session: Any, runtime: Any, actor: Any, organisation_id: int, what: str) -> dict[str, Any]:
    """`what`: the form that was refused."""
    body = one_body(session, actor, organisation_id)
    today: date = runtime.clock.today()
    rows = tree(session, actor, today)
    return {
        "body": body,
        "what": what,
        "levels": LEVELS,
        "past": past_of(session, body.id),
        "outside": outside_of(session, body.path),
        "kinds": list(runtime.codes["outside_body_kinds"].items()),
        "titles": runtime.title,
        "industries": list(runtime.codes["industries"].items()),
        "parents": [(r.id, r.name) for r in rows if r.closed_on is None and r.id not in (body.id, body.parent_id)],
        "row": next(row for row in rows if row.id == body.id),
    }

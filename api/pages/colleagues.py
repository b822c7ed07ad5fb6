"""人员管理: colleagues with their roles at places and their accounts, for administrators."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from mediation.administration.queries import Sought, colleague, people, tree
from mediation.administration.staff import (
    AccountIn,
    ColleagueChange,
    ColleagueIn,
    PasswordIn,
    RoleIn,
    add_colleague,
    change_colleague,
    end_role,
    grant,
    lock_account,
    new_password,
    open_account,
    reset_factor,
    unlock_account,
)
from mediation.engine.ask_types import Day
from mediation.errors import NotFound

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import RowId
from . import tidy
from .attempts import attempting, key_in, read
from .templating import page
from .turning import page_number

LIST, ONE = "admin/people.html", "admin/person.html"
PER_PAGE = 50
STATES = {"serving": "在任", "former": "已离任", "all": "全部"}

router = APIRouter(prefix="/admin/people")

What = Literal["change", "role", "end", "account", "password", "lock", "unlock", "factor"]


class _EndIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    until_on: Day


@router.get("")
def people_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    return page(request, LIST, form=Form(), **_listed(request, session, runtime, actor))


@router.post("")
def new_person(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    with attempting(request, session, LIST, typed, lambda _error: _listed(request, session, runtime, actor)):
        made = add_colleague(session, runtime, read(ColleagueIn, _given(typed)), key=key_in(key), actor=actor)
    return RedirectResponse(f"/admin/people/{made}", 303)


@router.get("/{person_id}")
def person_page(
    request: Request, person_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    shown = _one(session, runtime, actor, person_id, "", 0)
    one = shown["one"]
    given = {"name": one.name, "phone": one.phone or "", "email": one.email or "", "languages": list(one.languages)}
    return page(request, ONE, form=Form.filled(given), **shown)


@router.post("/{person_id}/{what}/{row_id}")
def changed_person(
    request: Request,
    person_id: RowId,
    what: What,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    """`row_id`: the membership or the account that it is about; the person again where there is none."""
    one = colleague(session, actor, person_id, runtime.clock.today())
    if what == "end" and row_id not in {role.id for role in one.roles}:
        raise NotFound("没有这项任职，或者不在您的管理范围内。")
    if what in ("password", "lock", "unlock", "factor") and row_id not in {account.id for account in one.accounts}:
        raise NotFound("没有这个账号，或者不在您的管理范围内。")
    now = {"key": key_in(key), "actor": actor}
    again = lambda _error: _one(session, runtime, actor, person_id, what, row_id)  # noqa: E731
    with attempting(request, session, ONE, typed, again):
        raw = _given(typed) | ({"languages": typed.texts("languages")} if what == "change" else {})
        VERBS[what](session, runtime, row_id, raw, now)
    return RedirectResponse(f"/admin/people/{person_id}", 303)


VERBS: Mapping[str, Callable[[Any, Any, int, dict[str, Any], Any], object]] = {
    "change": lambda s, r, id, raw, now: change_colleague(s, r, id, read(ColleagueChange, raw), **now),
    "role": lambda s, r, id, raw, now: grant(s, r, id, read(RoleIn, raw), **now),
    "end": lambda s, r, id, raw, now: end_role(s, r, id, read(_EndIn, raw).until_on, **now),
    "account": lambda s, r, id, raw, now: open_account(s, r, id, read(AccountIn, raw), **now),
    "password": lambda s, r, id, raw, now: new_password(s, r, id, read(PasswordIn, raw), **now),
    "lock": lambda s, r, id, _raw, now: lock_account(s, r, id, **now),
    "unlock": lambda s, r, id, _raw, now: unlock_account(s, r, id, **now),
    "factor": lambda s, r, id, _raw, now: reset_factor(s, r, id, **now),
}


def _given(typed: Typed) -> dict[str, Any]:
    given: dict[str, Any] = tidy.given(typed.nested())
    return given


def _places(session: Any, runtime: Any, actor: Any) -> list[tuple[int, str]]:
    rows = tree(session, actor, runtime.clock.today())
    return [(row.id, "　" * row.depth + row.name) for row in rows if row.closed_on is None]


def _roles(runtime: Any) -> list[tuple[str, str]]:
    return [(code, title) for code, title in runtime.codes["roles"].items() if code != "clock"]


def _listed(request: Request, session: Any, runtime: Any, actor: Any) -> dict[str, Any]:
    given, number = request.query_params, page_number(request)
    place, state = given.get("place", ""), given.get("state", "serving")
    sought = Sought(
        text=given.get("text", "").strip()[:100],
        role=given.get("role", "") if given.get("role", "") in runtime.codes["roles"] else "",
        organisation_id=int(place) if place.isascii() and place.isdecimal() and len(place) < 15 else None,
        state=state if state in STATES else "serving",
    )
    offset, today = (number - 1) * PER_PAGE, runtime.clock.today()
    found, total = people(session, actor, sought, today, offset=offset, limit=PER_PAGE)
    return {
        "rows": found,
        "total": total,
        "sought": sought,
        "sought_form": Form.filled({"text": sought.text, "role": sought.role, "place": place, "state": sought.state}),
        "number": number,
        "has_next": number * PER_PAGE < total,
        "places": _places(session, runtime, actor),
        "roles": _roles(runtime),
        "states": list(STATES.items()),
        "titles": runtime.title,
        "today": today,
    }


def _one(session: Any, runtime: Any, actor: Any, person_id: int, what: str, row_id: int) -> dict[str, Any]:
    """`what` and `row_id`: the form that was refused."""
    return {
        "one": colleague(session, actor, person_id, runtime.clock.today()),
        "what": what,
        "row_id": row_id,
        "places": _places(session, runtime, actor),
        "roles": _roles(runtime),
        "languages": list(runtime.codes["languages"].items()),
        "titles": runtime.title,
        "today": runtime.clock.today(),
        "now": runtime.clock.now(),
        "oneself": actor.person_id == person_id,
    }

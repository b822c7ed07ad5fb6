"""登记: one screen with what must be known now; everything else is folded and may come later."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.cases.change import STAFF
from mediation.cases.intake import register
from mediation.cases.queries import places_of
from mediation.errors import BadInput, Forbidden
from mediation.people.actor import Actor
from mediation.people.employers import find_employers
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from . import tidy
from .attempts import key_in
from .templating import form_again, fragment, page, shown_again

TEMPLATE = "intake/intake.html"

router = APIRouter()


@router.get("/intake")
def empty_form(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    first = {"channel": "walk_in", "print_receipt": "true"}
    return page(request, TEMPLATE, form=Form.filled(first), **_choices(session, runtime, actor))


@router.post("/intake")
def save(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    choices = _choices(session, runtime, actor)
    if typed.more_rows:
        raise form_again(request, TEMPLATE, typed, **choices)
    with shown_again(request, TEMPLATE, typed, **choices):
        organisation_id = _organisation(typed, choices["places"])
        raw, origins = application(typed)
        with _named_as_typed(origins), session.begin_nested():
            case = register(session, runtime, raw, organisation_id=organisation_id, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case.case_id}?done=1", 303)


@router.get("/intake/employers")
def suggestions(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    """Employers that are known already, while a name is typed; the field's own name is the parameter's."""
    if not actor.has(*STAFF):
        raise Forbidden("只有登记案件的人员可以查询用人单位。")
    text = next((value for name, value in request.query_params.items() if name.endswith("name")), "")
    return fragment(request, "intake/employers.html", "options", employers=find_employers(session, text))


def _choices(session: Session, runtime: Runtime, actor: Actor) -> dict[str, Any]:
    """The lists that the form offers; Forbidden for people who register nothing anywhere."""
    places = places_of(session, actor, *STAFF)
    if not places:
        raise Forbidden("您不能登记案件；如需登记，请联系本单位管理员授予角色。")
    names = ("channels", "causes", "demand_heads", "employer_kinds", "industries", "party_roles", "id_kinds", "genders")
    codes = {name: list(runtime.codes[name].items()) for name in (*names, "amount_qualities", "party_needs")}
    return {"places": places, "codes": codes}


def _organisation(typed: Typed, places: tuple[tuple[int, str], ...]) -> int:
    """The chosen place; where there is only one, that one."""
    chosen = typed.text("organisation")
    known = {str(id): id for id, _ in places}
    if chosen in known:
        return known[chosen]
    if len(places) == 1 and not chosen:
        return places[0][0]
    raise BadInput("登记内容有误，请按提示修改。", {"organisation": "请选择由哪个组织登记。"})


def application(typed: Typed) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed as an application, and where in the form each demand of a further worker was typed.

    A sum in the list of workers is a demand of that worker under the head that was chosen above.
    """
    raw = tidy.given(typed.nested())
    raw.pop("organisation", None)
    raw["print_receipt"] = raw.get("print_receipt", "false")
    wrong: dict[str, str] = {}
    demands, rows = _table(raw, "demands"), [str(number) for number in typed.row_numbers("workers")]
    for index, demand in enumerate(demands):
        chosen = demand.pop("party", "0")
        demand["party"] = rows.index(chosen) if chosen in rows else 0
        if chosen not in (*rows, "0"):
            wrong[f"demands.{index}.party"] = "这一行没有填写劳动者，请核对。"
    origins = {}
    for index, worker in enumerate(_table(raw, "workers")):
        if needs := typed.texts(f"workers.{rows[index]}.needs"):
            worker["needs"] = needs
        if worker.get("id_number"):
            worker.setdefault("id_kind", "resident_id")
        if amount := worker.pop("amount", ""):
            if not demands or "head" not in demands[0]:
                wrong[f"workers.{index}.amount"] = "请先在上面选择请求项目，再填每人的金额。"
                continue
            origins[f"demands.{len(demands)}.amount"] = f"workers.{index}.amount"
            demands.append({"party": index, "head": demands[0]["head"], "amount": amount})
    if wrong:
        raise BadInput("登记内容有误，请按提示修改。", wrong)
    return raw, origins


def _table(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The rows of a table; what is no table is left for the model to refuse."""
    rows = raw.setdefault(name, [])
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []


@contextmanager
def _named_as_typed(origins: Mapping[str, str]) -> Iterator[None]:
    """Errors about demands that stand in the list of workers are shown there."""
    try:
        yield
    except BadInput as error:
        raise BadInput(error.sentence, {origins.get(n, n): s for n, s in error.fields.items()}) from None

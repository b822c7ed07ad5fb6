"""登记: one screen with what must be known now; everything else is folded and may come later."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.arrival.duplicates import Alike, Told, find_alike
from mediation.arrival.joining import join_case
from mediation.arrival.registering import ASKED, PrivacyIn, register_new
from mediation.arrival.routing import Proposal, propose
from mediation.cases.change import STAFF
from mediation.cases.history import entry_of_key
from mediation.cases.intake import Registered
from mediation.cases.models import Proceeding
from mediation.cases.queries import places_of
from mediation.db import connection_of
from mediation.errors import BadInput, Forbidden
from mediation.people.actor import Actor
from mediation.people.employers import find_employers
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from . import tidy
from .attempts import key_in, read
from .templating import form_again, fragment, page, shown_again

TEMPLATE = "intake/intake.html"
JOIN, ANYWAY, REASON = "_join", "_anyway", "_reason"
"""What is chosen about a case that is there already; no part of the application."""

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
    alike = choices["alike"] = _alike(session, runtime, actor, typed)
    choices["proposals"] = _proposals(session, typed)
    with shown_again(request, TEMPLATE, typed, **choices):
        organisation_id = _organisation(typed, choices["places"])
        raw, origins = application(typed)
        with _named_as_typed(origins), session.begin_nested():
            joined = typed.text(JOIN)
            if joined:
                return _joined(session, runtime, alike, joined, raw, key_in(key), actor)
            case = _registered(session, runtime, typed, alike, raw, organisation_id, key_in(key), actor)
    return RedirectResponse(f"/cases/{case.case_id}?done=1", 303)


def _registered(
    session: Session,
    runtime: Runtime,
    typed: Typed,
    alike: Alike,
    raw: dict[str, Any],
    organisation_id: int,
    key: str,
    actor: Actor,
) -> Registered:
    """A case of its own; beside one that is there already only with a reason, which both cases then show."""
    if alike and entry_of_key(connection_of(session), key) is None:
        raw["not_duplicate"] = _reason(typed)
    elif typed.text(REASON):
        raw["not_duplicate"] = typed.text(REASON)
    told = privacy(typed)
    return register_new(session, runtime, raw, told, organisation_id=organisation_id, key=key, actor=actor)


def privacy(typed: Typed) -> PrivacyIn:
    """What the worker at the counter was told and answered. Of what is not agreed to, what is typed needs a ground."""
    agreed = [one for one in ASKED if one in typed.texts("privacy.agreed")]
    ground, why = typed.text("privacy.ground"), typed.text("privacy.why")
    sensitive = {"identity": typed.text("workers.0.id_number"), "health": typed.texts("workers.0.needs")}
    based = [one for one, given in sensitive.items() if given and one not in agreed] if ground or why else []
    told = {"told": typed.text("privacy.told") or "false", "agreed": agreed, "based": based}
    return read(PrivacyIn, {**told, "ground": ground or None, "why": why or None})


def _reason(typed: Typed) -> str:
    """Why it is registered anyway; BadInput until it is ticked and told."""
    if typed.text(ANYWAY) != "true":
        sentence = "请选择加入已有的案件，或者勾选“仍然另行登记”并写明理由。"
        raise BadInput("这位劳动者与这家单位之间可能已有未办结的案件，还没有保存。", {ANYWAY: sentence})
    if not typed.text(REASON):
        raise BadInput("还没有保存。", {REASON: "请写明为什么另行登记，例如“另一段劳动关系”。"})
    return typed.text(REASON)


def _joined(
    session: Session, runtime: Runtime, alike: Alike, chosen: str, raw: dict[str, Any], key: str, actor: Actor
) -> Response:
    """Everything typed goes to the chosen case, and the answer is that case's page."""
    case_id = next((case.case_id for case in alike.cases if str(case.case_id) == chosen), None)
    if case_id is None:
        raise BadInput("要加入的案件已经办结或者不再相同，还没有保存，请重新选择。")
    join_case(session, runtime, case_id, raw, key=key, actor=actor)
    newest = select(Proceeding.audit_seq).where(Proceeding.case_id == case_id, Proceeding.workflow == "dispute")
    return RedirectResponse(f"/cases/{case_id}?done={session.scalar(newest)}", 303)


@router.post("/intake/alike")
def alike_so_far(
    request: Request, typed: TypedForm, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """While the form is filled in: is the matter here already, and which body should take it? Nothing is written.

    A post, so that names and numbers stand in no address and in no log of addresses.
    """
    if not actor.has(*STAFF):
        raise Forbidden("只有登记案件的人员可以查询在办案件。")
    told: dict[str, Any] = {"alike": _alike(session, runtime, actor, typed), "proposals": _proposals(session, typed)}
    return fragment(request, "intake/hints.html", "hints", form=Form(typed.items), **told)


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
    codes = {
        name: list(runtime.codes[name].items())
        for name in (*names, "amount_qualities", "party_needs", "consent_grounds")
    }
    agreeable = [(code, runtime.title("consent_purposes", code)) for code in ASKED]
    return {"places": places, "codes": codes, "agreeable": agreeable, "alike": Alike(), "proposals": ()}


def _alike(session: Session, runtime: Runtime, actor: Actor, typed: Typed) -> Alike:
    """Of a long list the first workers are looked for: a group is found by any of them."""
    return find_alike(session, runtime, actor, _told(typed, "workers")[:20], _told(typed, "employers")[:5])


def _told(typed: Typed, table: str) -> list[Told]:
    lines = ("name", "phone", "id_kind", "id_number", "uscc")
    return [
        Told(*(typed.text(f"{table}.{number}.{line}")[:200] for line in lines)) for number in typed.row_numbers(table)
    ]


def _proposals(session: Session, typed: Typed) -> tuple[Proposal, ...]:
    """By where the work is done; without it by the address of the employer."""
    place = typed.text("workplace") or typed.text("employers.0.address")
    return propose(session, place, typed.text("employers.0.industry"))


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
    raw.pop("privacy", None)
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

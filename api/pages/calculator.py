"""计算器: pick a formula, fill a few fields, see the sum with every step; in a case, one click fills the demand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.change import STAFF
from mediation.cases.telling import names_of
from mediation.entitlements.calculate import Calculation, calculate
from mediation.entitlements.fill import fill_demand
from mediation.entitlements.known import known_inputs
from mediation.errors import BadInput, MediationError, NotFound
from mediation.law.entitlements.registry import FORMULAS
from mediation.law.entitlements.shape import Wanted, wanted
from mediation.law.entitlements.working import Formula
from mediation.law.plain import day
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId
from . import tidy
from .attempts import attempting, key_in, revision_in, revision_shown, side_by_side
from .event_forms import Column, Desk
from .events import desk_at
from .templating import page

TEMPLATE = "calculator/calculator.html"
OWN = ("formula", "party", "as_of")
"""Fields of the page itself; all others are inputs of the formula."""
CELLS = {"money": "money", "date": "date", "choice": "choice"}

router = APIRouter()


@dataclass(frozen=True)
class Asked:
    """What stands in the address: the formula, and what was typed for it."""

    runtime: Runtime
    typed: Typed

    @property
    def formula(self) -> Formula | None:
        id = self.typed.text("formula")
        if id and id not in FORMULAS:
            raise NotFound("没有这个公式，请从列表中选择。")
        return FORMULAS.get(id)

    @property
    def begun(self) -> bool:
        """Whether anything was typed, or the button pressed, since the formula was chosen."""
        return any(name not in ("formula", "party", "_more") for name, _ in self.typed.items)

    @property
    def raw(self) -> dict[str, Any]:
        told = {name: value for name, value in self.typed.nested().items() if name not in OWN}
        return _plain(wanted(self.formula.inputs), told) if self.formula else {}

    @property
    def party(self) -> int | None:
        text = self.typed.text("party")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

    def calculated(self) -> Calculation:
        law, today = self.runtime.law, self.runtime.clock.today()
        return calculate(law, self.typed.text("formula"), self.raw, today=today, as_of=self.as_of)

    @property
    def as_of(self) -> date | None:
        text = tidy.day(self.typed.text("as_of"))
        try:
            return day(text) if text else None
        except BadInput as error:
            raise BadInput(error.sentence, {"as_of": error.sentence}) from None

    def perhaps(self) -> Calculation | None:
        """The result, where what was typed gives one."""
        try:
            return self.calculated()
        except BadInput:
            return None


def _plain(fields: Iterable[Wanted], told: Mapping[str, Any]) -> dict[str, Any]:
    """What hands typed, made plain field by field; unknown names stay, to be refused."""
    kinds = {field.name: field for field in fields}
    return {name: _tidied(kinds.get(name), value) for name, value in told.items()}


def _tidied(field: Wanted | None, value: Any) -> Any:
    if field is not None and isinstance(value, list):
        return [_plain(field.columns, row) if isinstance(row, Mapping) else row for row in value]
    if field is None or not isinstance(value, str):
        return value
    return _TIDY.get(field.kind, str)(value)


def _month(text: str) -> str:
    """ "2026年3月", "2026/3" → "2026-03"."""
    found = tidy.day(tidy.folded(text).removesuffix("月").removesuffix("-") + "-1")
    return found[:7] if len(found) == 10 else text


_TIDY = {"money": tidy.amount, "date": tidy.day, "month": _month, "number": tidy.folded, "count": tidy.number}


@router.get("/calculator")
def calculator(request: Request, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    asked = Asked(runtime, Typed(tuple(request.query_params.multi_items())))
    return _answered(request, asked, {}, {"view": None, "action": "/calculator"})


@router.get("/cases/{case_id}/calculator")
def case_calculator(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    asked = Asked(runtime, Typed(tuple(request.query_params.multi_items())))
    desk = desk_at(session, runtime, actor, case_id)
    party = asked.party or _first(desk)
    known: dict[str, Any] = known_inputs(session, case_id, party, asked.formula) if asked.formula else {}
    return _answered(request, asked, {**known, "party": party}, _in_case(desk, asked, None))


@router.post("/cases/{case_id}/calculator")
def fill(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    asked = Asked(runtime, typed)

    def context(error: MediationError | None) -> dict[str, Any]:
        return {**_shown(asked, asked.perhaps()), **_in_case(desk_at(session, runtime, actor, case_id), asked, error)}

    with attempting(request, session, TEMPLATE, typed, context):
        if asked.party is None:
            raise BadInput("请选择提出人。", {"party": "请从本案当事人中选择。"})
        done = fill_demand(
            session,
            runtime,
            case_id,
            asked.party,
            typed.text("formula"),
            asked.raw,
            revision=revision_in(typed),
            key=key_in(key),
            actor=actor,
            as_of=asked.as_of,
            update=typed.text("_update") == "true",
        )
    told = f"?done={done.seq}" if done.seq is not None else ""
    return RedirectResponse(f"/cases/{case_id}{told}#demands", 303)


def _answered(request: Request, asked: Asked, known: Mapping[str, Any], place: Mapping[str, Any]) -> Response:
    """The list of formulas, the empty form with what is known, or the form with its result or its refusal."""
    formula, refusal, found = asked.formula, None, None
    if formula is None or not asked.begun or asked.typed.more_rows:
        values = {**_defaults(formula), **known, **({"formula": formula.id} if formula else {})}
        form = Form.again(asked.typed) if asked.begun else Form.filled(values)
        return page(request, TEMPLATE, form=form, **_shown(asked, None), **place)
    try:
        found = asked.calculated()
    except BadInput as error:
        refusal = error
    form = Form.again(asked.typed, refusal)
    return page(request, TEMPLATE, 422 if refusal else 200, form=form, **_shown(asked, found), **place)


def _defaults(formula: Formula | None) -> dict[str, Any]:
    fields = wanted(formula.inputs) if formula else ()
    return {field.name: field.default for field in fields if field.default is not None}


def _shown(asked: Asked, found: Calculation | None) -> dict[str, Any]:
    formula = asked.formula
    groups: dict[str, list[Formula]] = {}
    for one in FORMULAS.values():
        groups.setdefault(one.group, []).append(one)
    fields = wanted(formula.inputs) if formula else ()
    return {
        "groups": groups,
        "formula": formula,
        "fields": [(field, [_column(c) for c in field.columns]) for field in fields],
        "found": found,
        "worked": found.worked if found else None,
        "kept": [(name, text) for name, text in asked.typed.items if not name.startswith("_") and text.strip()],
    }


def _column(field: Wanted) -> Column:
    label = f"{field.title}（如2026-03）" if field.kind == "month" else field.title
    return Column(field.name, label, CELLS.get(field.kind, "text"), field.options)


def _in_case(desk: Desk, asked: Asked, error: MediationError | None) -> dict[str, Any]:
    """What the page needs beside the formula when it stands in a case."""
    view, party = desk.view, asked.party or _first(desk)
    names, definition = {p.id: p.name for p in view.parties}, view.main.definition
    head = asked.formula.head if asked.formula else None
    same = [d for d in view.demands if (d.party_id, d.head, d.withdrawn_on) == (party, head, None)]
    computed = [d for d in same if asked.formula and d.formula == asked.formula.id]
    return {
        "view": view,
        "action": f"/cases/{view.id}/calculator",
        "parties": [(p.id, p.name) for p in desk.principals],
        "party": party,
        "party_name": names.get(party or 0, ""),
        "staff": bool(view.roles & set(STAFF)),
        "present": (computed or same)[0] if len(computed or same) == 1 else None,
        "revision": revision_shown(error, asked.typed if error else None, view.main.revision),
        "stale": side_by_side(desk.runtime, definition, error, (), names_of(desk.view, desk.duties)),
    }


def _first(desk: Desk) -> int | None:
    workers = [p.id for p in desk.principals if p.side == "worker"]
    return workers[0] if workers else None

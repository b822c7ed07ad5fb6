"""Dividing a sum among the workers of a group: a preview of every part, then the agreement's form with all of them."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.errors import BadInput, Refusal, Refused
from mediation.groups.allocation import Allocation, AllocationIn, allocate
from mediation.groups.head import head_of
from mediation.groups.roster import roster

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId
from . import tidy
from .attempts import read
from .event_forms import Desk, EventForm
from .events import desk_at, prefilled
from .templating import form_again, page

TEMPLATE = "group/shares.html"
BASES = (("unpaid", "按各人尚未收到的请求金额"), ("equal", "平均分"), ("weights", "按各人的权数"))
DRAFTING = ("draft_agreement", "revise_draft", "draft_for_rest", "agree_anew")
"""Events that ask for a table of promises; the first that is possible now gets the parts."""

router = APIRouter(prefix="/cases/{case_id}/group/shares")


@router.get("")
def shares_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    proposed = {name: request.query_params[name] for name in ("subgroup",) if name in request.query_params}
    form = Form.filled({"basis": "unpaid", "instalments": "1", **proposed})
    return page(request, TEMPLATE, form=form, **_shown(session, runtime, case_id, actor, None))


def _shown(session: Any, runtime: Any, case_id: int, actor: Any, plan: Allocation | None) -> dict[str, Any]:
    return {
        "head": head_of(session, runtime, case_id, actor),
        "plan": plan,
        "bases": BASES,
        "heads": list(runtime.codes["demand_heads"].items()),
        "members": roster(session, case_id, today=runtime.clock.today(), present=True).members,
    }


@router.post("")
def preview(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    """With `_fill` pressed: the agreement's form, filled in. Nothing is saved here."""
    head_of(session, runtime, case_id, actor)
    try:
        data = read(AllocationIn, _told(typed))
        plan = allocate(session, case_id, data, today=runtime.clock.today())
        if typed.text("_fill"):
            return _agreement(request, desk_at(session, runtime, actor, case_id), plan, partial=bool(data.subgroup))
    except (BadInput, Refused) as error:
        raise form_again(request, TEMPLATE, typed, error, **_shown(session, runtime, case_id, actor, None)) from error
    shown = _shown(session, runtime, case_id, actor, plan)
    return page(request, TEMPLATE, form=Form.again(typed), **shown)


def _told(typed: Typed) -> Mapping[str, Any]:
    raw: dict[str, Any] = tidy.given(typed.nested())
    if "total" in raw:
        raw["total"] = tidy.amount(raw["total"])
    weights = raw.get("weights")
    if raw.get("basis") != "weights":
        raw.pop("weights", None)
    elif isinstance(weights, list):
        raw["weights"] = [row for row in weights if row.get("weight", "").strip()]
    return raw


def _agreement(request: Request, desk: Desk, plan: Allocation, *, partial: bool) -> Response:
    item = _drafting(desk)
    values: dict[str, Any] = {"promises": plan.promises}
    if partial and "agreement_scope" in item.event.asks:
        values["agreement_scope"] = "partial"
    return prefilled(request, desk, item, values)


def _drafting(desk: Desk) -> EventForm:
    main = desk.view.main
    here = {option.event.name: option for option in main.options if main.state in option.event.from_}
    found = next((here[name] for name in DRAFTING if name in here), None)
    if found is None:
        sentence = f"本案现在是“{main.state_title}”，还不能拟定协议；请先受理调解，再填入协议。"
        raise Refused([Refusal("drafting", sentence)])
    return desk.form_of(main, found)

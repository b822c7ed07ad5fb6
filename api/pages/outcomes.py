"""结果统计: what mediations came to, by case and by person; each figure leads to its list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError

from mediation.engine.ask_types import Day, Instant, YesNo
from mediation.engine.asks import sentence
from mediation.errors import BadInput
from mediation.reports.outcomes import UNITS, listed, outcomes

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from ..v1.outcomes import outcome_report
from .overdue import reporting
from .templating import page
from .turning import page_number

PER_PAGE = 50

router = APIRouter()


class _Asked(BaseModel):
    from_on: Day = Field(alias="from")
    to_on: Day = Field(alias="to")
    as_of: Instant | None = None
    rate: YesNo = False


@router.get("/outcomes")
def report_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    given = _given(request.query_params, runtime.clock.today())
    report, refusal = None, None
    try:
        report = outcomes(session, runtime, actor, **_asked(given))
    except BadInput as error:
        refusal = error
    form = Form(tuple(given.items()), refusal.fields if refusal else {}, refusal)
    return page(request, "outcomes/report.html", 422 if refusal else 200, form=form, report=report)


@router.get("/outcomes.json")
def report_file(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    """The report as a file; the same words as the operation for programs."""
    reporting(actor)
    asked = _asked(_given(request.query_params, runtime.clock.today()))
    told = outcome_report(
        session, runtime, actor, asked["from_on"], asked["to_on"], as_of=asked["as_of"], rate=asked["rate"]
    )
    name = f"outcomes-{asked['from_on']}-{asked['to_on']}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return JSONResponse(told.model_dump(mode="json"), headers=headers)


@router.get("/outcomes/list")
def list_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    given, number = request.query_params, page_number(request)
    asked = {name: value for name, value in _asked(given).items() if name != "rate"}
    unit = given.get("unit", "cases")
    found = listed(session, actor, unit=unit, outcome=given.get("outcome") or None, reason=given.get("reason"), **asked)
    shown: dict[str, Any] = {
        "rows": found[(number - 1) * PER_PAGE : number * PER_PAGE],
        "count": len(found),
        "title": next(u.title for u in UNITS if u.name == unit),
        "titles": runtime.title,
        "number": number,
        "has_next": number * PER_PAGE < len(found),
    }
    return page(request, "outcomes/list.html", **shown)


def _given(asked: Mapping[str, str], today: date) -> dict[str, str]:
    usual = {"from": today.replace(month=1, day=1).isoformat(), "to": today.isoformat()}
    return usual | {name: text for name, text in asked.items() if text.strip()}


def _asked(given: Mapping[str, str]) -> dict[str, Any]:
    told = {name: text for name, text in given.items() if name in ("from", "to", "as_of", "rate") and text.strip()}
    try:
        return _Asked.model_validate(told).model_dump()
    except ValidationError as error:
        fields = {str(detail["loc"][0]): sentence(detail) for detail in error.errors(include_url=False)}
    raise BadInput("请按提示更正日期。", fields)

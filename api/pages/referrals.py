"""转办统计: referrals out and in by what became of them; each figure leads to its list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, ValidationError

from mediation.engine.ask_types import Day
from mediation.engine.asks import sentence
from mediation.errors import BadInput
from mediation.reports.referrals import BY_TITLES, DIRECTIONS, WAYS, listed, referrals

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from .overdue import reporting
from .sheets import guarded, sheet
from .templating import page
from .turning import page_number

PER_PAGE = 50

router = APIRouter()


class _Asked(BaseModel):
    from_on: Day = Field(alias="from")
    to_on: Day = Field(alias="to")
    by: str = "kind"
    direction: str = "out"


@router.get("/referrals")
def report_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    given = _given(request.query_params, runtime.clock.today())
    report, refusal = None, None
    try:
        report = referrals(session, runtime, actor, **_asked(given))
    except BadInput as error:
        refusal = error
    form = Form(tuple(given.items()), refusal.fields if refusal else {}, refusal)
    shown: dict[str, Any] = {"form": form, "report": report, "directions": DIRECTIONS}
    shown |= {"groups": list(BY_TITLES.items()), "by_title": BY_TITLES}
    return page(request, "referrals/report.html", 422 if refusal else 200, **shown)


@router.get("/referrals/list")
def list_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    given, number = request.query_params, page_number(request)
    asked = _asked(given)
    place = given.get("place") or None
    found = listed(session, runtime, actor, **asked, key=given.get("key") or None, place=place)
    way = WAYS[asked["direction"]]
    shown: dict[str, Any] = {
        "rows": found[(number - 1) * PER_PAGE : number * PER_PAGE],
        "count": len(found),
        "title": next((p.title for p in way.places if p.name == place), "件数"),
        "direction": DIRECTIONS[way.name],
        "kinds": runtime.codes[way.codes].titles,
        "number": number,
        "has_next": number * PER_PAGE < len(found),
    }
    return page(request, "referrals/list.html", **shown)


@router.get("/referrals.csv")
def report_sheet(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    report = referrals(session, runtime, actor, **_asked(request.query_params))
    head = [BY_TITLES[report.by], "件数", *(p.title for p in report.places), "移交材料", "退回材料", "未退回材料"]
    rows = [
        [guarded(row.title), *map(str, (row.total, *row.counts, row.papers, row.papers_back, row.papers_kept))]
        for row in (*report.rows, report.totals)
    ]
    told = [[guarded(text)] for text in report.definitions]
    name = f"转办统计（{DIRECTIONS[report.direction]}）{report.from_on}至{report.to_on}"
    return sheet(name, [head, *rows, [], *told])


def _given(asked: Mapping[str, str], today: date) -> dict[str, str]:
    usual = {"from": today.replace(month=1, day=1).isoformat(), "to": today.isoformat()}
    usual |= {"by": "kind", "direction": "out"}
    return usual | {name: text for name, text in asked.items() if text.strip()}


def _asked(given: Mapping[str, str]) -> dict[str, Any]:
    told = {name: text for name, text in given.items() if name in ("from", "to", "by", "direction") and text.strip()}
    try:
        return _Asked.model_validate(told).model_dump()
    except ValidationError as error:
        fields = {str(detail["loc"][0]): sentence(detail) for detail in error.errors(include_url=False)}
    raise BadInput("请按提示更正日期。", fields)

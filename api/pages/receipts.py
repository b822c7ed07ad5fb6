"""到账报表: claimed, agreed, awarded and received apart; each figure leads to the lines that make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, ValidationError

from mediation.engine.ask_types import Day, Instant
from mediation.engine.asks import sentence
from mediation.errors import BadInput
from mediation.money import yuan
from mediation.people.actor import Actor
from mediation.reports.recovered import BY_TITLES, Lines, Report, lines, recovered

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from .overdue import reporting
from .sheets import guarded, sheet
from .templating import page
from .turning import page_number

PER_PAGE = 50
MOST_LINES = 50_000
"""In one file; a spreadsheet holds not many more."""

router = APIRouter()


class _Asked(BaseModel):
    from_on: Day = Field(alias="from")
    to_on: Day = Field(alias="to")
    by: str = "month"
    as_of: Instant | None = None


@dataclass(frozen=True, slots=True)
class _Preset:
    """A usual stretch of time, one click away."""

    title: str
    from_on: date
    to_on: date


@router.get("/receipts")
def report_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    today = runtime.clock.today()
    given = {"from": today.replace(month=1, day=1).isoformat(), "to": today.isoformat(), "by": "month"}
    given |= {name: text for name, text in request.query_params.items() if text.strip()}
    report, refusal = None, None
    try:
        asked = _asked(given, actor)
        report = recovered(session, runtime, asked.from_on, asked.to_on, asked.by, actor, as_of=asked.as_of)
    except BadInput as error:
        refusal = error
    form = Form(tuple(given.items()), refusal.fields if refusal else {}, refusal)
    shown: dict[str, Any] = {
        "form": form,
        "report": report,
        "groups": list(BY_TITLES.items()),
        "presets": _presets(today),
    }
    return page(request, "receipts/report.html", 422 if refusal else 200, **shown, by_title=BY_TITLES)


@router.get("/receipts.csv")
def report_sheet(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    asked = _asked(request.query_params, actor)
    report = recovered(session, runtime, asked.from_on, asked.to_on, asked.by, actor, as_of=asked.as_of)
    return sheet(f"挽回金额{asked.from_on}至{asked.to_on}", _report_rows(report))


def _report_rows(report: Report) -> list[list[str]]:
    head = [BY_TITLES[report.by], *(f"{column.title}（元）" for column in report.columns)]
    rows = [[guarded(row.title), *map(yuan, row.sums)] for row in report.rows]
    totals = ["合计", *map(yuan, report.totals)]
    return [head, *rows, totals, [], *([guarded(text)] for text in report.definitions)]


@router.get("/receipts/lines")
def lines_page(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    number = page_number(request)
    found = _lines(request, session, actor, (number - 1) * PER_PAGE, PER_PAGE)
    has_next = number * PER_PAGE < found.count
    return page(request, "receipts/lines.html", found=found, number=number, has_next=has_next)


@router.get("/receipts/lines.csv")
def lines_sheet(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    found = _lines(request, session, actor, 0, MOST_LINES)
    rows = [[line.on.isoformat(), guarded(line.number), guarded(line.party), yuan(line.amount)] for line in found.lines]
    head = ["日期", "案号", "劳动者", f"{found.column.title}（元）"]
    return sheet(f"{found.column.title}明细", [head, *rows, ["", "", "合计", yuan(found.total)]])


def _lines(request: Request, session: Any, actor: Actor, offset: int, limit: int) -> Lines:
    given = request.query_params
    asked = _asked(given, actor)
    return lines(
        session,
        asked.from_on,
        asked.to_on,
        asked.by,
        actor,
        column=given.get("column", ""),
        key=given.get("key"),
        as_of=asked.as_of,
        offset=offset,
        limit=limit,
    )


def _asked(given: Mapping[str, str], actor: Actor) -> _Asked:
    reporting(actor)
    told = {name: text for name, text in given.items() if name in ("from", "to", "by", "as_of") and text.strip()}
    try:
        return _Asked.model_validate(told)
    except ValidationError as error:
        fields = {str(detail["loc"][0]): sentence(detail) for detail in error.errors(include_url=False)}
    raise BadInput("请按提示更正日期。", fields)


def _presets(today: date) -> list[_Preset]:
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    last_month, last_year = month - timedelta(days=1), year - timedelta(days=1)
    return [
        _Preset("本月", month, today),
        _Preset("上月", last_month.replace(day=1), last_month),
        _Preset("今年", year, today),
        _Preset("去年", last_year.replace(month=1, day=1), last_year),
    ]

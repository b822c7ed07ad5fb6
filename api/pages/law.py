"""期限推算: a period and a day in, the last day and every reason out. Stores nothing."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.errors import BadInput, NotFound
from mediation.law.book import LawBook
from mediation.law.plain import day, moment
from mediation.law.reckoning import Reckoning

from ..deps import CurrentActor, CurrentRuntime
from ..forms import Form
from . import tidy
from .templating import page

router = APIRouter()


@router.get("/law/due")
def due(request: Request, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    given = {name: text.strip() for name, text in request.query_params.items() if text.strip()}
    given.setdefault("from", runtime.clock.today().isoformat())
    found, refusal = None, None
    if "period" in given:
        try:
            found = _reckoned(runtime.law, given)
        except BadInput as error:
            refusal = error
    form = Form(tuple(given.items()), refusal.fields if refusal else {}, refusal)
    groups = _groups(runtime.law)
    shown: dict[str, Any] = {"form": form, "found": found, "legal": groups[0], "internal": groups[1]}
    shown["period"] = runtime.law.periods[given["period"]][-1] if found else None
    return page(request, "law/due.html", 422 if refusal else 200, **shown)


def _reckoned(book: LawBook, given: dict[str, str]) -> Reckoning:
    from_, as_of = tidy.day(given["from"]), tidy.day(given.get("as_of", ""))
    try:
        return book.reckon(given["period"], moment(from_), day(as_of) if as_of else None)
    except NotFound:
        raise BadInput("请从列表中选择期限。", {"period": "请从列表中选择。"}) from None


def _groups(book: LawBook) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Periods that have a number to reckon with: those of the law, and those of the office."""
    usable = [versions[-1] for versions in book.periods.values() if versions[-1].working_span]
    told = [(p.id, f"{p.title}（{p.working_span.text if p.working_span else ''}）", p.is_law) for p in usable]
    return [(id, text) for id, text, law in told if law], [(id, text) for id, text, law in told if not law]

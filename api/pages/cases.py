"""我的案件: what must be done today, most urgent first, and why each date is that date."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.cases.queries import Filters, my_cases, places_of
from mediation.people.actor import Actor
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from .oversight import waits_for
from .templating import fragment, page

PER_PAGE = 20
WHOSE = {"mine": "我的", "nobody": "无人承办", "all": "全部"}

router = APIRouter()


@router.get("/cases")
def cases(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    """Unknown filters narrow nothing: an address that somebody kept still opens."""
    asked = request.query_params
    number = _number(asked.get("page"), 1)
    filters = filters_of(runtime, actor, asked)
    found = my_cases(session, runtime, actor, filters, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    shown: dict[str, Any] = {
        "found": found,
        "filters": filters,
        "number": number,
        "has_next": (found.more and len(found.rows) == PER_PAGE) or number * PER_PAGE < found.total,
        "form": Form.filled({**_plain(filters), "whose": filters.whose}),
    }
    if request.headers.get("hx-target") == "found":
        return fragment(request, "cases/cases.html", "found", **shown)
    shown |= {
        "mine": waits_for(session, runtime, actor),
        "whose": list(WHOSE.items()),
        "states": [(s.name, s.title) for s in runtime.machine("dispute").definition.states.values()],
        "places": places_of(session, actor),
        "causes": list(runtime.codes["causes"].items()),
    }
    return page(request, "cases/cases.html", **shown)


def filters_of(runtime: Runtime, actor: Actor, asked: Mapping[str, str]) -> Filters:
    first: Any = "mine" if actor.has("mediator", "lawyer") else "all"
    whose: Any = asked.get("whose")
    return Filters(
        whose=whose if whose in WHOSE else first,
        state=_code(asked.get("state"), runtime.machine("dispute").definition.states),
        organisation_id=_number(asked.get("place"), 0) or None,
        cause=_code(asked.get("cause"), runtime.codes["causes"]),
        gravity=_code(asked.get("gravity"), {"ordinary": "", "major": ""}),
        text=(asked.get("text") or "").strip()[:100],
        overdue=asked.get("overdue") == "true",
    )


def _plain(filters: Filters) -> Mapping[str, Any]:
    names = ("state", "cause", "gravity", "text")
    return {
        **{name: getattr(filters, name) for name in names},
        "place": filters.organisation_id,
        "overdue": "true" if filters.overdue else None,
    }


def _code(text: str | None, known: Mapping[str, Any]) -> str:
    return text if text and text in known else ""


def _number(text: str | None, otherwise: int) -> int:
    plausible = text is not None and text.isascii() and text.isdecimal() and len(text) < 10
    return max(int(text or 0), otherwise) if plausible else otherwise

"""逾期督办: what is late, by harm to the worker; whose it is, since when, who was told; and what was given up."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.queries import places_of
from mediation.errors import Forbidden
from mediation.findings.queries import open_findings
from mediation.findings.repair import repair_finding
from mediation.people.actor import Actor
from mediation.people.colleagues import colleagues_within
from mediation.reports.overdue import HARM_TITLES, overdue
from mediation.reports.sums import REPORTERS
from mediation.sweeping.health import health

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form
from ..v1.parameters import RowId
from .attempts import key_in
from .templating import page
from .turning import page_number

PER_PAGE = 30
KINDS: dict[str, str] = {"outside": "法定或约定期限", "office": "内部目标"}

router = APIRouter()


@router.get("/overdue")
def overdue_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    asked, number = request.query_params, page_number(request)
    kind: Literal["outside", "office"] = "office" if asked.get("kind") == "office" else "outside"
    street, person = _id(asked.get("street")), _id(asked.get("person"))
    found = overdue(
        session,
        runtime,
        actor,
        street_id=street or None,
        person_id=person,
        kind=kind,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    paths, today = actor.paths(*REPORTERS), runtime.clock.today()
    shown: dict[str, Any] = {
        "found": found,
        "kind": kind,
        "kinds": KINDS,
        "harms": HARM_TITLES,
        "form": Form.filled({"kind": kind, "street": street, "person": person}),
        "streets": places_of(session, actor, *REPORTERS),
        "people": [(0, "未指派"), *colleagues_within(session, paths, today, "mediator", "lawyer", "clerk")],
        "number": number,
        "has_next": number * PER_PAGE < found.total,
        "stuck": [one for one in health(session, runtime.clock.now()).quarantined if one.path.startswith(paths)],
        "findings": open_findings(session, actor),
    }
    return page(request, "overdue/overdue.html", **shown)


@router.post("/overdue/findings/{finding_id}/repair")
def repair(
    finding_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequestKey
) -> Response:
    """Sets right what a click may set right."""
    repair_finding(session, runtime, finding_id, key=key_in(key), actor=actor)
    return RedirectResponse("/overdue#findings", 303)


def reporting(actor: Actor) -> None:
    """Refuses whoever has no role that reports."""
    if not actor.has(*REPORTERS):
        raise Forbidden("您没有查看督办和报表的权限。如有需要，请联系本单位管理员。")


def _id(text: str | None) -> int | None:
    plausible = text is not None and text.isascii() and text.isdecimal() and len(text) < 15
    return int(text or 0) if plausible else None

"""逾期督办: what is late, by harm to the worker; whose it is, since when, why that day, who was told how high up."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from mediation.assignments.hand_over_lists import count_unsigned
from mediation.cases.queries import places_of
from mediation.errors import Forbidden
from mediation.findings.queries import open_findings
from mediation.people.actor import Actor
from mediation.people.colleagues import colleagues_within
from mediation.reports.in_hand import count_proposals, orders_given
from mediation.reports.overdue import Kind, causes_of_lateness, overdue
from mediation.reports.sums import REPORTERS
from mediation.retention.unanswered import unanswered
from mediation.runtime import Runtime
from mediation.sweeping.health import health
from mediation.sweeping.stuck import stuck_items

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from .templating import page
from .turning import page_number

PER_PAGE = 30
SHOWN_REQUESTS = 20
KINDS: dict[Kind, str] = {"outside": "法定或约定期限", "office": "内部目标", "held": "中止中"}

router = APIRouter()


@router.get("/overdue")
def overdue_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    reporting(actor)
    asked, number = request.query_params, page_number(request)
    kind: Kind = next((name for name in KINDS if name == asked.get("kind")), "outside")
    street, person = plain_id(asked.get("street")), plain_id(asked.get("person"))
    cause = asked.get("cause", "") if asked.get("cause") in runtime.codes["causes"] else ""
    late = causes_of_lateness(session, actor, runtime.clock.now(), kind)
    missed = [(name, title) for name, title, _ in late]
    deadline = asked.get("deadline", "") if asked.get("deadline") in dict(missed) else ""
    found = overdue(
        session,
        runtime,
        actor,
        street_id=street or None,
        person_id=person,
        kind=kind,
        cause=cause,
        deadline=deadline,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    paths, today = actor.paths(*REPORTERS), runtime.clock.today()
    shown: dict[str, Any] = {
        "found": found,
        "kind": kind,
        "kinds": KINDS,
        "harms": runtime.oversight.harms,
        "form": Form.filled({"kind": kind, "street": street, "person": person, "cause": cause, "deadline": deadline}),
        "streets": places_of(session, actor, *REPORTERS),
        "people": [(0, "未指派"), *colleagues_within(session, paths, today, "mediator", "lawyer", "clerk")],
        "causes": list(runtime.codes["causes"].items()),
        "missed": missed,
        "late": late,
        "number": number,
        "has_next": number * PER_PAGE < found.total,
        **waiting_for(session, runtime, actor),
    }
    return page(request, "overdue/overdue.html", **shown)


def waiting_for(session: Session, runtime: Runtime, actor: Actor) -> dict[str, Any]:
    """What else wants the supervisor's word: closings and letters, orders, hand-overs, the machine's troubles."""
    personal, personal_total = unanswered(session, runtime, actor, limit=SHOWN_REQUESTS)
    return {
        "personal": personal,
        "personal_total": personal_total,
        "stuck": stuck_items(session, actor, health(session, runtime.clock.now()), *REPORTERS),
        "findings": open_findings(session, actor),
        "proposed": count_proposals(session, runtime, actor),
        "orders": orders_given(session, runtime, actor),
        "unsigned": count_unsigned(session, actor),
    }


def reporting(actor: Actor) -> None:
    """Refuses whoever has no role that reports."""
    if not actor.has(*REPORTERS):
        raise Forbidden("您没有查看督办和报表的权限。如有需要，请联系本单位管理员。")


def supervising(actor: Actor) -> None:
    """Refuses whoever is no supervisor anywhere."""
    if not actor.has("supervisor"):
        raise Forbidden("这一页只对主管开放。如需主管权限，请联系本单位管理员。")


def plain_id(text: str | None) -> int | None:
    plausible = text is not None and text.isascii() and text.isdecimal() and len(text) < 15
    return int(text or 0) if plausible else None

"""案件: the file on one page: what may be done now, by when and why, who, how much, and all that has happened."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.access.restrict import restriction_of
from mediation.arrival.routing import propose_for
from mediation.cases.change import STAFF
from mediation.cases.checklist import checklist
from mediation.cases.file_rows import NOTES, activities_of
from mediation.cases.telling import TimelineRow, timeline
from mediation.cases.undoable import undoables
from mediation.cases.view import ProceedingView
from mediation.consents.standing import missing, withdrawn
from mediation.limitation.clocks import clocks_of
from mediation.meetings.queries import next_meeting
from mediation.procedures.applications.standing import next_papers
from mediation.recovery.overview import agreements_of, beside_the_claims, recourse_of
from mediation.recovery.queries import outcomes_of
from mediation.recovery.rest import left_open
from mediation.sweeping.upcoming import upcoming

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..forms import Form
from ..v1.parameters import CaseId
from .applications import may_draft
from .case_changes import choices
from .event_forms import MANY_PARTIES, Desk, EventForm
from .events import desk_at
from .templating import page
from .turning import page_number

SHOWN, ALL = 20, 2000
"""Lines of the history on one page, and when all are asked for, to be printed."""

CLOCKS = ("limitation", "advance_aid")
"""Deadlines that the page tells of as clocks of the demands, not one by one."""

router = APIRouter()

Forms = Mapping[tuple[int, str], EventForm]


@router.get("/cases/{case_id}")
def case_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    view, names = desk.view, desk.names
    shown = [proceeding for proceeding in view.proceedings if proceeding is view.main or not proceeding.ended]
    forms = _live_forms(desk, shown)
    limit = ALL if request.query_params.get("history") == "all" else SHOWN
    history, notes = page_number(request, "history"), page_number(request, "notes")
    rows = timeline(session, runtime, view, names, offset=(history - 1) * SHOWN, limit=limit + 1)
    noted = view.activities
    if notes > 1:
        noted = activities_of(session, case_id, view.confidential, offset=(notes - 1) * NOTES)
    happened = _happened(rows, request.query_params, view.main.id)
    arrived = happened is not None and happened.event == "register"
    return page(
        request,
        "case/case.html",
        view=view,
        needed=checklist(session, runtime, case_id, view.evidence),
        steps=[(proceeding, *_steps(forms, proceeding)) for proceeding in shown],
        places=places(view.proceedings),
        guides={one.id: runtime.guide(one.workflow, one.state) for one in view.proceedings},
        money=desk.money,
        outcomes=outcomes_of(session, case_id),
        agreements=agreements_of(session, case_id),
        recourse=recourse_of(session, case_id),
        left_open=left_open(session, case_id),
        compared=beside_the_claims(session, case_id),
        many=len(desk.principals) > MANY_PARTIES,
        clocks=clocks_of(session, runtime, case_id),
        waiting=[due for due in view.dues if due.closed_at is None and due.name not in CLOCKS],
        ended=[due for due in view.dues if due.closed_at is not None and due.name not in CLOCKS],
        coming=upcoming(session, runtime, case_id),
        next_papers=next_papers(session, runtime, case_id),
        may_draft=may_draft(view),
        drafts=runtime.templates.drafts,
        rows=rows[:limit],
        more_rows=len(rows) > limit,
        history_page=history,
        noted=noted[:NOTES],
        more_notes=len(noted) > NOTES,
        notes_page=notes,
        undoables=undoables(session, runtime, case_id, actor, view.roles),
        revisions={proceeding.id: proceeding.revision for proceeding in view.proceedings},
        happened=happened,
        proposals=propose_for(session, case_id) if arrived else (),
        form=Form(),
        staff=bool(view.roles & set(STAFF)),
        revision=view.main.revision,
        withdrawn=withdrawn(session, case_id),
        unconsented=missing(session, runtime, case_id) if view.roles & set(STAFF) and not view.main.ended else (),
        restriction=restriction_of(session, case_id),
        next_meeting=next_meeting(session, case_id),
        titles=runtime.title,
        heads=runtime.codes["demand_heads"],
        **choices(desk),
    )


def places(proceedings: Iterable[Any]) -> Mapping[int, str]:
    """By id: how procedures of the same kind are told apart, “（二）”; empty where there is only one."""
    kinds: dict[str, list[int]] = {}
    for proceeding in proceedings:
        kinds.setdefault(proceeding.workflow, []).append(proceeding.id)
    return {
        id: f"（{number}）" if len(ids) > 1 else "" for ids in kinds.values() for number, id in enumerate(ids, start=1)
    }


def _live_forms(desk: Desk, proceedings: Iterable[ProceedingView]) -> Forms:
    """The forms of all events that can happen now, by proceeding and event."""
    possible = [(p, option) for p in proceedings for option in p.options if option.allowed]
    return {(item.proceeding.id, item.event.name): item for item in desk.forms_of(possible)}


def _steps(forms: Forms, proceeding: ProceedingView) -> tuple[Mapping[str, list[EventForm]], ...]:
    """Three tables of events by their group: possible now, barred now, and those of other states.

    First come the groups with what only this state can do, then what could be done at any time.
    """
    live: dict[str, list[EventForm]] = {}
    barred: dict[str, list[EventForm]] = {}
    elsewhere: dict[str, list[EventForm]] = {}
    for option in proceeding.options:
        here = proceeding.state in option.event.from_
        item = forms.get((proceeding.id, option.event.name)) or EventForm(proceeding, option)
        part = live if option.allowed else barred if here else elsewhere
        part.setdefault(option.event.group or "其他", []).append(item)
    nearest = sorted(live, key=lambda group: min(len(item.event.from_) for item in live[group]))
    return {group: live[group] for group in nearest}, barred, elsewhere


def _happened(rows: Sequence[TimelineRow], asked: Mapping[str, str], main_id: int) -> TimelineRow | None:
    """The entry that the page was opened to tell about, after a change."""
    wanted = (asked.get("in") or str(main_id), asked.get("done"))
    return next((row for row in rows if (str(row.proceeding_id), str(row.seq)) == wanted), None)

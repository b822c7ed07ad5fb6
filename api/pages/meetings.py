"""调解会 of a case: three common times, one click to book; moved, called off, told to both sides, in calendars."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from mediation.cases.view import CaseView, case_view
from mediation.clock import SHANGHAI
from mediation.engine.ask_types import Day
from mediation.errors import MediationError, NotFound
from mediation.meetings.asked import LENGTHS, USUAL_MINUTES, MeetingIn
from mediation.meetings.book import CancelIn, book_meeting, cancel_meeting, move_meeting
from mediation.meetings.calendars import calendar_file
from mediation.meetings.notices import ToldIn, tell_party
from mediation.meetings.queries import Desk, MeetingRow, Wish, desk_of, meetings_of, three_slots
from mediation.meetings.times import PartyTimeIn, add_party_time, party_times, remove_party_time
from mediation.people.rights import role_for

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, RowId
from . import tidy
from .attempts import attempting, key_in, read
from .overdue import plain_id
from .templating import page

CASE, ONE = "meetings/case.html", "meetings/one.html"

router = APIRouter()


@router.get("/cases/{case_id}/meetings")
def meetings_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    shown = _case(session, runtime, actor, case_id, request.query_params, None)
    return page(request, CASE, form=_first(shown, None), **shown)


@router.post("/cases/{case_id}/meetings")
def book_page(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(_: MediationError | None) -> Mapping[str, Any]:
        return _case(session, runtime, actor, case_id, _asked_in(typed), None)

    with attempting(request, session, CASE, typed, context):
        done = book_meeting(session, runtime, case_id, _meeting_in(typed), key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/meetings/{(done.repeated or done.result)['meeting']}", 303)


@router.post("/cases/{case_id}/meetings/times")
def party_time_page(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(_: MediationError | None) -> Mapping[str, Any]:
        return {**_case(session, runtime, actor, case_id, {}, None), "telling": True}

    with attempting(request, session, CASE, typed, context):
        data = read(PartyTimeIn, tidy.given(typed.nested()))
        add_party_time(session, runtime, case_id, data, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/meetings", 303)


@router.post("/cases/{case_id}/meetings/times/{row_id}/remove")
def party_time_gone(
    case_id: CaseId,
    row_id: RowId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    remove_party_time(session, runtime, case_id, row_id, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/meetings", 303)


@router.get("/cases/{case_id}/meetings/{row_id}")
def meeting_page(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    return page(request, ONE, form=Form(), **_one(session, runtime, actor, case_id, row_id))


@router.get("/cases/{case_id}/meetings/{row_id}/move")
def move_form(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    shown = _case(session, runtime, actor, case_id, request.query_params, row_id)
    return page(request, CASE, form=_first(shown, shown["moving"]), **shown)


@router.post("/cases/{case_id}/meetings/{row_id}/move")
def move_page(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(_: MediationError | None) -> Mapping[str, Any]:
        return _case(session, runtime, actor, case_id, _asked_in(typed), row_id)

    with attempting(request, session, CASE, typed, context):
        move_meeting(session, runtime, case_id, row_id, _meeting_in(typed), key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/meetings/{row_id}", 303)


@router.post("/cases/{case_id}/meetings/{row_id}/cancel")
def cancel_page(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(_: MediationError | None) -> Mapping[str, Any]:
        return _one(session, runtime, actor, case_id, row_id)

    with attempting(request, session, ONE, typed, context):
        data = read(CancelIn, {"reason": typed.text("reason")})
        cancel_meeting(session, runtime, case_id, row_id, data, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/meetings/{row_id}", 303)


@router.post("/cases/{case_id}/meetings/{row_id}/told")
def told_page(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    def context(_: MediationError | None) -> Mapping[str, Any]:
        return {**_one(session, runtime, actor, case_id, row_id), "telling": plain_id(typed.text("notice"))}

    with attempting(request, session, ONE, typed, context):
        data = read(ToldIn, tidy.given(typed.nested()))
        tell_party(session, runtime, case_id, row_id, data, key=key_in(key), actor=actor)
    return RedirectResponse(f"/cases/{case_id}/meetings/{row_id}#notices", 303)


@router.get("/cases/{case_id}/meetings/{row_id}/ics")
def calendar_page(
    case_id: CaseId, row_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """One meeting for a calendar program; a cancelled one takes the entry out again."""
    shown = _one(session, runtime, actor, case_id, row_id)
    content = calendar_file([shown["row"]], at=runtime.clock.now())
    headers = {"content-disposition": f'attachment; filename="meeting-{row_id}.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _meeting_in(typed: Typed) -> MeetingIn:
    """A slot ("start|room") that was chosen, or a time of one's own."""
    raw = tidy.given({name: typed.text(name) for name in _TEXTS})
    start, _, room = typed.text("slot").partition("|")
    if start and start != "own":
        raw |= {"starts_at": start, **({"room": room} if room else {})}
        if not room:
            raw.pop("room", None)
    elif raw.get("own_day") and raw.get("own_hour"):
        raw["starts_at"] = f"{tidy.day(raw['own_day'])} {raw['own_hour']}"
    raw.pop("own_day", None)
    raw.pop("own_hour", None)
    raw["co_mediators"] = [one for one in typed.texts("co_mediators") if one.strip()]
    raw["accessible"] = bool(typed.text("accessible"))
    raw["confirmed"] = bool(typed.text("confirmed"))
    return read(MeetingIn, raw)


_TEXTS = ("minutes", "form", "room", "place", "video_link", "interpreter", "note", "own_day", "own_hour")


def _asked_in(typed: Typed) -> Mapping[str, str]:
    """The search that the booking form was made from."""
    return {name: typed.text(name) for name in ("minutes", "form", "first", "accessible")}


def _wish(asked: Mapping[str, str], desk: Desk, moving: MeetingRow | None) -> Wish:
    usual = int((moving.ends_at - moving.starts_at).total_seconds()) // 60 if moving else USUAL_MINUTES
    minutes = plain_id(asked.get("minutes")) or usual
    needed = desk.needs.accessible or bool(moving and moving.accessible)
    return Wish(
        minutes=minutes if 30 <= minutes <= 480 else usual,
        form=asked.get("form") or (moving.form if moving else "joint"),
        accessible=bool(asked.get("accessible")) if asked.get("minutes") else needed,
        first=day_in(asked.get("first")),
    )


_DAY = TypeAdapter[date](Day)


def day_in(text: str | None) -> date | None:
    """The day in an address; None where there is none, or none that makes sense."""
    try:
        return _DAY.validate_python(tidy.day(text or ""))
    except ValidationError:
        return None


def _case(
    session: Any, runtime: Any, actor: Any, case_id: int, asked: Mapping[str, str], moving_id: int | None
) -> dict[str, Any]:
    view = case_view(session, runtime, case_id, actor)
    desk = desk_of(session, runtime, actor, case_id)
    rows = meetings_of(session, case_id)
    moving = next((row for row in rows if row.id == moving_id), None)
    if moving_id is not None and moving is None:
        raise NotFound("本案没有这次调解会。")
    wish = _wish(asked, desk, moving)
    found = three_slots(session, runtime, desk, wish, beside=moving_id)
    mediators = [(c.id, c.name) for c in view.colleagues if "mediator" in c.roles and c.id != desk.host]
    return {
        "view": view,
        "desk": desk,
        "rows": rows,
        "moving": moving,
        "wish": wish,
        "found": found,
        "obstacles": {who: found.obstacles.get(who, 0) for who in ("person", "party", "room")},
        "lengths": [(str(n), f"{n}分钟") for n in LENGTHS],
        "forms": list(runtime.codes["session_forms"].items()),
        "rooms": [(room.id, f"{room.name}（{room.seats}座）") for room in desk.rooms],
        "mediators": mediators,
        "times": party_times(session, case_id),
        "parties": [(party.id, party.name) for party in desk.parties],
        "may": _may(view),
        "telling": False,
        "titles": runtime.title,
        "value_of": slot_value,
        "names": tuple("一二三四五六日"),
    }


def _may(view: CaseView) -> bool:
    return role_for("book_meeting", view.roles) is not None


def _first(shown: Mapping[str, Any], moving: MeetingRow | None) -> Form:
    """The booking form as it is first shown: the first time at which everybody can is chosen."""
    wish, slots = shown["wish"], shown["found"].slots
    first: dict[str, Any] = {"minutes": wish.minutes, "form": wish.form, "first": wish.first or ""}
    if wish.accessible:
        first["accessible"] = "true"
    if slots:
        first["slot"] = slot_value(slots[0])
    if moving is not None:
        first |= {"place": moving.place, "video_link": moving.video_link, "interpreter": moving.interpreter}
        first |= {"note": moving.note, "co_mediators": [id for id, _ in moving.people[1:]]}
    return Form.filled(first)


def slot_value(slot: Any) -> str:
    """What the radio button of a time sends."""
    start = slot.starts_at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return f"{start}|{slot.room.id if slot.room else ''}"


def _one(session: Any, runtime: Any, actor: Any, case_id: int, meeting_id: int) -> dict[str, Any]:
    view = case_view(session, runtime, case_id, actor)
    row = next((row for row in meetings_of(session, case_id) if row.id == meeting_id), None)
    if row is None:
        raise NotFound("本案没有这次调解会。")
    return {
        "view": view,
        "row": row,
        "host": (view.main.owner_id, view.main.owner),
        "ways": list(runtime.codes["meeting_tellings"].items()),
        "may": _may(view),
        "telling": None,
        "titles": runtime.title,
        "minutes": int((row.ends_at - row.starts_at).total_seconds()) // 60,
    }

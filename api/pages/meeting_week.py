"""The week of rooms and mediators; rooms; one's own times and calendar."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import Forbidden, MediationError, NotFound
from mediation.meetings.calendars import end_feed, feed, feeds_of, make_feed
from mediation.meetings.opening import OFFICE_HOURS, WEEK
from mediation.meetings.queries import monday_of, week
from mediation.meetings.rooms import Room, RoomIn, add_room, bodies_kept, change_room, kept_rooms, rooms_seen
from mediation.meetings.times import BusyIn, add_busy, busy_of, remove_busy
from mediation.people.colleagues import colleagues_within
from mediation.people.rights import roles_of

from ..deps import LOGGED_IN, CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import RowId
from . import tidy
from .attempts import attempting, key_in, read, revision_in, revision_shown
from .meetings import day_in
from .overdue import plain_id
from .templating import page

WEEK_PAGE, ROOMS, ROOM, MINE = "meetings/week.html", "meetings/rooms.html", "meetings/room.html", "meetings/mine.html"
NAMES = tuple("一二三四五六日")
WEEKDAYS = [(str(n), f"星期{name}") for n, name in enumerate(NAMES, start=1)]

router = APIRouter()


@router.get("/meetings")
def week_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    if not actor.has(*roles_of("book_meeting")):
        raise Forbidden("调解会的日程只对本单位的调解员、书记员和主管开放。")
    asked = request.query_params
    monday = monday_of(day_in(asked.get("week")) or runtime.clock.today())
    chosen: dict[str, Any] = {"room": plain_id(asked.get("room")), "person": plain_id(asked.get("person"))}
    lines = week(session, actor, monday, room=chosen["room"], person=chosen["person"])
    by_day: dict[date, list[Any]] = defaultdict(list)
    for line in lines:
        by_day[line.starts_at.date()].append(line)
    calendar = runtime.law.calendar
    days = [(day, by_day[day], calendar.is_workday(day)) for day in (monday + timedelta(n) for n in range(7))]
    people = colleagues_within(session, actor.paths(*roles_of("book_meeting")), runtime.clock.today(), "mediator")
    return page(
        request,
        WEEK_PAGE,
        days=days,
        total=len(lines),
        before=monday - timedelta(7),
        after=monday + timedelta(7),
        today=runtime.clock.today(),
        rooms=[(room.id, room.name) for room in rooms_seen(session, actor) if not room.closed],
        people=people,
        titles=runtime.title,
        names=NAMES,
        **chosen,
    )


@router.get("/meetings/rooms")
def rooms_page(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    first = Form.filled({"hours": OFFICE_HOURS, "days": list(WEEK), "seats": 8})
    return page(request, ROOMS, form=first, **_rooms(session, actor))


def _rooms(session: Any, actor: Any) -> dict[str, Any]:
    return {
        "rows": rooms_seen(session, actor),
        "kept": set(kept_rooms(session, actor)),
        "bodies": bodies_kept(session, actor),
        "weekdays": WEEKDAYS,
        "names": NAMES,
    }


@router.post("/meetings/rooms")
def new_room(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    with attempting(request, session, ROOMS, typed, lambda _: _rooms(session, actor)):
        data = read(RoomIn, _room_in(typed))
        add_room(session, runtime, plain_id(typed.text("organisation")) or 0, data, key=key_in(key), actor=actor)
    return RedirectResponse("/meetings/rooms", 303)


def _room_in(typed: Typed) -> dict[str, Any]:
    raw: dict[str, Any] = {name: typed.text(name) for name in ("name", "address", "seats", "hours", "note")}
    given = tidy.given(raw)
    if "seats" in given:
        given["seats"] = tidy.number(given["seats"])
    ticks = {name: bool(typed.text(name)) for name in ("accessible", "video", "closed")}
    return {**given, **ticks, "days": [day for day in typed.texts("days") if day.strip()]}


@router.get("/meetings/rooms/{row_id}")
def room_page(request: Request, row_id: RowId, session: ReadSession, actor: CurrentActor) -> Response:
    room = _kept(session, actor, row_id)
    told = {name: getattr(room, name) for name in ("name", "address", "seats", "hours", "note")}
    ticks = {name: "true" for name in ("accessible", "video", "closed") if getattr(room, name)}
    form = Form.filled({**told, **ticks, "days": list(room.days)})
    return page(request, ROOM, form=form, row=room, revision=room.revision, weekdays=WEEKDAYS)


def _kept(session: Any, actor: Any, room_id: int) -> Room:
    rooms = {room.id: room for room in rooms_seen(session, actor)}
    if room_id not in rooms or room_id not in kept_rooms(session, actor):
        raise NotFound("没有这个调解室，或者不由您维护。")
    return rooms[room_id]


@router.post("/meetings/rooms/{row_id}")
def room_changed(
    request: Request,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    room = _kept(session, actor, row_id)

    def context(error: MediationError | None) -> dict[str, Any]:
        return {"row": room, "revision": revision_shown(error, typed, room.revision), "weekdays": WEEKDAYS}

    with attempting(request, session, ROOM, typed, context):
        data = read(RoomIn, _room_in(typed))
        change_room(session, runtime, row_id, data, revision=revision_in(typed), key=key_in(key), actor=actor)
    return RedirectResponse("/meetings/rooms", 303)


@router.get("/meetings/mine")
def mine_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    return page(request, MINE, form=Form(), **_mine(session, runtime, actor))


def _mine(session: Any, runtime: Any, actor: Any) -> dict[str, Any]:
    person = actor.person_id or 0
    return {"busy": busy_of(session, runtime, person), "feeds": feeds_of(session, person), "address": ""}


@router.post("/meetings/mine/busy")
def busy_page(
    request: Request,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    with attempting(request, session, MINE, typed, lambda _: _mine(session, runtime, actor)):
        add_busy(session, runtime, read(BusyIn, tidy.given(typed.nested())), key=key_in(key), actor=actor)
    return RedirectResponse("/meetings/mine", 303)


@router.post("/meetings/mine/busy/{row_id}/remove")
def busy_gone(
    row_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequestKey
) -> Response:
    remove_busy(session, runtime, row_id, key=key_in(key), actor=actor)
    return RedirectResponse("/meetings/mine", 303)


@router.post("/meetings/mine/feeds", dependencies=[LOGGED_IN])
def feed_made(
    request: Request, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequestKey
) -> Response:
    """The address is shown this once."""
    secret = make_feed(session, runtime, key=key_in(key), actor=actor)
    shown = _mine(session, runtime, actor)
    if secret is not None:
        shown["address"] = f"{request.base_url}calendar/{secret}.ics"
    return page(request, MINE, form=Form(), **shown)


@router.post("/meetings/mine/feeds/{row_id}/end", dependencies=[LOGGED_IN])
def feed_ended(
    row_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequestKey
) -> Response:
    end_feed(session, runtime, row_id, key=key_in(key), actor=actor)
    return RedirectResponse("/meetings/mine", 303)


@router.get("/calendar/{token}.ics")
def calendar_feed(token: str, session: ReadSession, runtime: CurrentRuntime) -> Response:
    """For calendar programs, which cannot log in: whoever has the address reads it."""
    return Response(feed(session, runtime, token), media_type="text/calendar; charset=utf-8")

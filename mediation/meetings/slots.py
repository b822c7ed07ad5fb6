"""Times at which everybody can: colleagues, a room, the parties, inside opening hours on working days. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..law.workdays import Workdays
from .opening import CELL, OFFICE_HOURS, WEEK, Stretch, opening, overlaps
from .rooms import Room

SLOTS = 3
NOON = 12
SEARCHED = 40
"""Working days that are looked at."""
OWN_HOURS = opening(WEEK, OFFICE_HOURS)

Who = tuple[str, int]
"""("person", id), ("room", id) or ("party", id)."""
Busy = Mapping[Who, Sequence[Stretch]]


@dataclass(frozen=True, slots=True)
class Sought:
    """How long, with whom, where. `rooms` empty and `roomless` False: there is no room that would do."""

    length: timedelta
    people: tuple[int, ...]
    parties: tuple[int, ...]
    rooms: tuple[Room, ...]
    roomless: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which everybody can. `late`: after the last day on which the mediation may end."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None
    late: bool


@dataclass(frozen=True, slots=True)
class Found:
    """At most three, in the order of time. `obstacles`: how many times were given up for whom."""

    slots: tuple[Slot, ...]
    obstacles: Mapping[str, int]


def common_slots(
    sought: Sought, busy: Busy, calendar: Workdays, *, first: date, now: datetime, until: date | None
) -> Found:
    """The first three from `first` on, no two of them in the same half of a day. `until`: the last day in time."""
    slots: list[Slot] = []
    obstacles: Counter[str] = Counter()
    if not sought.rooms and not sought.roomless:
        return Found((), {"room": 1})
    for day in _workdays(calendar, first):
        halves = set[bool]()
        for start in _starts(sought, calendar, day):
            stretch = start, start + sought.length
            if start <= now or (start.hour < NOON) in halves:
                continue
            hindered, room = _fits(sought, busy, calendar, stretch)
            if hindered:
                obstacles[hindered] += 1
                continue
            halves.add(start.hour < NOON)
            slots.append(Slot(*stretch, room, until is not None and day > until))
            if len(slots) == SLOTS:
                return Found(tuple(slots), obstacles)
    return Found(tuple(slots), obstacles)


def _workdays(calendar: Workdays, first: date) -> Iterable[date]:
    day = calendar.roll(first)
    for _ in range(SEARCHED):
        yield day
        day = calendar.add_working(day, 1)


def _starts(sought: Sought, calendar: Workdays, day: date) -> list[datetime]:
    openings = [OWN_HOURS] if sought.roomless else [room.opening for room in sought.rooms]
    found = set[datetime]()
    for one in openings:
        for begins, ends in one.stretches(calendar, day):
            while begins + sought.length <= ends:
                found.add(begins)
                begins += CELL
    return sorted(found)


def _fits(sought: Sought, busy: Busy, calendar: Workdays, stretch: Stretch) -> tuple[str, Room | None]:
    """Who cannot (""), and the first room that is open and free."""
    if any(not free(busy, ("person", id), stretch) for id in sought.people):
        return "person", None
    if any(not free(busy, ("party", id), stretch) for id in sought.parties):
        return "party", None
    if sought.roomless:
        return "", None
    for room in sought.rooms:
        if is_open(room, calendar, stretch) and free(busy, ("room", room.id), stretch):
            return "", room
    return "room", None


def free(busy: Busy, who: Who, stretch: Stretch) -> bool:
    return not any(overlaps(one, stretch) for one in busy.get(who, ()))


def is_open(room: Room, calendar: Workdays, stretch: Stretch) -> bool:
    hours = room.opening.stretches(calendar, stretch[0].date())
    return any(begins <= stretch[0] and stretch[1] <= ends for begins, ends in hours)

"""The line of events under a limitation: what makes it begin anew, what makes it stand still, in order of time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Protocol

from mediation.law import wording
from mediation.law.statutes import Statute


@dataclass(frozen=True, slots=True)
class Interruption:
    """时效中断: the whole period begins anew on this day."""

    on: date
    title: str
    cites: tuple[Statute, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspension:
    """时效中止: the clock stands from `from_on` (itself not counted) to `until_on` (counted); None: still."""

    from_on: date
    until_on: date | None
    title: str
    cites: tuple[Statute, ...] = ()


class Listener(Protocol):
    """Hears what the walk finds, to tell the reasons."""

    def interrupted(self, item: Interruption, in_time: bool, later: bool) -> None: ...

    def paused(self, item: Suspension, base: date, due: date, begin: date, end: date) -> None: ...

    def stands(self, item: Suspension, begin: date) -> None: ...


class Walk:
    """One walk along the line of events. `due` is the unrolled last day; None while suspended without an end."""

    def __init__(self, start: date, due: date) -> None:
        self.base = start
        self.due: date | None = due
        self.suspended_on: date | None = None
        self.pauses: list[tuple[date, date]] = []


def walk(
    start: date,
    line: Iterable[Interruption | Suspension],
    year: Callable[[date], date],
    roll: Callable[[date], date],
    told: Listener | None = None,
) -> Walk:
    run = Walk(start, year(start))
    due = run.due or start
    for item in line:
        if isinstance(item, Interruption):
            if item.on < start:
                continue
            fresh = year(item.on)
            counts = item.on <= roll(due)
            if told:
                told.interrupted(item, counts, fresh >= due)
            if counts and fresh >= due:
                run.base, due = item.on, fresh
            continue
        begin, end = max(item.from_on, start), item.until_on
        if begin > roll(due) or (end is not None and end <= begin):
            continue
        if end is None:
            run.suspended_on, run.due = begin, None
            if told:
                told.stands(item, begin)
            return run
        due = roll(due) if begin > due else due
        if told:
            told.paused(item, run.base, due, begin, end)
        due += end - begin
        run.pauses.append((begin, end))
    run.due = due
    return run


def line(interruptions: Iterable[Interruption], suspensions: Iterable[Suspension]) -> list[Interruption | Suspension]:
    """Everything in order of time; suspensions are joined where they overlap, and cut where an interruption falls."""
    cuts = sorted({one.on for one in interruptions})
    pieces = [piece for joined in _joined(suspensions) for piece in _cut(joined, cuts)]
    items: list[tuple[date, int, str, Interruption | Suspension]] = [
        *((i.on, 0, i.title, i) for i in interruptions),
        *((p.from_on, 1, p.title, p) for p in pieces),
    ]
    return [item for *_, item in sorted(items, key=lambda item: item[:3])]


def _joined(suspensions: Iterable[Suspension]) -> list[Suspension]:
    found: list[Suspension] = []
    for one in sorted(suspensions, key=lambda s: (s.from_on, s.until_on or date.max, s.title)):
        previous = found[-1] if found else None
        if previous is None or (previous.until_on is not None and previous.until_on < one.from_on):
            found.append(one)
            continue
        ends = (previous.until_on, one.until_on)
        until = None if None in ends else max(end for end in ends if end is not None)
        titles = "、".join(dict.fromkeys((previous.title, one.title)))
        found[-1] = Suspension(previous.from_on, until, titles, tuple(dict.fromkeys((*previous.cites, *one.cites))))
    return found


def _cut(one: Suspension, cuts: Sequence[date]) -> Iterator[Suspension]:
    inside = [day for day in cuts if one.from_on < day < (one.until_on or date.max)]
    edges: list[date | None] = [one.from_on, *inside, one.until_on]
    for begin, end in pairwise(edges):
        assert begin is not None
        yield Suspension(begin, end, one.title, one.cites)


def span(pause: Suspension) -> str:
    begin = wording.day_text(pause.from_on)
    return f"{begin}至{wording.day_text(pause.until_on)}" if pause.until_on else f"{begin}起"


def law_of(cites: tuple[Statute, ...]) -> str:
    return f"（{wording.quoted(cites)}）" if cites else ""

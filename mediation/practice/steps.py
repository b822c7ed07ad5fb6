"""How the stories of the practice district are told: a day, and what somebody did on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ..cases.models import Proceeding
from ..engine.definition import Event
from ..people.actor import Actor
from .desk import Folder, Script

Route = Callable[[Folder], Script]
Waiting = Callable[[Folder, int], Script]
"""A script and how many days ago the case came in."""
Deed = Callable[[Folder], object]
Told = Mapping[str, Any] | Callable[[Folder], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class File:
    """A file that is open today: its story, when it came in, how many workers.

    `cause` where the story needs that kind of dispute; `left`: the limitation ends in so many days.
    """

    script: Waiting
    ago: int
    workers: int = 1
    cause: str | None = None
    left: int | None = None


def on_desk(beginning: Waiting, *deeds: tuple[int, Deed]) -> Waiting:
    """A file that is open today; every deed with the days it lies back from today."""

    def script(folder: Folder, ago: int) -> Script:
        yield from beginning(folder, ago)
        for days, deed in deeds:
            yield folder.town.before(days)
            deed(folder)

    return script


def in_time(beginning: Route, *deeds: tuple[int, Deed]) -> Route:
    """A case of the year; every deed with the days it waits after the one before."""

    def script(folder: Folder) -> Script:
        yield from beginning(folder)
        for days, deed in deeds:
            yield folder.town.wait(days)
            deed(folder)

    return script


def event(name: str, told: Told | None = None) -> Deed:
    """An event of the dispute, or of the newest open procedure that knows it, by somebody who may.

    Days on which something happened are today where nothing is told of them.
    """

    def deed(folder: Folder) -> object:
        proceeding_id, found = _where(folder, name)
        said = told(folder) if callable(told) else told or {}
        return folder.beside(proceeding_id, name, {**_today(folder, found), **said}, by=_somebody(folder, found))

    return deed


def _where(folder: Folder, name: str) -> tuple[int, Event]:
    query = (
        select(Proceeding.id, Proceeding.workflow, Proceeding.version)
        .where(Proceeding.case_id == folder.case_id, Proceeding.ended_at.is_(None))
        .order_by(Proceeding.workflow != "dispute", Proceeding.id.desc())
    )
    for id, workflow, version in folder.town.session.execute(query):
        events = folder.town.runtime.machine(workflow, version).definition.events
        if name in events:
            return id, events[name]
    raise LookupError(name)


def _today(folder: Folder, found: Event) -> Mapping[str, Any]:
    now = {"date": folder.today, "datetime": folder.town.clock.now().isoformat(timespec="seconds")}
    asked = {name: ask for name, ask in found.asks.items() if ask.required and ask.default is None}
    return {name: now[ask.type] for name, ask in asked.items() if ask.type in now}


def _somebody(folder: Folder, found: Event) -> Actor:
    if "mediator" in found.by:
        return folder.mediator
    return folder.town.office.supervisor


# ── how a file begins ──


def registered(folder: Folder, _: int) -> Script:
    folder.note("call", "来电补充了工资条照片，待整理。")
    return iter(())


def accepted(folder: Folder, ago: int) -> Script:
    """The dispute was accepted for mediation, so many days ago at most."""
    folder.assign()
    folder.ask_consent()
    yield folder.town.before(ago - 1)
    folder.answer("agreed")
    folder.represented()
    folder.accept()


def signed(due: int) -> Waiting:
    """One payment of the whole sum is agreed; `due` days from today (negative: before today)."""

    def script(folder: Folder, ago: int) -> Script:
        yield from accepted(folder, ago)
        yield folder.town.before(ago - 2)
        folder.session("ready")
        left = (folder.town.until - folder.town.clock.today()).days
        folder.draft(folder.promises(folder.asked, [max(0, left + due)]))
        folder.sign()

    return script


def fell_through(folder: Folder, ago: int) -> Script:
    """Mediation was tried and given up after three days."""
    yield from accepted(folder, ago)
    yield folder.town.before(ago - 4)
    folder.break_off()

"""What rests on an article, a period or an amount of the law: the question before any of them is changed."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ..errors import NotFound
from ..law.amounts import Amount
from ..law.book import LawBook
from ..law.doubts import Doubt
from ..law.entitlements.registry import FORMULAS
from ..law.entitlements.working import Formula
from ..law.periods import Counting, Period
from ..law.routes import Route
from ..law.statutes import Statute
from .codes import CodeList
from .definition import DeadlineRule, Definition

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """All that may rest on the law. `definitions` are the current versions."""

    law: LawBook
    definitions: Collection[Definition]
    codes: Mapping[str, CodeList]
    papers: Collection["Paper"]


class Paper(Protocol):
    """A document template as the law sees it: the ids of the articles that its words rest on."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def basis(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Use:
    """A deadline of a workflow that counts with a period."""

    workflow: str
    workflow_title: str
    deadline: str
    title: str
    period: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a code list (a head of demand, a ground of refusal) that names an article."""

    list_name: str
    list_title: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Resting:
    """Everything that would be touched by a change, in the order of the files."""

    periods: tuple[Period, ...] = ()
    countings: tuple[Counting, ...] = ()
    amounts: tuple[Amount, ...] = ()
    routes: tuple[Route, ...] = ()
    formulas: tuple[Formula, ...] = ()
    uses: tuple[Use, ...] = ()
    rows: tuple[Row, ...] = ()
    papers: tuple[Paper, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def nothing(self) -> bool:
        return not any((self.periods, self.countings, self.amounts, self.routes, self.formulas, self.rows, self.papers))

    def named(self) -> dict[str, list[str]]:
        """The ids by kind, for programs; deadlines as workflow.deadline, codes as list.code."""
        return {
            "periods": [p.id for p in self.periods],
            "countings": [c.id for c in self.countings],
            "amounts": list(dict.fromkeys(a.key for a in self.amounts)),
            "routes": [r.id for r in self.routes],
            "formulas": [f.id for f in self.formulas],
            "deadlines": [f"{u.workflow}.{u.deadline}" for u in self.uses],
            "codes": [f"{r.list_name}.{r.code}" for r in self.rows],
            "papers": [p.code for p in self.papers],
            "unverified": [d.id for d in self.doubts],
        }


def on_article(room: Room, id: str) -> Resting:
    """All that cites an article, and the workflows that count with such a period."""
    law = room.law
    statute = law.statute(id)
    periods = tuple(p for p in every(law.periods) if statute in p.cites)
    return Resting(
        periods=periods,
        countings=tuple(c for c in _countings(law) if statute in _counting_cites(c)),
        amounts=tuple(a for a in every(law.amounts) if statute in a.cites),
        routes=tuple(r for r in law.routes.values() if statute in _route_cites(r)),
        formulas=tuple(f for f in FORMULAS.values() if id in f.cites),
        uses=tuple(uses(room, {p.id for p in periods})),
        rows=tuple(row for row, cites in cited_rows(room.codes) if id in cites),
        papers=tuple(paper for paper in room.papers if id in paper.basis),
        doubts=touching(law, articles=id, instruments=statute.instrument),
    )


def on_period(room: Room, id: str) -> Resting:
    """The workflows that count with a period, and the routes whose window it is."""
    if id not in room.law.periods:
        raise NotFound(f"没有编号为“{id}”的期限")
    return Resting(
        routes=tuple(route for route in room.law.routes.values() if route.window == id),
        uses=tuple(uses(room, {id})),
        doubts=touching(room.law, periods=id),
    )


def on_amount(room: Room, key: str) -> Resting:
    """The open points about an amount; formulas take amounts while they work and name them in each working."""
    if key not in room.law.amounts:
        raise NotFound(f"没有编号为“{key}”的数额")
    return Resting(doubts=touching(room.law, amounts=key))


def on_doubt(room: Room, id: str) -> Resting:
    """All that an open point touches: by name, by the articles it names, or by the source tag."""
    law, doubt = room.law, room.law.doubt(id)
    named = doubt.touches.get("periods", ())
    periods = tuple(p for p in every(law.periods) if p.id in named or doubt in p.doubts or _rests(p, doubt))
    return Resting(
        periods=periods,
        amounts=tuple(a for a in every(law.amounts) if doubt in a.doubts),
        formulas=tuple(f for f in FORMULAS.values() if f.id in doubt.touches.get("formulas", ())),
        uses=tuple(uses(room, {p.id for p in periods})),
        papers=tuple(paper for paper in room.papers if any(doubt in s.doubts for s in _basis(law, paper))),
    )


def articles_of(law: LawBook, doubt: Doubt) -> tuple[Statute, ...]:
    """The articles that an open point shakes, or that are only watched."""
    laws, ids = doubt.touches.get("instruments", ()), doubt.touches.get("articles", ())
    return tuple(s for s in law.statutes.values() if doubt in s.doubts or s.instrument in laws or s.id in ids)


def touching(law: LawBook, **ids: str) -> tuple[Doubt, ...]:
    """The open points, watched ones too, that name one of these ids (`articles="ER-29"`)."""
    return tuple(d for d in law.doubts.values() if any(id in d.touches.get(kind, ()) for kind, id in ids.items()))


def uses(room: Room, periods: Collection[str]) -> Iterator[Use]:
    """The deadlines of the workflows that count with one of these periods, always or in certain cases."""
    for definition in room.definitions:
        for rule in definition.deadlines.values():
            for period in counted_with(rule):
                if period in periods:
                    yield Use(definition.name, definition.title, rule.name, rule.title, period)


def counted_with(rule: DeadlineRule) -> tuple[str, ...]:
    """The periods of a deadline: the usual one and those that may stand in for it."""
    return tuple(dict.fromkeys((*((rule.period,) if rule.period else ()), *rule.other_periods())))


def cited_rows(codes: Mapping[str, CodeList]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """The rows of all code lists that name articles (column `cites`: ids with spaces or commas between)."""
    for name, listed in codes.items():
        for code, title in listed.items():
            if cites := listed.about(code).get("cites"):
                yield Row(name, listed.title, code, title), tuple(re.split(r"[\s,、]+", cites.strip()))


def every(versions: Mapping[str, tuple[T, ...]]) -> Iterator[T]:
    """All dated versions of all rows."""
    for dated in versions.values():
        yield from dated


def _rests(period: Period, doubt: Doubt) -> bool:
    return any(doubt in cite.doubts for cite in period.cites)


def _basis(law: LawBook, paper: Paper) -> Iterable[Statute]:
    return (law.statutes[id] for id in paper.basis if id in law.statutes)


def _countings(law: LawBook) -> Iterable[Counting]:
    return {period.counting.id: period.counting for period in every(law.periods)}.values()


def _counting_cites(counting: Counting) -> tuple[Statute, ...]:
    return (*counting.start, *counting.hours, *counting.months, *counting.rolls, *counting.workdays)


def _route_cites(route: Route) -> tuple[Statute, ...]:
    return (*route.cites, *(cite for told in route.conditions for cite in told.cites))

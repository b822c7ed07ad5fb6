"""法律依据: the law as data for reading: periods, articles, amounts, open points, and what rests on each of them."""

from typing import Any, NoReturn

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.engine import resting
from mediation.engine.resting import Room
from mediation.errors import NotFound
from mediation.law import telling
from mediation.law.amounts import Amount
from mediation.law.periods import GROUPS, Period
from mediation.law.statutes import Instrument, Statute
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime
from .templating import page

VIEWS = {"": "期限", "articles": "条文", "amounts": "数额", "unverified": "待核实"}
LONGEST_SEARCH = 100

router = APIRouter()


@router.get("/law")
def periods(request: Request, runtime: CurrentRuntime, _actor: CurrentActor, q: str = "", group: str = "") -> Response:
    wanted = _search(q)
    found = [p for p in resting.every(runtime.law.periods) if group in ("", p.group) and _matches(wanted, p)]
    groups = {key: [p for p in found if p.group == key] for key in GROUPS}
    return _page(request, "", wanted, groups={key: rows for key, rows in groups.items() if rows}, group=group)


@router.get("/law/articles")
def articles(request: Request, runtime: CurrentRuntime, _actor: CurrentActor, q: str = "") -> Response:
    wanted = _search(q)
    laws = [(law, _articles(law, wanted)) for law in runtime.law.instruments.values()]
    return _page(request, "articles", wanted, laws=[(law, found) for law, found in laws if found])


@router.get("/law/amounts")
def amounts(request: Request, runtime: CurrentRuntime, _actor: CurrentActor, q: str = "") -> Response:
    wanted = _search(q)
    found = [a for a in resting.every(runtime.law.amounts) if _amount_matches(wanted, a)]
    return _page(request, "amounts", wanted, amounts=found)


@router.get("/law/unverified")
def unverified(request: Request, runtime: CurrentRuntime, _actor: CurrentActor, q: str = "") -> Response:
    wanted = _search(q)
    found = [d for d in runtime.law.doubts.values() if telling.found_in(wanted, (d.id, d.title, d.reason))]
    return _page(request, "unverified", wanted, doubts=found)


@router.get("/law/articles/{id}")
def article(request: Request, id: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    statute = runtime.law.statute(id) if id in runtime.law.statutes else _missing(id, "条文")
    law = runtime.law.instruments[statute.instrument]
    rests = resting.on_article(_room(runtime), id)
    return page(request, "law/article.html", statute=statute, law=law, rests=rests, telling=telling)


@router.get("/law/periods/{id}")
def period(request: Request, id: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    versions = runtime.law.periods.get(id) or _missing(id, "期限")
    rests = resting.on_period(_room(runtime), id)
    return page(request, "law/period.html", versions=versions[::-1], rests=rests, groups=GROUPS, telling=telling)


@router.get("/law/amounts/{key}")
def amount(request: Request, key: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    versions = runtime.law.amounts.get(key) or _missing(key, "数额")
    rests = resting.on_amount(_room(runtime), key)
    return page(request, "law/amount.html", versions=versions[::-1], rests=rests, telling=telling)


@router.get("/law/unverified/{id}")
def doubt(request: Request, id: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    found = runtime.law.doubts.get(id) or _missing(id, "待核实事项")
    shaken = resting.articles_of(runtime.law, found)
    rests = resting.on_doubt(_room(runtime), id)
    return page(request, "law/doubt.html", doubt=found, articles=shaken, rests=rests, telling=telling)


def _page(request: Request, view: str, wanted: str, **shown: Any) -> Response:
    name = view or "periods"
    return page(
        request, f"law/{name}.html", view=view, views=VIEWS, q=wanted, groups_of=GROUPS, telling=telling, **shown
    )


def _room(runtime: Runtime) -> Room:
    definitions = [runtime.machine(name).definition for name in runtime.current]
    papers = [runtime.templates.get(name) for name in runtime.templates.names]
    return Room(runtime.law, definitions, runtime.codes, papers)


def _search(q: str) -> str:
    return q.strip()[:LONGEST_SEARCH]


def _matches(wanted: str, period: Period) -> bool:
    cites = (cite.text for cite in period.cites)
    return telling.found_in(wanted, (period.id, period.title, period.start, period.who, period.note, *cites))


def _articles(law: Instrument, wanted: str) -> list[Statute]:
    return [s for s in law.articles if telling.found_in(wanted, (s.id, s.law, s.text, s.gist))]


def _amount_matches(wanted: str, amount: Amount) -> bool:
    return telling.found_in(wanted, (amount.key, amount.title, amount.place, amount.note))


def _missing(id: str, noun: str) -> NoReturn:
    raise NotFound(f"没有编号为“{id[:80]}”的{noun}")

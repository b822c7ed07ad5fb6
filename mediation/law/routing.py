"""Judging the routes after an agreement: for one case every route open, closed or uncertain, with every reason.

Pure. Nothing is decided here that routes.yaml does not say; what nobody has found out makes a route uncertain and
never closes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mediation.errors import BadInput
from mediation.law.book import LawBook
from mediation.law.reckoning import Reckoning
from mediation.law.route_conditions import CONDITIONS, RouteCase, outside
from mediation.law.routes import Route, Told
from mediation.law.statutes import Statute
from mediation.law.wording import day_text

State = Literal["open", "uncertain", "closed"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a route is closed (`bars`), or what must be found out first. `name` is that of the condition, or "window"."""

    name: str
    bars: bool
    sentence: str
    cites: tuple[Statute, ...]


@dataclass(frozen=True, slots=True)
class JudgedRoute:
    """A route as it stands for this case. `window` is the reckoned last day; None where there is none to reckon."""

    route: Route
    reasons: tuple[Reason, ...]
    window: Reckoning | None

    @property
    def state(self) -> State:
        if any(reason.bars for reason in self.reasons):
            return "closed"
        return "uncertain" if self.reasons else "open"

    @property
    def last_day(self) -> date | None:
        return self.window.legal_due if self.window else None


def judge_routes(book: LawBook, case: RouteCase) -> tuple[JudgedRoute, ...]:
    """Every route, in the order of the table."""
    return tuple(judge_route(book, route_id, case) for route_id in book.routes)


def judge_route(book: LawBook, route_id: str, case: RouteCase) -> JudgedRoute:
    """One route; NotFound for an unknown id."""
    route = book.route(route_id)
    reasons = [reason for told in route.conditions for reason in _judged(told, route, case)]
    window, late = _window(book, route, case)
    return JudgedRoute(route, (*late, *reasons), window)


def _judged(told: Told, route: Route, case: RouteCase) -> Iterator[Reason]:
    answer = CONDITIONS[told.name].holds(case, route.kinds)
    sentence = told.unsure if answer is None else told.fails
    if answer is not True and sentence:
        yield Reason(told.name, answer is False, sentence.format_map(_words(route, case)), told.cites)


def _words(route: Route, case: RouteCase) -> dict[str, str]:
    """What the sentences may name. Without an agreement only arrears of pay come under a payment order."""
    order = route.kinds["order" if case.document == "mediation_agreement" else "pay"]
    kinds = {"not_pay": route.kinds["pay"], "not_order": order}
    words = {name: "、".join(outside(case, kind)) or "没有登记项目" for name, kind in kinds.items()}
    return words | {"due_on": day_text(case.due_on) if case.due_on else "没有登记"}


def _window(book: LawBook, route: Route, case: RouteCase) -> tuple[Reckoning | None, tuple[Reason, ...]]:
    """The last day, and the reason against a day of application after it."""
    start = _start(route, case)
    if route.window is None or start is None:
        return None, ()
    try:
        window = book.reckon(route.window, start)
    except BadInput as error:
        return None, (Reason("window", False, error.sentence, route.cites),)
    if case.on <= window.legal_due:
        return window, ()
    last = day_text(window.legal_due)
    if route.after_window == "defence":
        said = f"时效期间已于{last}届满；仍可提出，但对方提出时效抗辩且没有中止、中断的，可能不受支持"
    elif window.provisional:
        said = f"期间的末日暂定为{last}，所在年份的放假安排尚未录入，请先核对"
    else:
        return window, (Reason("window", True, f"申请期间已于{last}届满", window.cites),)
    return window, (Reason("window", False, said, window.cites),)


def _start(route: Route, case: RouteCase) -> date | None:
    return {"signed_on": case.signed_on, "due_on": case.due_on}.get(route.counted_from or "")

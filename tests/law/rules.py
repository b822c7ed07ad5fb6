"""Bare periods for tests: a length and a unit, with the counting rules of a shipped period."""

from dataclasses import replace

from mediation.law.book import LawBook
from mediation.law.periods import Period, Span


def bare(book: LawBook, length: int, unit: str, direction: str = "after") -> Period:
    (model,) = book.periods["mediation_accept"]
    roll = direction == "after" and unit != "hours"
    return replace(
        model, id=f"{length}_{unit}_{direction}", span=Span(length, unit), direction=direction, roll=roll, start="开始"
    )

"""Running a formula in a test as people do: JSON in, the worked result out."""

from datetime import date
from fractions import Fraction
from typing import Any

from mediation.entitlements.calculate import calculate
from mediation.law.book import LawBook
from mediation.law.entitlements.sums import rounded
from mediation.law.entitlements.working import Worked
from mediation.money import fen

TODAY = date(2026, 11, 20)


def worked(book: LawBook, formula: str, as_of: date | None = None, **raw: Any) -> Worked:
    """The result for these inputs, whose sum was checked against its own steps."""
    found = calculate(book, formula, raw, today=TODAY, as_of=as_of).worked
    adds = sum((step.adds for step in found.steps if step.adds is not None), Fraction(0))
    if found.amount is not None:
        assert rounded(adds) == found.amount
        assert sum(part.amount for part in found.parts) in (0, found.amount)
    return found


def total(book: LawBook, formula: str, **raw: Any) -> int:
    """The sum in fen; None would be no sum at all."""
    amount = worked(book, formula, **raw).amount
    assert amount is not None
    return amount


def yuan(text: str) -> int:
    """ "565,239.00" as fen."""
    return fen(text)


def months(wage: str, *which: str) -> list[dict[str, str]]:
    """The same pay for each of these months."""
    return [{"month": month, "paid": wage} for month in which]

"""A reckoning asked for in words and told as plain data: the same for the command, the API and the page."""

from datetime import date, datetime
from typing import Any

from mediation.errors import BadInput
from mediation.law.book import LawBook
from mediation.law.reckoning import Reckoning


def moment(text: str) -> date:
    """A day, or an instant for the periods that run in hours."""
    if "T" not in text:
        return day(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}”不是有效的时刻，请写成 2026-11-20T09:30") from None


def day(text: str) -> date:
    """2026-11-20 as a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}”不是有效的日期，请写成 2026-11-20") from None


def plain(book: LawBook, reckoning: Reckoning) -> dict[str, Any]:
    """Ready for JSON: period, start, nominal_due, legal_due, provisional, reasons, cite (cites: all).

    Whatever is not verified adds unverified_because, a list of reasons.
    """
    cites = [{"law": c.law, "article": c.article, "source": c.source} for c in reckoning.cites]
    own = {"law": None, "article": None, "source": book.periods[reckoning.period][0].source}
    told: dict[str, Any] = {
        "period": reckoning.period,
        "start": reckoning.start.isoformat(),
        "nominal_due": reckoning.nominal_due.isoformat(),
        "legal_due": reckoning.legal_due.isoformat(),
        "provisional": reckoning.provisional,
        "reasons": list(reckoning.reasons),
        "cite": cites[0] if cites else own,
    }
    doubts = {"unverified_because": list(reckoning.unverified_because)} if not reckoning.verified else {}
    return told | doubts | ({"cites": cites} if len(cites) > 1 else {})

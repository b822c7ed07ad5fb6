"""Which deadlines the clocks of a case call for: one for each demand, two where double wage is lost day by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..db import dump
from ..deadlines.run import Course
from ..law.limitation import Clock
from .clocks import DemandClock


@dataclass(frozen=True, slots=True)
class Wanted:
    """One deadline. `course` None: it stands still without an end, and keeps the days it had. Of those that share a
    last day only one is a `carrier` of reminders, so that a group of a thousand sends one."""

    subject: str
    label: str
    period: str
    suspended_on: date | None
    course: Course | None
    carrier: bool


def wanted_of(clocks: Sequence[DemandClock]) -> dict[str, Wanted]:
    """By subject. What does not run, and what is over, needs no deadline; the page still tells of it."""
    found = [one for each in clocks for one in _each(each)]
    shared: dict[date | None, int] = {}
    for _, _, _, due in found:
        shared[due] = shared.get(due, 0) + 1
    return {one.subject: one for one in _labelled(found, shared)}


def _labelled(
    found: Sequence[tuple[str, str, DemandClock, date | None]], shared: Mapping[date | None, int]
) -> Iterator[Wanted]:
    carried: set[date | None] = set()
    for subject, more, each, due in found:
        carrier = due is not None and due not in carried
        carried.add(due)
        label = f"{each.party}·{each.item}{more}"
        if carrier and shared[due] > 1:
            label += f"等{shared[due]}项"
        reckoned = each.clock
        yield Wanted(
            subject,
            label,
            "arb_limitation" if reckoned.window else reckoned.period,
            reckoned.suspended_on or (each.at if each.state == "suspended" else None),
            None if due is None else _course(reckoned, due),
            carrier and each.state == "running",
        )


def _each(each: DemandClock) -> Iterator[tuple[str, str, DemandClock, date | None]]:
    """(subject, what is added to the label, clock, unrolled last day)."""
    reckoned, subject = each.clock, f"demand:{each.demand_id}"
    if each.state not in ("running", "suspended"):
        return
    if reckoned.next_end != reckoned.nominal_due:
        yield subject, "（此后逐日减少）", each, reckoned.next_end
        subject += ":last"
    yield subject, "（全部届满）" if reckoned.window else "", each, reckoned.nominal_due


def _course(reckoned: Clock, due: date) -> Course:
    start = reckoned.counted_from
    assert start is not None
    whole = due == reckoned.nominal_due
    return Course(
        start_on=start,
        nominal_due=due,
        legal_due=reckoned.legal_due if whole and reckoned.legal_due else due,
        due_at=None,
        provisional=reckoned.provisional,
        legal=True,
        verified=not reckoned.doubts and all(c.verified for c in reckoned.cites),
        explanation=explained(reckoned),
    )


def explained(reckoned: Clock) -> str:
    """Reasons, with what is assumed, and cites, as deadlines keep them."""
    cites = [
        {"law": c.law, "article": c.article, "source": c.source, "verified": c.verified, "note": c.note}
        for c in reckoned.cites
    ]
    doubts = [f"注意：{doubt}" for doubt in reckoned.doubts]
    return dump({"reasons": [*doubts, *reckoned.reasons], "cites": cites})

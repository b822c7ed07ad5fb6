"""When each step happens: on its published day where the source gives one, else at a plausible pace, which is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .published import Case, Meta

_WORDS: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = tuple(
    (re.compile(codes), re.compile(words, re.IGNORECASE))
    for codes, words in (
        (
            r"IN_",
            r"reports? to|comes? (in|to)|come to file|calls?er|hotline|visits?\b|asks? for (help|mediation)|"
            r"breaks out|appl(y|ies)|screening|warning|online|refer",
        ),
        (r"TASKFORCE", r"task force|joint (mediation )?(group|team)"),
        (r"SESSION|BACK_TO_BACK|ONSITE", r"session|mediat|go(es)? to the company"),
        (r"AGREE_", r"\bsign|\bsettle"),
        (r"CONFIRM_|ARB_REVIEW", r"confirm|review"),
        (r"PAY_(SPOT|PART|FULL|THIRD)", r"\bpaid\b|\bpays\b|arrived|handed"),
        (r"FOLLOWUP", r"follow|return call|visits"),
    )
)
"""(codes of steps, words in the English retelling of an event) that go together."""

_DUE = re.compile(r"\bdue\b|date for (full )?payment|payable|to be paid", re.IGNORECASE)

PAUSE: Mapping[str, int] = {
    "MEDIATION_CONSENT": 1,
    "ACCEPT": 1,
    "SESSION": 2,
    "SESSION_FAILED": 2,
    "SESSION_ONLINE": 2,
    "BACK_TO_BACK": 1,
    "NO_SHOW": 2,
    "CONFIRM_APPLY": 5,
    "CONFIRM_OK": 10,
    "ARB_REVIEW_OK": 5,
    "FOLLOWUP": 7,
    "CLOSE_OK": 1,
    "CLOSE_PART": 3,
    "CLOSE_WITHDRAWN": 1,
    "REOPEN": 10,
}
"""Days before a step whose day was not published; 0 where not listed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`days` has the published day of a step by its position; `start` is the day on which the replay begins."""

    start: date
    published: Mapping[int, date]
    codes: Sequence[str]

    def day(self, position: int, now: date) -> date:
        """The day of the step, never before `now` nor after the next published day."""
        if position in self.published:
            return max(now, self.published[position])
        wanted = now + timedelta(days=PAUSE.get(self.codes[position], 0))
        ahead = [day for at, day in self.published.items() if at > position]
        return max(now, min([wanted, *ahead]))


def pace_of(case: Case, meta: Meta) -> Pace:
    """The days of a case. Without any published day of a step it begins on the day of publication."""
    found = _anchors(case, _year(case, meta))
    return Pace(_start(case, meta, found), found, case.steps)


def _anchors(case: Case, year: int | None) -> dict[int, date]:
    found: dict[int, date] = {}
    position = 0
    for moment in case.timeline:
        day = moment.date.on(moment.year_inferred or year, moment.event)
        at = _step_of(moment.event, case.steps, position)
        if day is None or at is None or (found and day < max(found.values())):
            continue
        found[at] = day
        position = at + 1
    return found


def _step_of(event: str, steps: Sequence[str], first: int) -> int | None:
    """The first step from position `first` on that the event speaks of."""
    spoken = [codes for codes, words in _WORDS if words.search(event)]
    for position in range(first, len(steps)):
        if any(codes.match(steps[position]) for codes in spoken):
            return position
    return None


def _year(case: Case, meta: Meta) -> int | None:
    """The year of days that were published without one: of the publication, else the last one that is over for sure."""
    published = case.source[0].date.year
    if published is not None or meta.compiled.year is None:
        return published
    return meta.compiled.year - 1


def _start(case: Case, meta: Meta, found: Mapping[int, date]) -> date:
    if found:
        first = min(found)
        return found[first] - timedelta(days=sum(PAUSE.get(code, 0) for code in case.steps[:first]))
    published = case.source[0].date.latest()
    past = [day for moment in case.timeline if (day := moment.date.latest()) is not None]
    told = published or (max(past) + timedelta(days=1) if past else None) or meta.compiled.latest()
    return told or date(2026, 1, 5)


def due_day(case: Case, meta: Meta, signed: date) -> date | None:
    """The agreed last day of payment: so many days after signing, or a published day after it. None: not published."""
    for formula in case.calc:
        days = formula.inputs.get("days")
        if formula.name == "due_date" and isinstance(days, int):
            return signed + timedelta(days=days)
    for moment in case.timeline:
        day = moment.date.on(moment.year_inferred or _year(case, meta), moment.event)
        if day is not None and day >= signed and _DUE.search(moment.event) and "days" not in moment.event:
            return day
    return None


def instalment_days(case: Case, meta: Meta, signed: date) -> list[date]:
    """The published due days of the instalments; a day that has passed at signing becomes the day of signing."""
    days = [row.due.on(_year(case, meta), "end of") for row in case.instalments]
    return [max(signed, day) for day in days if day is not None]

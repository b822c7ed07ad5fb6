"""申请执行的期间: two years to apply for enforcement (CPL 250), one deadline for each last day that a title sets.

Counted from the last day of the period of performance that the title names; for a debt in instalments from the last
of them; where it names none, from the day on which the title took effect. The subject of the deadline tells the title,
that day and where it comes from: "award:2026-10-31:promises".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from ..cases.effects import nothing
from ..cases.models import Proceeding
from ..cases.step import Step
from ..deadlines.models import Deadline
from ..recovery.models import Agreement, Promise
from ..recovery.owed import BINDING, open_promises
from ..runtime import Effect, Inverse
from .decision_rules import the_refusal_leaves_the_award_standing
from .facts import words

WINDOW = "enforcement_window"
TABLE = "performances"
KEPT_TABLES: Mapping[str, tuple[str, ...]] = {TABLE: ("ends_on",)}
"""The table that definitions name in `each`; the effects below fill it."""

DOCUMENT, PROMISES = "document", "promises"
"""Where the day comes from: the title itself, or the promises that perform it."""
MEDIATED = ("mediation",)
KINDS: Mapping[str, tuple[str, ...]] = {
    "award": ("award",),
    "judgment": ("award",),
    "arbitral_settlement": ("settlement",),
    "court_settlement": ("settlement",),
    "reviewed_settlement": MEDIATED,
    "confirmed_agreement": MEDIATED,
    "payment_order": ("mediation", "settlement", "award"),
}
"""Titles that open a window, with the kinds of agreements by which they are performed."""


@dataclass(frozen=True, slots=True)
class Window:
    """One deadline as its subject tells it."""

    id: int
    title: str
    day: date
    source: str


RUNNING = Deadline.closed_at.is_(None)


def windows(step: Step, *conditions: ColumnElement[bool]) -> Sequence[Window]:
    """The windows of the case for which this holds."""
    of_case = Deadline.proceeding_id.in_(select(Proceeding.id).where(Proceeding.case_id == step.case_id))
    query = select(Deadline.id, Deadline.subject).where(of_case, Deadline.name == WINDOW, *conditions)
    return [_window(row.id, row.subject) for row in step.session.execute(query.order_by(Deadline.id))]


def own(step: Step) -> ColumnElement[bool]:
    return and_(RUNNING, Deadline.proceeding_id == step.proceeding_id)


def _window(id: int, subject: str) -> Window:
    title, day, source = subject.split(":")
    return Window(id, title, date.fromisoformat(day), source)


def performance(step: Step, title: str, day: date, source: str) -> Mapping[str, Any]:
    """What `each: performances` opens one deadline for."""
    named = step.runtime.title("enforceable_titles", title)
    says_when = source == PROMISES or title == "payment_order" or step.facts.told("performance_day")
    counted = f"履行期至{day}" if says_when else f"没有登记履行期，自生效日{day}起算"
    return {"subject": f"{title}:{day}:{source}", "ends_on": day, "label": f"{named}，{counted}"}


def _fill(step: Step, title: str, days: Iterable[date], source: str) -> None:
    step.tables[TABLE] = [performance(step, title, day, source) for day in sorted(set(days))]


def _document(step: Step, title: str, day: date | None) -> None:
    """One window from the day that the title names, else from `day`; none where one runs already in this procedure."""
    named = step.facts.told("performance_day")
    if named is None and any(window.title == title for window in windows(step, own(step))):
        return
    start = named or day
    _fill(step, title, [start] if start else [], DOCUMENT)


def being_enforced(step: Step, title: str) -> bool:
    """Whether enforcement of this title was applied for and has not ended."""
    of_title = Proceeding.answers["enforcement_title"].as_string() == title
    query = select(Proceeding.id).where(Proceeding.case_id == step.case_id, Proceeding.workflow == "enforcement")
    return step.session.scalar(query.where(Proceeding.ended_at.is_(None), of_title).limit(1)) is not None


def _decided(step: Step, title: str, day: date | None) -> None:
    """Where the orders are on record already, their days count."""
    ordered = any(one.title == title and one.source == PROMISES for one in windows(step, RUNNING))
    if not ordered and not being_enforced(step, title):
        _document(step, title, day)


def window_of_award(step: Step) -> None:
    """A final award is effective when made (LMA 47), any other when nobody sued in time."""
    if step.facts.said.get("award_finality") == "final":
        _decided(step, "award", step.facts.day("award_on"))
    else:
        _decided(step, "award", _effective(step))


def window_of_final_award(step: Step) -> None:
    """On service of an award that says itself that it is final; the worker need not wait."""
    dismissed = step.facts.said.get("decision_result") == "dismissed"
    if step.answers.award_finality == "final" and not dismissed:
        _decided(step, "award", step.facts.day("award_on"))


def window_of_judgment(step: Step) -> None:
    _decided(step, "judgment", _effective(step))


def window_of_settlement(step: Step) -> None:
    """Signed for by both sides before a committee or a court."""
    title = "arbitral_settlement" if step.facts.workflow == "arbitration" else "court_settlement"
    _document(step, title, _effective(step))


def window_of_order(step: Step) -> None:
    """A payment order says itself until when is to be paid: the debtor's fifteen days (CPL 227)."""
    query = select(Deadline.legal_due).where(Deadline.proceeding_id == step.proceeding_id, Deadline.name == "debtor")
    _document(step, "payment_order", step.session.scalar(query.order_by(Deadline.id.desc()).limit(1)))


def window_of_agreement(step: Step) -> None:
    """The agreement that was reviewed or confirmed names the days; without one, the day on which it took effect."""
    title = "reviewed_settlement" if step.facts.workflow == "joint_review" else "confirmed_agreement"
    days = last_days(step, MEDIATED)
    if days:
        _fill(step, title, (days[debt] for debt in open_debts(step, MEDIATED)), PROMISES)
    elif effective := step.facts.day("confirmation_received_on") or _effective(step):
        _fill(step, title, [effective], DOCUMENT)


def window_of_revived_award(step: Step) -> None:
    """The suit over an award ended without a judgment: the award takes effect again (see `titles.AWARD_REVIVES`)."""
    said = step.facts.said
    sued = "arbitration:award_sued" in words(step.facts.procedures_ended)
    if sued and said.get("decision_result") != "dismissed" and step.facts.told("withdrawal_reason") != "paid":
        _document(step, "award", _revived_on(step))


def _revived_on(step: Step) -> date | None:
    """A suit refused as late, or as one over a final award, changed nothing: the award had its effect before."""
    if not the_refusal_leaves_the_award_standing(step.facts):
        return _effective(step)
    if step.facts.said.get("award_finality") == "final":
        return step.facts.day("award_on")
    last = select(func.max(Deadline.legal_due)).where(Deadline.case_id == step.case_id, Deadline.name == "award_effect")
    return _next(step.session.scalar(last)) or _effective(step)


def _effective(step: Step) -> date | None:
    """The latest day that this event tells of; for the clock, the day after the period that ran out."""
    told = (value for name, value in step.facts.answers or () if name.endswith("_on"))
    if days := [value for value in told if isinstance(value, date)]:
        return max(days)
    over = select(func.max(Deadline.legal_due)).where(
        Deadline.proceeding_id == step.proceeding_id,
        Deadline.on_missed == step.event,
        Deadline.closed_at.is_(None),
    )
    return _next(step.session.scalar(over)) or step.today


def _next(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


Debt = tuple[int, int | None, str]
"""What belongs together as instalments: to whom, by whom, for what."""


def _debt(promise: Promise) -> Debt:
    return promise.party_id, promise.payer_id, promise.head or (promise.duty if promise.amount is None else "")


def last_days(step: Step, kinds: Iterable[str], agreement: int | None = None) -> Mapping[Debt, date]:
    """The last instalment of each debt that binds by agreements of these kinds, paid or not."""
    step.session.flush()
    query = (
        select(Promise)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == step.case_id, Agreement.kind.in_(list(kinds)), *BINDING)
    )
    if agreement is not None:
        query = query.where(Promise.agreement_id == agreement)
    found: dict[Debt, date] = {}
    for promise in step.session.scalars(query):
        found[_debt(promise)] = max(promise.due_on, found.get(_debt(promise), promise.due_on))
    return found


def open_debts(step: Step, kinds: Iterable[str]) -> frozenset[Debt]:
    """Those of them on which something is still to be paid or done."""
    query = select(Agreement.id).where(Agreement.case_id == step.case_id, Agreement.kind.in_(list(kinds)))
    of_these = set(step.session.scalars(query))
    return frozenset(_debt(promise) for promise, _ in open_promises(step) if promise.agreement_id in of_these)


EFFECTS: Mapping[str, Effect] = {
    f.__name__: f
    for f in (
        window_of_award,
        window_of_final_award,
        window_of_judgment,
        window_of_settlement,
        window_of_order,
        window_of_agreement,
        window_of_revived_award,
    )
}
UNDOES: Mapping[str, Inverse] = dict.fromkeys(EFFECTS, nothing)
"""They only fill the table; what is opened from it every undo takes back."""

"""Deadlines begin and end inside the transaction of the event that makes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from ..clock import SHANGHAI
from ..db import dump
from ..engine.definition import DeadlineRule
from ..law.book import LawBook
from ..law.reckoning import Reckoning, reckon
from ..prepared import Prepared
from .models import Deadline

_T = Deadline.__table__


@dataclass(frozen=True, slots=True)
class Opened:
    """A deadline that has just begun, as reminders and the audit entry need it."""

    id: int
    name: str
    subject: str
    title: str
    nominal_due: date
    legal_due: date
    due_at: datetime | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Course:
    """When a deadline is due and why, ready to be written: `explanation` is JSON of reasons and cites."""

    start_on: date
    nominal_due: date
    legal_due: date
    due_at: datetime | None
    provisional: bool
    legal: bool
    verified: bool
    explanation: str


_INSERT = Prepared(
    insert(Deadline)
    .values(
        {
            c.name: bindparam(c.name)
            for c in _T.columns
            if c.name not in ("id", "closed_at", "closed_by", "missed_at", "suspended_on", "quarantined_why")
        }
    )
    .returning(Deadline.id)
)
_ENDED: Any = {"closed_at": bindparam("at"), "closed_by": bindparam("by")}
_CLOSE = Prepared(
    update(Deadline)
    .where(
        Deadline.proceeding_id == bindparam("proceeding"),
        Deadline.name == bindparam("name"),
        Deadline.closed_at.is_(None),
    )
    .values(_ENDED)
    .returning(Deadline.id)
)
_CLOSE_ONE = Prepared(
    update(Deadline)
    .where(
        Deadline.proceeding_id == bindparam("proceeding"),
        Deadline.name == bindparam("name"),
        Deadline.subject == bindparam("subject"),
        Deadline.closed_at.is_(None),
    )
    .values(_ENDED)
    .returning(Deadline.id)
)
_CLOSE_ALL = Prepared(
    update(Deadline)
    .where(Deadline.proceeding_id == bindparam("proceeding"), Deadline.closed_at.is_(None))
    .values(_ENDED)
    .returning(Deadline.id)
)


def course(law: LawBook, rule: DeadlineRule, start: date) -> Course:
    """The course of a deadline that starts on (or, for an agreed day, is due on) `start`; an instant for hours."""
    if rule.period is None:
        return _agreed(start, "" if rule.each else rule.title)
    return _reckoned(law, rule.period, start)


@lru_cache(maxsize=8192)
def _reckoned(law: LawBook, period: str, start: date) -> Course:
    return as_course(reckon(law.period_since(period, start), start, law.calendar))


@lru_cache(maxsize=1024)
def _agreed(due: date, title: str) -> Course:
    """Rows of a table are promises of an agreement; any other day was written down somewhere else."""
    day = due.isoformat()
    told = f"“{title}”定为{day}；写明" if title else f"协议约定于{day}履行；约定"
    reasons = [f"{told}的日期不因节假日顺延。"]
    return Course(due, due, due, None, False, False, True, dump({"reasons": reasons, "cites": []}))


def as_course(reckoning: Reckoning) -> Course:
    """A reckoning of the law as a course to be written."""
    return Course(
        start_on=_day(reckoning.start),
        nominal_due=_day(reckoning.nominal_due),
        legal_due=_day(reckoning.legal_due),
        due_at=reckoning.legal_due if isinstance(reckoning.legal_due, datetime) else None,
        provisional=reckoning.provisional,
        legal=reckoning.statutory,
        verified=reckoning.verified,
        explanation=explanation(reckoning),
    )


def explanation(reckoning: Reckoning) -> str:
    """Reasons and cites as JSON, kept with the row so that "why this date" answers the same for ever."""
    cites = [
        {"id": c.id, "law": c.law, "article": c.article, "source": c.source, "verified": c.verified, "note": c.note}
        for c in reckoning.cites
    ]
    told: dict[str, Any] = {"reasons": list(reckoning.reasons), "cites": cites}
    return dump(told | ({"doubts": list(reckoning.unverified_because)} if not reckoning.verified else {}))


def _day(value: date) -> date:
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def open_deadline(
    connection: Connection,
    rule: DeadlineRule,
    timed: Course,
    *,
    case_id: int,
    proceeding_id: int,
    subject: str = "",
    label: str = "",
    calendar: str,
    at: datetime,
) -> Opened:
    """Write the row. A deadline of the same name and subject that still runs must be closed before."""
    title = f"{rule.title}：{label}" if label else rule.title
    target = timed.legal_due - timedelta(days=rule.target) if rule.target else None
    row = _INSERT.one(
        connection,
        {
            "case_id": case_id,
            "proceeding_id": proceeding_id,
            "name": rule.name,
            "subject": subject,
            "title": title[:300],
            "period": rule.period,
            "owner": rule.owner,
            "start_on": timed.start_on,
            "nominal_due": timed.nominal_due,
            "legal_due": timed.legal_due,
            "due_at": timed.due_at,
            "target_on": target,
            "provisional": timed.provisional,
            "legal": timed.legal,
            "verified": timed.verified,
            "explanation": timed.explanation,
            "calendar": calendar,
            "on_missed": rule.on_missed,
            "opened_at": at,
        },
    )
    assert row is not None
    return Opened(
        row["id"], rule.name, subject, title, timed.nominal_due, timed.legal_due, timed.due_at, timed.provisional
    )


def close_deadlines(connection: Connection, proceeding_id: int, name: str, by: str, at: datetime) -> list[int]:
    """Close every running deadline of this name; their ids."""
    return _ids(_CLOSE.rows(connection, {"proceeding": proceeding_id, "name": name, "by": by, "at": at}))


def _ids(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


def close_deadline(
    connection: Connection, proceeding_id: int, name: str, subject: str, by: str, at: datetime
) -> list[int]:
    """Close the running deadline of this name about this subject; its id."""
    values = {"proceeding": proceeding_id, "name": name, "subject": subject, "by": by, "at": at}
    return _ids(_CLOSE_ONE.rows(connection, values))


def undo_opening(connection: Connection, ids: Sequence[int], at: datetime) -> list[int]:
    """Close those of these deadlines that still run, because the event that opened them was undone; their ids."""
    query = update(Deadline).where(Deadline.id.in_(ids), Deadline.closed_at.is_(None))
    return list(connection.scalars(query.values(closed_at=at, closed_by="undone").returning(Deadline.id)))


def reopen_deadlines(connection: Connection, ids: Sequence[int]) -> list[str]:
    """Let these deadlines run on as if they had never been closed; their names."""
    query = update(Deadline).where(Deadline.id.in_(ids), Deadline.closed_at.is_not(None))
    return sorted(set(connection.scalars(query.values(closed_at=None, closed_by=None).returning(Deadline.name))))


def close_all(connection: Connection, proceeding_id: int, by: str, at: datetime) -> list[int]:
    """Close whatever still runs: the proceeding has ended; their ids."""
    return _ids(_CLOSE_ALL.rows(connection, {"proceeding": proceeding_id, "by": by, "at": at}))

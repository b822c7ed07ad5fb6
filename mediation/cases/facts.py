"""Facts: all that guards may look at, read under the proceeding's lock, frozen.

Features add their own groups of columns (in their `facts.py`, correlated to the case or the proceeding); the assembly
names them all. There is no lateness among the facts: a deadline is never a guard.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, Select, String, and_, bindparam, case, func, literal_column, select
from sqlalchemy import cast as cast_sql
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..deadlines.models import Deadline
from ..engine.asks import Answers
from ..people.models import Organisation
from ..prepared import Prepared
from .access_models import CaseReader, EmergencyAccess
from .models import AuditEntry, Case, Demand, Party, Proceeding

COMMA: Any = literal_column("','")

LIVE_PARTY = (Party.case_id == Case.id, Party.left_on.is_(None))
PRINCIPAL = and_(Party.represents_id.is_(None), Party.role != "elected_representative")
NOT_AGREED = Party.consent.is_distinct_from("agreed")


def _parties(*conditions: ColumnElement[bool]) -> Any:
    return select(func.count(Party.id)).where(*LIVE_PARTY, *conditions).correlate(Case).scalar_subquery()


COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "workers": _parties(Party.side == "worker", PRINCIPAL),
    "employers": _parties(Party.side == "employer", PRINCIPAL),
    "representatives": _parties(Party.role == "elected_representative"),
    "workers_not_agreed": _parties(Party.side == "worker", PRINCIPAL, NOT_AGREED),
    "employers_not_agreed": _parties(Party.side == "employer", PRINCIPAL, NOT_AGREED),
    "parties_not_agreed": select(func.aggregate_strings(cast_sql(Party.id, String), COMMA))
    .where(*LIVE_PARTY, Party.side != "third", PRINCIPAL, NOT_AGREED)
    .correlate(Case)
    .scalar_subquery(),
    "demands": select(func.count(Demand.id))
    .where(Demand.case_id == Case.id, Demand.withdrawn_on.is_(None))
    .correlate(Case)
    .scalar_subquery(),
}
"""Counts of the case file."""


def _came(column: Any) -> Any:
    """Of the entry that led into the present state. An undo leads back, and proposes nothing."""
    query = select(column).where(
        AuditEntry.proceeding_id == Proceeding.id,
        AuditEntry.to_state == Proceeding.state,
        AuditEntry.from_state != AuditEntry.to_state,
        AuditEntry.event != "undo",
    )
    return query.order_by(AuditEntry.seq.desc()).limit(1).correlate(Proceeding).scalar_subquery()


WAY: Mapping[str, ColumnElement[Any]] = {
    "came_by_id": _came(AuditEntry.actor_id),
    "came_from": _came(AuditEntry.from_state),
}
"""Who led the proceeding into its present state, and from where."""


_any = aliased(Proceeding)


def _people(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return (
        select(func.aggregate_strings(cast_sql(column, String), COMMA))
        .where(*conditions)
        .correlate(Case)
        .scalar_subquery()
    )


READERS: Mapping[str, ColumnElement[Any]] = {
    "named": _people(CaseReader.person_id, CaseReader.case_id == Case.id),
    "handlers": _people(_any.owner_id, _any.case_id == Case.id, _any.ended_at.is_(None)),
    "emergencies": _people(
        EmergencyAccess.person_id,
        EmergencyAccess.case_id == Case.id,
        EmergencyAccess.ends_at > bindparam("now", type_=EmergencyAccess.ends_at.type),
    ),
}
"""Ids of people with commas: who may see a restricted case, who handles one of its proceedings, and who has it open in
an emergency. Only looked at where the rule alone does not answer (`access.roles_in`)."""

_ALWAYS: Mapping[str, ColumnElement[Any]] = {
    "running": select(func.aggregate_strings(Deadline.name, COMMA))
    .where(Deadline.proceeding_id == Proceeding.id, Deadline.closed_at.is_(None))
    .correlate(Proceeding)
    .scalar_subquery(),
    "repeated_seq": select(func.max(AuditEntry.seq))
    .where(AuditEntry.idempotency_key == bindparam("key"))
    .scalar_subquery(),
}
"""`running` names the open deadlines, for the schedule and not for guards; `repeated_seq` is set when the idempotency
key was used before."""


class Row(dict[str, Any]):
    """One proceeding as loaded. The facts of a feature follow in one statement when the first of them is looked at."""

    def __init__(self, values: Mapping[str, Any], loading: "Loading", connection: Connection, now: datetime) -> None:
        super().__init__(values)
        self._loading = loading
        self._connection = connection
        self._now = now

    def __missing__(self, name: str) -> Any:
        group = self._loading.groups[name]
        values = {"proceeding": self["proceeding_id"], "today": self._now.date(), "now": self._now}
        more = group.one(self._connection, values)
        assert more is not None
        self.update(more)
        return more[name]


class Loading:
    """Reads what an event needs of a proceeding: the proceeding first, under its lock, and each feature's facts (a
    statement each) as guards ask for them.

    Without the lock it only shows what may be done now; whoever then acts is judged again under the lock.
    """

    def __init__(self, *features: Mapping[str, ColumnElement[Any]], lock: bool) -> None:
        first = _BASE.add_columns(*(column.label(name) for name, column in _ALWAYS.items()))
        self._first = Prepared(first.with_for_update(of=Proceeding) if lock else first)
        self.groups = {
            name: group for feature in (READERS, *features) for group in [_group(feature)] for name in feature
        }

    def row(self, connection: Connection, proceeding_id: int, now: datetime, key: str | None = None) -> Row | None:
        """The row of one proceeding, or None. `key` tells in `repeated_seq` whether it was used before."""
        found = self._first.one(connection, {"proceeding": proceeding_id, "key": key})
        return None if found is None else Row(found, self, connection, now)


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Proceeding)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.id == bindparam("proceeding"))
    )


def _group(feature: Mapping[str, ColumnElement[Any]]) -> Prepared:
    return Prepared(_joined(*(column.label(name) for name, column in feature.items())))


_BASE = _joined(
    Proceeding.id.label("proceeding_id"),
    Proceeding.parent_id,
    Proceeding.workflow,
    Proceeding.version,
    Proceeding.state,
    Proceeding.state_since,
    Proceeding.owner_id,
    Proceeding.outcome,
    Proceeding.ended_at,
    Proceeding.answers.label("said"),
    Proceeding.revision,
    Proceeding.audit_seq,
    Proceeding.audit_head,
    Case.id.label("case_id"),
    Case.number,
    Case.organisation_id,
    Case.received_on,
    Case.since_on,
    Case.workers_count,
    Case.gravity,
    Case.risk_level,
    Case.group_case,
    Case.cause,
    Case.restricted_at,
    Organisation.path,
    Organisation.short_name,
)


class Facts:
    """What is known of one proceeding at one moment; read-only.

    Attributes: `today`, `now`, `answers` (typed answers of this event; None while buttons are drawn), `said` (earlier
    answers, as JSON), `actor_id` (who asks; None: the clock or nobody), and every fact of every feature.
    """

    __slots__ = ("_row", "actor_id", "answers", "now", "said", "today")

    actor_id: int | None
    today: date
    now: datetime
    answers: Answers | None
    said: Mapping[str, Any]

    def __init__(
        self, row: Mapping[str, Any], now: datetime, answers: Answers | None, actor_id: int | None = None
    ) -> None:
        for name, value in (
            ("_row", row),
            ("actor_id", actor_id),
            ("now", now),
            ("today", now.date()),
            ("answers", answers),
            ("said", row["said"] or {}),
        ):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._row[name]
        except KeyError:
            raise AttributeError(f"no fact is called {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("facts are read-only")

    def told(self, name: str) -> Any:
        """This event's answer of that name; None where the event does not ask for it."""
        return getattr(self.answers, name, None)

    def known(self, name: str) -> Any:
        """What was said earlier under this name, else a column of the case; None where neither is there."""
        return self.said.get(name) or self._row.get(name)

    def day(self, name: str) -> date | None:
        """A date by name: from this event's answers, else from what was said before, else a column of the case."""
        value = self.told(name) or self.known(name)
        if isinstance(value, datetime):
            return value.date()
        return date.fromisoformat(value[:10]) if isinstance(value, str) else cast("date | None", value)


def total(column: Any, *, when: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """SUM that is 0 where there are no rows; with `when`, only of the rows where it holds."""
    summed = func.coalesce(func.sum(case((when, column), else_=0) if when is not None else column), 0)
    return cast_sql(summed, BigInteger)

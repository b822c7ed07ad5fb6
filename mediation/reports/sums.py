"""Where each of the four sums comes from: one SELECT each over the rows that make it, alike in columns.

A report adds them up, a list of lines shows them; both use the same SELECT, so that a figure is its lines. With an
`as_of`, only what was on record at that instant counts, whatever was corrected or agreed anew later.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, extract, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from ..cases.models import AuditEntry, Case, Demand, Party
from ..cases.queries import open_to
from ..people.actor import Actor
from ..people.models import Organisation
from ..people.places import stands_within, stood_within
from ..people.rights import roles_of
from ..recovery.models import Agreement, Award, Promise, Receipt
from ..recovery.owed import AGREED, COUNTED

BY = ("month", "street", "cause")
REPORTERS = roles_of("read_reports")


@dataclass(frozen=True, slots=True)
class Earlier:
    """Demands as they stood before they were changed later: the former sum in fen, and whether they were live."""

    amounts: Mapping[int, int | None]
    live: Mapping[int, bool]


@dataclass(frozen=True, slots=True)
class Range:
    """What is asked: both days included, grouped `by`, within what the actor may see, as on record at `as_of`."""

    from_on: date
    to_on: date
    by: str
    actor: Actor
    as_of: datetime | None
    before: Earlier


UNSEEN = "（无权查看）"
"""Instead of the number and the names of a case that is counted, but may not be looked at."""


def within(actor: Actor, on: Any = None) -> ColumnElement[bool]:
    """Cases of the actor's organisations and those below; nothing for somebody without a role that reports.

    `on`: the day by which a figure counts. A street that was moved since counts where it stood then.
    """
    return stands_within(actor, *REPORTERS) if on is None else stood_within(actor, on, *REPORTERS)


def shown(actor: Actor) -> ColumnElement[bool]:
    """What a list may name: cases of the actor's places of today that are not restricted for them."""
    return and_(within(actor), open_to(actor))


def earlier(session: Session, as_of: datetime | None) -> Earlier:
    """Read from the audit trail what demands were before the changes made after `as_of`."""
    if as_of is None:
        return Earlier({}, {})
    query = select(AuditEntry.payload).where(AuditEntry.event == "change_demand", AuditEntry.at > as_of)
    amounts: dict[int, int | None] = {}
    live: dict[int, bool] = {}
    for payload in session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())):
        entry = json.loads(payload)
        demand, before = entry["answers"]["demand"], entry["result"]["before"]
        amounts[demand], live[demand] = before["amount"], before.get("withdrawn_on") is None
    return Earlier(amounts, live)


def _source(asked: Range, id: Any, on: Any, amount: Any, start: Select[Any]) -> Select[Any]:
    """Columns: key, title, case_id, number, party, on, amount, id. `start` selects nothing yet."""
    key, title = _grouping(asked.by, on)
    return start.add_columns(
        key.label("key"),
        title.label("title"),
        Case.id.label("case_id"),
        Case.number.label("number"),
        Party.name.label("party"),
        on.label("on"),
        amount.label("amount"),
        id.label("id"),
        shown(asked.actor).label("shown"),
    ).where(on >= asked.from_on, on <= asked.to_on, amount.is_not(None), within(asked.actor, on))


def _grouping(by: str, on: Any) -> tuple[ColumnElement[str], ColumnElement[str]]:
    if by == "street":
        return cast(Organisation.id, String), cast(Organisation.name, String)
    if by == "cause":
        return cast(Case.cause, String), cast(Case.cause, String)
    month = cast(cast(extract("year", on) * 100 + extract("month", on), Demand.id.type), String)
    return month, month


def _joined(table: Any) -> Select[Any]:
    return (
        select()
        .select_from(table)
        .join(Party, Party.id == table.party_id)
        .join(Case, Case.id == table.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
    )


def claimed(asked: Range) -> Select[Any]:
    """Live demands of workers, by the day the case counts as received."""
    amount: Any = Demand.amount
    before = asked.before
    live: Any = Demand.withdrawn_on.is_(None)
    if before.amounts:
        amount = case(dict(before.amounts), value=Demand.id, else_=Demand.amount)
        then = [id for id, alive in before.live.items() if alive]
        live = or_(and_(live, Demand.id.not_in(list(before.live))), Demand.id.in_(then))
    query = _source(asked, Demand.id, Case.received_on, amount, _joined(Demand)).where(Party.side == "worker", live)
    return query.where(Demand.added_at <= asked.as_of) if asked.as_of else query


def agreed(asked: Range) -> Select[Any]:
    """Money promised in agreements, here or in another procedure, that no later one replaced and nobody voided, by the
    day of signing. What an award orders is no agreement.
    """
    start = _joined(Promise).join(Agreement, Agreement.id == Promise.agreement_id)
    query = _source(asked, Promise.id, Agreement.signed_on, Promise.amount, start).where(Agreement.kind.in_(AGREED))
    if asked.as_of is None:
        return query.where(Agreement.replaced_at.is_(None))
    return query.where(
        Agreement.recorded_at <= asked.as_of, or_(Agreement.replaced_at.is_(None), Agreement.replaced_at > asked.as_of)
    )


def awarded(asked: Range) -> Select[Any]:
    """Awards of other bodies that no later decision superseded, by the day they were decided."""
    query = _source(asked, Award.id, Award.decided_on, Award.amount, _joined(Award))
    if asked.as_of is None:
        return query.where(Award.superseded_at.is_(None))
    live = or_(Award.superseded_at.is_(None), Award.superseded_at > asked.as_of)
    return query.where(Award.recorded_at <= asked.as_of, live)


def received(asked: Range) -> Select[Any]:
    """Lines of the ledger that count as recovered, reversals with their minus sign, by the day of payment."""
    query = _source(asked, Receipt.id, Receipt.paid_on, Receipt.amount, _joined(Receipt))
    query = query.add_columns(Receipt.kind.label("kind")).where(Receipt.kind.in_(COUNTED))
    return query.where(Receipt.booked_at <= asked.as_of) if asked.as_of else query


SUMS: Mapping[str, Callable[[Range], Select[Any]]] = {
    "claimed": claimed,
    "agreed": agreed,
    "awarded": awarded,
    "received": received,
}


def marked(name: str, source: Select[Any]) -> Select[Any]:
    """The source's key, title, amount and kind under the name of its sum, ready for a union."""
    rows = source.subquery()
    kind = rows.c.kind if "kind" in rows.c else literal("", String)
    return select(literal(name, String).label("sum"), rows.c.key, rows.c.title, rows.c.amount, kind.label("kind"))

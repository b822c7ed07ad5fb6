"""Is everything still as it was written? Reads all cases in batches and tells every fault.

The seals are no secret: whoever may write to the database could forge a whole chain and its head together. What this
finds is every change made around the program, and every loss.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Case
from .chains import Chain, case_chains, emptied_faults, end, entries_of, organisation_faults, stray_faults, walk
from .faults import Fault, Tally
from .records import Records, file_faults, record_faults


def verify_all(session: Session, *, batch: int = 200, tally: Tally | None = None) -> Iterator[Fault]:
    """Every fault of the whole installation, `batch` cases in memory at a time. Needs a session of its own.

    On PostgreSQL everything is read from one snapshot, so that a case which moves meanwhile is no fault.
    """
    tally = tally if tally is not None else Tally()
    with _snapshot(session):
        after = 0
        while cases := _cases(session, after, batch):
            yield from _case_faults(session, cases, tally)
            after = max(cases)
        yield from stray_faults(session)
        yield from organisation_faults(session, tally, batch)
        yield from file_faults(session, tally, batch)


@contextmanager
def _snapshot(session: Session) -> Iterator[None]:
    """SQLite reads from one snapshot anyway, but stops at a text that is no UTF-8 any more unless told to go on."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield
        return
    driver: Any = session.connection().connection.dbapi_connection
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


def _cases(session: Session, after: int, batch: int) -> dict[int, str]:
    query = select(Case.id, Case.number).where(Case.id > after).order_by(Case.id).limit(batch)
    return {row.id: row.number for row in session.execute(query)}


def _case_faults(session: Session, cases: Mapping[int, str], tally: Tally) -> Iterator[Fault]:
    chains = case_chains(session, cases)
    for row in entries_of(session, chains):
        yield from walk(chains[row["proceeding_id"]], row, tally)
    of_case: dict[int, dict[int, Chain]] = {}
    for id, chain in chains.items():
        yield from end(chain)
        of_case.setdefault(chain.case_id or 0, {})[id] = chain
    rows = Records(session, list(cases))
    for id, number in cases.items():
        mine = of_case.get(id, {})
        yield from emptied_faults(mine)
        yield from record_faults(id, number, list(mine.values()), rows, tally)

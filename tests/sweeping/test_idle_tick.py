"""A tick at which nothing is due must cost next to nothing, however many rows are settled."""

from typing import Any

import pytest
from sqlalchemy import Engine, Executable, event, insert, select
from sqlalchemy.orm import Session

from mediation.clock import TestClock
from mediation.db import Base, Database
from mediation.deadlines.models import Deadline
from mediation.reminders.models import Reminder
from mediation.sweeping.lease import leasing
from mediation.sweeping.missed import missing
from tests.office import open_office

MANY = 5000


@pytest.fixture
def crowded(database: Database, clock: TestClock) -> Database:
    """One live case among thousands of settled deadlines and reminders."""
    open_office(database, clock).accepted()
    with database.write() as session:
        _multiply(session, Deadline, closed_at=clock.now())
        _multiply(session, Reminder, state="sent", round=0)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def _multiply(session: Session, model: type[Base], **settled: Any) -> None:
    row = session.execute(select(model.__table__).limit(1)).mappings().one()
    base = {name: value for name, value in row.items() if name != "id"} | settled
    distinct = "rung" if "rung" in base else "subject"
    copies = [{**base, distinct: n if distinct == "rung" else str(n)} for n in range(1000, 1000 + MANY)]
    session.execute(insert(model), copies)


def _plan(engine: Engine, statement: Executable) -> str:
    """What the database says it does for this statement, with its real values."""
    said: list[str] = []
    word = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def ask(_connection: Any, cursor: Any, sql: str, values: Any, *_: Any) -> None:
        cursor.execute(word + sql, values)
        said.extend(str(row) for row in cursor.fetchall())

    with engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", ask)
        connection.execute(statement)
    return "\n".join(said)


def test_finding_due_reminders_reads_the_index_of_waiting_ones(crowded: Database, clock: TestClock) -> None:
    plan = _plan(crowded.engine, leasing(clock.now()))
    assert "ix_reminders_waiting" in plan
    assert "Seq Scan" not in plan
    assert "SCAN reminders" not in plan


def test_finding_missed_deadlines_reads_the_index_of_open_ones(crowded: Database, clock: TestClock) -> None:
    plan = _plan(crowded.engine, missing(clock.now()).limit(500))
    assert "ix_deadlines_due" in plan
    assert "Seq Scan on deadlines" not in plan
    assert "SCAN deadlines" not in plan

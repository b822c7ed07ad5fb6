"""Transactions, column types and prepared statements, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from mediation.clock import SHANGHAI
from mediation.db import Database, Instant
from mediation.documents.models import NumberSequence
from mediation.errors import Unavailable
from mediation.people.models import Person
from mediation.prepared import Prepared
from tests.databases import make_schema, opened, postgres_server, url_on

NINE = datetime(2026, 9, 18, 9, tzinfo=SHANGHAI)
SORRY = "数据库暂时无法使用（可能正忙或已断开），内容未保存，请稍后重试。"
NOTES = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant()),
    Column("answers", JSON),
    Column("on", Date),
    Column("private", Boolean),
    Column("text", String(20), unique=True),
)
ADD = Prepared(insert(NOTES).values({column.name: bindparam(column.name) for column in NOTES.columns}))
READ = Prepared(select(NOTES).where(NOTES.c.id >= bindparam("least")).order_by(NOTES.c.id))
FULL = {
    "id": 1,
    "at": NINE,
    "answers": {"请求": ["工资", 3]},
    "on": date(2026, 9, 18),
    "private": True,
    "text": "讨薪",
}
EMPTY = {"id": 2, "at": None, "answers": {}, "on": None, "private": None, "text": None}


@pytest.fixture
def notes(database: Database) -> Database:
    NOTES.metadata.create_all(database.engine)
    return database


def _add(database: Database, *rows: dict[str, Any]) -> None:
    with database.write() as session:
        for row in rows:
            assert ADD.run(session.connection(), row) == 1


def _notes(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return READ.rows(session.connection(), {"least": 0})


def _names(database: Database) -> Sequence[str]:
    with database.read() as session:
        return session.scalars(select(Person.name).order_by(Person.id)).all()


def _person(name: str) -> Person:
    return Person(name=name, created_at=NINE)


def test_instant_comes_back_aware_in_shanghai_time(database: Database) -> None:
    with database.write() as session:
        session.add(Person(name="张三", created_at=NINE.astimezone(UTC)))
    with database.read() as session:
        stored = session.scalars(select(Person.created_at)).one()
    assert (stored, str(stored.tzinfo)) == (NINE, "Asia/Shanghai")


def test_instant_without_a_zone_is_not_stored(database: Database) -> None:
    with pytest.raises(Exception, match="without a time zone"), database.write() as session:
        session.add(Person(name="张三", created_at=NINE.replace(tzinfo=None)))
    assert _names(database) == []


def test_instants_are_compared_as_instants(database: Database) -> None:
    with database.write() as session:
        session.add(_person("张三"))
    with database.read() as session:
        same = select(func.count()).where(Person.created_at == NINE.astimezone(UTC))
        assert session.scalars(same).one() == 1


def test_prepared_statements_keep_types_both_ways(notes: Database) -> None:
    _add(notes, FULL, EMPTY)
    assert _notes(notes) == [FULL, EMPTY]
    assert str(_notes(notes)[0]["at"].tzinfo) == "Asia/Shanghai"


def test_prepared_statements_may_hold_constant_lists(notes: Database) -> None:
    _add(notes, FULL, EMPTY, {**EMPTY, "id": 3})
    some = select(NOTES.c.id).where(
        NOTES.c.id.in_((1, 3, 7)), NOTES.c.id.not_in((7, 3)), NOTES.c.id >= bindparam("least")
    )
    with notes.read() as session:
        assert Prepared(some).rows(session.connection(), {"least": 0}) == [{"id": 1}]


def test_prepared_statement_and_core_read_each_others_rows(notes: Database) -> None:
    with notes.write() as session:
        session.execute(insert(NOTES), [FULL])
    _add(notes, EMPTY)
    with notes.read() as session:
        by_core = [dict(row) for row in session.execute(select(NOTES).order_by(NOTES.c.id)).mappings()]
    assert by_core == _notes(notes) == [FULL, EMPTY]


def test_prepared_statement_writes_many_rows(notes: Database) -> None:
    rows = [{**EMPTY, "id": n} for n in range(1, 51)]
    with notes.write() as session:
        ADD.run_many(session.connection(), rows)
        ADD.run_many(session.connection(), [])
    assert _notes(notes) == rows


def test_prepared_statement_finds_one_row_or_none(notes: Database) -> None:
    _add(notes, FULL)
    one = Prepared(select(NOTES.c.text).where(NOTES.c.id == bindparam("id"), NOTES.c.private == True))  # noqa: E712
    with notes.read() as session:
        assert one.one(session.connection(), {"id": 1}) == {"text": "讨薪"}
        assert one.one(session.connection(), {"id": 7}) is None


def test_prepared_statement_tells_how_many_rows_it_changed(notes: Database) -> None:
    _add(notes, FULL, EMPTY)
    change = Prepared(update(NOTES).where(NOTES.c.id == bindparam("which")).values(text=bindparam("new")))
    with notes.write() as session:
        assert change.run(session.connection(), {"which": 2, "new": "回访"}) == 1
        assert change.run(session.connection(), {"which": 3, "new": "回访"}) == 0
    assert _notes(notes)[1]["text"] == "回访"


def test_prepared_statement_breaking_a_rule_fails_like_any_other(notes: Database) -> None:
    with pytest.raises(IntegrityError):
        _add(notes, FULL, {**EMPTY, "text": "讨薪"})
    assert _notes(notes) == []


def test_failure_leaves_nothing_half_written(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(_person("张三"))
        session.flush()
        _ = 1 / 0
    assert _names(database) == []


def test_no_update_is_lost(database: Database) -> None:
    """Eight threads read, add one and write, twenty times each."""
    with database.write() as session:
        session.add(NumberSequence(organisation_id=1, year=2026, series="调", last=0))
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(_count_up, database) for _ in range(8)]:
            done.result()
    with database.read() as session:
        assert session.scalars(select(NumberSequence.last)).one() == 160


def _count_up(database: Database) -> None:
    for _ in range(20):
        with database.write() as session:
            row = session.scalars(select(NumberSequence).with_for_update()).one()
            row.last += 1


@contextmanager
def _locked(database: Database) -> Iterator[None]:
    """Somebody else is writing, and will not finish while we wait (50 ms)."""

    @event.listens_for(database.engine, "connect")
    def _impatient(connection: Any, _record: Any) -> None:
        if database.engine.dialect.name == "sqlite":
            connection.execute("pragma busy_timeout=50")
        else:
            connection.execute("set lock_timeout='50ms'")
            connection.commit()

    database.engine.dispose()
    with opened(database.engine.url.render_as_string(hide_password=False)) as other, other.write() as session:
        session.execute(update(Person).values(name="李四"))
        yield


def test_locked_database_is_unavailable(database: Database) -> None:
    with database.write() as session:
        session.add(_person("张三"))
    with _locked(database), pytest.raises(Unavailable) as told, database.write() as session:
        session.execute(update(Person).values(name="王五"))
    assert told.value.sentence == SORRY
    assert _names(database) == ["李四"]


def test_prepared_statement_on_a_locked_database_is_unavailable(database: Database) -> None:
    with database.write() as session:
        session.add(_person("张三"))
    rename = Prepared(update(Person).values(name=bindparam("new")))
    with _locked(database), pytest.raises(Unavailable, match=SORRY), database.write() as session:
        rename.run(session.connection(), {"new": "王五"})
    assert _names(database) == ["李四"]


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as session:
        session.add(_person("张三"))
    with _locked(database):
        assert _names(database) == ["张三"]


def test_vanished_sqlite_folder_is_unavailable(sqlite_database: Database, tmp_path: Path) -> None:
    sqlite_database.engine.dispose()
    shutil.rmtree(tmp_path)
    with pytest.raises(Unavailable, match=SORRY), sqlite_database.write() as session:
        session.add(_person("张三"))


@pytest.mark.postgres
def test_connection_lost_on_the_way_leaves_nothing_half_written(postgres_database: Database, postgres_url: str) -> None:
    with pytest.raises(Unavailable, match=SORRY), postgres_database.write() as session:
        session.add(_person("张三"))
        session.flush()
        with opened(postgres_url) as other, other.write() as killer:
            killer.execute(END_ALL_OTHERS)
    assert _names(postgres_database) == []


END_ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.mark.postgres
def test_stopped_postgres_is_unavailable() -> None:
    with ExitStack() as stack:
        with postgres_server() as server:
            database = stack.enter_context(opened(url_on(server, "postgres")))
            make_schema(url_on(server, "postgres"))
            assert _names(database) == []
        with pytest.raises(Unavailable, match=SORRY), database.write() as session:
            session.add(_person("张三"))

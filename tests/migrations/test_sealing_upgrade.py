"""A database of the first schema, with live cases in it, is sealed by the upgrade; nothing of it stays in clear."""

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Date, Engine, Table, TableClause, column, insert, inspect, select
from sqlalchemy import table as sa_table

from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.models import Activity, Case, Party, Proceeding, StoredFile
from mediation.clock import TestClock
from mediation.db import Database, make_engine
from mediation.findings.verify import verify_all
from mediation.migrations.apply import configuration, exclusive, migrate, schema_version
from mediation.people.models import Person
from mediation.sealing.blind import same
from mediation.sealing.faults import KeysMissing
from mediation.sealing.stored import SealedTable, counts
from mediation.sealing.types import SealedDate
from mediation.tables import metadata
from tests.databases import keys, make_schema, opened
from tests.office import Office, open_office

NUMBER, PHONE, WORDS = "11010519491231002X", "13800138000", "职工因工伤骨折住院，工资卡6222020200112233445"


@pytest.fixture
def old_url(empty_url: str, tmp_path: Path, clock: TestClock) -> str:
    """A database of the first schema with the rows of an office that worked on one, all in clear."""
    today = f"sqlite:///{tmp_path / 'today.db'}"
    make_schema(today)
    with opened(today) as database, opened(empty_url) as old:
        _work(open_office(database, clock))
        with exclusive(old.engine) as connection:
            command.upgrade(configuration(connection), "0001")
        _copy(database, old.engine)
    return empty_url


def _work(office: Office) -> None:
    worker = {"name": "张三", "phone": PHONE, "id_kind": "resident_id", "id_number": NUMBER}
    case = office.signed(workers=[worker], summary=WORDS)
    with office.database.write() as session:
        said = EvidenceIn(name="工资条", category="wage_record")
        upload = Upload(WORDS.encode(), "text/plain")
        add_evidence(session, office.runtime, case.case_id, said, upload, key=office.key(), actor=office.mediator)
        session.add(Activity(case_id=case.case_id, kind="note", text=WORDS, at=office.clock.now()))


def _copy(database: Database, old: Engine) -> None:
    """Every row, opened, into the tables as they were."""
    was = inspect(old)
    tables = [table for table in metadata.sorted_tables if was.has_table(table.name)]
    columns = {table: [c["name"] for c in was.get_columns(table.name)] for table in tables}
    free = "pragma defer_foreign_keys=on" if old.dialect.name == "sqlite" else "SET session_replication_role = replica"
    with database.read() as session, old.begin() as connection:
        connection.exec_driver_sql(free)
        for table, names in columns.items():
            known = [name for name in names if name in table.columns]
            rows = [dict(row) for row in session.execute(select(*(table.columns[n] for n in known))).mappings()]
            if rows:
                connection.execute(insert(_plain(table, known)), rows)


def _plain(table: Table, names: list[str]) -> TableClause:
    """The table with the types that its sealed columns had."""
    stored = SealedTable(table).stored
    days = {c.name for c in table.columns if isinstance(c.type, SealedDate)}
    return sa_table(table.name, *(column(n, Date() if n in days else stored.c[n].type) for n in names))


def test_the_upgrade_seals_what_was_clear(old_url: str, clock: TestClock) -> None:
    with opened(old_url) as upgraded:
        with upgraded.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT phone FROM persons WHERE name = '张三'").scalar() == PHONE
        migrate(upgraded.engine)
        with upgraded.read() as session:
            assert set(counts(session.connection(), metadata)) == {keys().newest.id}
            person = session.scalars(select(Person).where(same(session, Person, "phone", [PHONE]))).one()
            assert (person.id_number, person.birth_date) == (NUMBER, date(1949, 12, 31))
            assert session.scalars(select(Case.summary)).one() == WORDS
            assert session.scalars(select(StoredFile.content)).one() == WORDS.encode()
            assert "accepted_on" in session.scalars(select(Proceeding.answers)).first() or {}
            assert session.scalars(select(Party.needs)).first() == []
        with upgraded.read() as session:
            assert list(verify_all(session)) == []


def test_after_the_upgrade_the_file_holds_nothing_in_clear(old_url: str) -> None:
    if not old_url.startswith("sqlite"):
        return
    file = Path(old_url.removeprefix("sqlite:///"))
    assert any(word.encode() in file.read_bytes() for word in (NUMBER, PHONE, WORDS))
    with opened(old_url) as upgraded:
        migrate(upgraded.engine)
        held = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))
        assert [word for word in (NUMBER, PHONE, WORDS) if word.encode() in held] == []


def test_an_upgrade_without_keys_to_seal_with_changes_nothing(old_url: str) -> None:
    engine = make_engine(old_url, synchronous="OFF")
    with pytest.raises(KeysMissing):
        migrate(engine)
    assert schema_version(engine) == "0001"
    engine.dispose()

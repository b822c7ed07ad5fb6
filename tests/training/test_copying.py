"""The training copy: nothing real is left in it, and yet it is a whole, verified office with the same figures."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, select, update
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.db import Base, Database, make_engine
from mediation.errors import Refused
from mediation.findings.verify import verify_all
from mediation.people.actor import Actor, Grant
from mediation.reports.recovered import recovered
from mediation.retention.models import TrainingMark
from mediation.sealing.blind import SUFFIX
from mediation.sealing.keys import Keyring
from mediation.sealing.types import Sealed, SealedBytes, SealedDate, SealedJson
from mediation.settings import Settings
from mediation.training.copying import make_copy
from mediation.training.rows import LEFT_OUT
from tests.office import Office, open_office
from tests.retention.test_destroying import MARKS, closed

MARK = "真实标记"
NOBODY = Actor(None, "报表", (Grant("supervisor", 0, "/"),))


def planted(office: Office) -> int:
    """A mark in every personal column of every row, found by the register of data classes; how many columns."""
    found = 0
    with office.database.write() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                personal = column.info.get("class", "ordinary") != "ordinary" and not column.name.endswith(SUFFIX)
                words = isinstance(column.type, String | Sealed)
                odd = isinstance(column.type, SealedBytes | SealedDate | SealedJson)
                if personal and words and not odd and table.name not in ("audit_entries", "documents"):
                    session.execute(update(table).values({column.name: MARK}))
                    found += 1
    return found


def copied(office: Office, folder: Path) -> Database:
    make_copy(office.runtime, folder, "王管理", "新人培训", lambda _line: None)
    return Database(make_engine(f"sqlite:///{folder / 'mediation.db'}", keys=Keyring(folder / "sealing.keys")))


def everything(database: Database) -> str:
    with database.read() as session:
        rows = [(t.name, *row) for t in Base.metadata.sorted_tables for row in session.execute(select(t))]
    return "\n".join(str([v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in row]) for row in rows)


def figures(database: Database, office: Office) -> Any:
    with database.read() as session:
        found = recovered(session, office.runtime, date(2026, 1, 1), date(2026, 12, 31), "cause", NOBODY)
    return [(row.key, row.title) for row in found.rows], str(found.rows)


def test_nothing_real_is_left_and_it_verifies_and_counts_the_same(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    office = open_office(database, clock)
    closed(office)
    office.accepted(workers=[{"name": "李四", "phone": "13900139000"}])
    before = figures(database, office)
    copy = copied(office, tmp_path / "copy")
    left = [line for line in everything(copy).splitlines() if any(m in line for m in (*MARKS, "李四", "某餐饮"))]
    assert left == []
    with copy.read() as session:
        assert [fault.sentence for fault in verify_all(session)] == []
        assert session.scalars(select(TrainingMark.made_by)).one() == "王管理"
    assert figures(copy, office) == before
    settings = Settings(data_folder=tmp_path / "copy", secret_key="only for tests")
    app = create_app(replace(office.runtime, database=copy, settings=settings))
    assert 'class="training"' in TestClient(app).get("/login").text
    raw = (tmp_path / "copy" / "mediation.db").read_bytes()
    assert [mark for mark in MARKS if mark.encode() in raw] == []
    with pytest.raises(Refused, match="已经存在"):
        make_copy(office.runtime, tmp_path / "copy", "王", "再来", lambda _line: None)
    copy.engine.dispose()


def test_every_personal_column_of_the_register_is_replaced(
    sqlite_database: Database, clock: TestClock, tmp_path: Path
) -> None:
    office = open_office(sqlite_database, clock)
    closed(office)
    assert planted(office) > 60
    copy = copied(office, tmp_path / "copy")
    assert [line for line in everything(copy).splitlines() if MARK in line] == []
    assert "accounts" in LEFT_OUT
    copy.engine.dispose()

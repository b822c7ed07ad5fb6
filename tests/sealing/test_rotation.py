"""Changing keys: everything goes over in batches, a killed run goes on, and no key is retired while it is needed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner, Result

from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.models import AuditEntry, Party
from mediation.cli.keys import app
from mediation.clock import TestClock
from mediation.db import Database, make_engine
from mediation.findings.verify import verify_all
from mediation.migrations.apply import migrate
from mediation.people.models import Person
from mediation.sealing.blind import same
from mediation.sealing.keys import Keyring, ring_of
from mediation.sealing.rotation import outstanding, rotate
from mediation.sealing.stored import counts
from mediation.tables import metadata
from tests.office import Office, open_office

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sealing.keys"


@pytest.fixture
def office(empty_url: str, file: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A case with an agreement and evidence, under a key of its own."""
    ring = Keyring(file)
    ring.make(LONG_AGO)
    monkeypatch.setenv("MEDIATION_KEY_FILE", str(file))
    monkeypatch.setenv("MEDIATION_DATABASE_URL", empty_url)
    database = Database(make_engine(empty_url, keys=ring, synchronous="OFF"))
    migrate(database.engine)
    office = open_office(database, clock)
    case = office.signed()
    with office.database.write() as session:
        said = EvidenceIn(name="工资条", category="wage_record")
        upload = Upload("工资条：八月未发".encode(), "text/plain")
        add_evidence(session, office.runtime, case.case_id, said, upload, key=office.key(), actor=office.mediator)
    return office


@pytest.fixture(autouse=True)
def closed(office: Office) -> object:
    yield
    office.database.engine.dispose()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def found(office: Office) -> dict[str, int]:
    with office.database.read() as session:
        return counts(session.connection(), metadata)


def test_every_value_goes_over_and_everything_still_opens(office: Office, file: Path) -> None:
    before = found(office)
    (old,) = before
    ring = ring_of(office.database.engine.dialect)
    new = ring.add(LONG_AGO + timedelta(days=1)).id
    told = run("rotate")
    assert told.exit_code == 0, told.output
    assert f"已用密钥 {new} 重新加密" in told.output
    after = found(office)
    assert set(after) == {new}
    assert after[new] == before[old] + 2  # the two entries about it
    with office.database.read() as session:
        assert list(verify_all(session)) == []
    with office.database.read() as session:
        phone = same(session, Person, "phone", ["13800138000"])
        assert session.scalars(select(Person.name).where(phone)).all() == ["张三"]
        words = select(AuditEntry.event).where(AuditEntry.event.contains("key_rotation")).order_by(AuditEntry.id)
        assert session.scalars(words).all() == ["begin_key_rotation", "end_key_rotation"]
    assert "不需要轮换" in run("rotate").output


def test_a_rotation_that_was_killed_goes_on_where_it_stopped(office: Office) -> None:
    (old,) = found(office)
    ring = ring_of(office.database.engine.dialect)
    new = ring.add(LONG_AGO + timedelta(days=1)).id
    going = rotate(office.database, metadata, ring)
    for _ in range(3):
        next(going)
    going.close()
    half = found(office)
    assert half[old]
    assert half[new]
    list(rotate(office.database, metadata, ring))
    assert set(found(office)) == {new}
    assert outstanding(office.database, metadata, ring) == 0


def test_people_work_on_with_both_keys_at_once(office: Office) -> None:
    (old,) = found(office)
    ring = ring_of(office.database.engine.dialect)
    ring.add(LONG_AGO + timedelta(days=1))
    office.accepted(workers=[{"name": "张三", "phone": "13800138000"}])
    with office.database.read() as session:
        people = session.scalars(select(Party.person_id).where(Party.side == "worker")).all()
        assert len(set(people)) == 1
        assert set(counts(session.connection(), metadata)) == {old, ring.newest.id}


def test_a_key_in_use_is_not_retired(office: Office, file: Path) -> None:
    (old,) = found(office)
    assert "这是正在使用的密钥" in str(run("retire", old).exception)
    Keyring(file).add(LONG_AGO + timedelta(days=1))
    assert "请先运行 mediation keys rotate" in str(run("retire", old).exception)
    assert "没有密钥 0badc0de" in str(run("retire", "0badc0de").exception)
    run("rotate")
    told = run("retire", old)
    assert told.exit_code == 0, told.output
    assert [key.id for key in Keyring(file).keys] == list(found(office))
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_a_key_is_not_retired_before_every_program_has_seen_the_new_one(office: Office) -> None:
    (old,) = found(office)
    assert "已增加密钥" in run("add").output
    run("rotate")
    assert "一分钟后再试" in str(run("retire", old).exception)


def test_show_names_the_keys_and_no_secret(office: Office, file: Path) -> None:
    (old,) = found(office)
    told = run("show").output
    assert f"{old}　2026-01-01T00:00:00+00:00 生成　加密了 {found(office)[old]} 项（正在使用）" in told
    assert Keyring(file).newest.secret.hex() not in told


def test_what_a_rotation_finds_in_clear_is_sealed(office: Office) -> None:
    with office.database.write() as session:
        session.execute(text("UPDATE persons SET address = '东街1号' WHERE name = '张三'"))
    assert found(office)["clear"] == 1
    run("rotate")
    assert "clear" not in found(office)
    with office.database.read() as session:
        assert "东街1号" in session.scalars(select(Person.address)).all()

"""One changed byte anywhere, one row gone, one tail cut: found. Nothing touched: clean."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import typer
from sqlalchemy import create_engine, select, text
from typer.testing import CliRunner

from mediation.cases.audit import SEALED, note_outside_cases, seal
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.models import AuditEntry, Case
from mediation.cli.verify import verify
from mediation.clock import TestClock
from mediation.db import Database, dump
from mediation.documents.models import Document
from mediation.findings.check import nightly_check
from mediation.findings.faults import Fault, Tally
from mediation.findings.models import Finding
from mediation.findings.queries import open_findings
from mediation.findings.verify import verify_all
from mediation.recovery.models import Receipt
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    """A paid case with evidence, another case under way, and two entries outside any case."""
    office = open_office(database, clock)
    case = office.signed()
    worker = office.parties(case.case_id, "worker")[0]
    row = {"party": worker, "amount": "9000", "paid_on": clock.today().isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [row]})
    with database.read() as session:
        receipt = session.scalars(select(Receipt.id)).one()
    office.fire(case.proceeding_id, "reverse_payment", {"receipt": receipt, "reversal_reason": "退票"})
    office.accepted(workers=[{"name": "李四", "phone": "13900139000"}])
    with database.write() as session:
        said = EvidenceIn(name="工资条", category="wage_record")
        upload = Upload("工资条：八月未发".encode(), "text/plain")
        add_evidence(session, office.runtime, case.case_id, said, upload, key=office.key(), actor=office.mediator)
        for what in ("grant_role", "end_role"):
            note_outside_cases(
                session,
                office.street_id,
                what,
                {"person": 1},
                actor=office.supervisor,
                role="supervisor",
                at=clock.now(),
                key=office.key(),
            )
    return office


def faults(office: Office, batch: int = 200) -> list[Fault]:
    with office.database.read() as session:
        return list(verify_all(session, batch=batch))


class Outsider:
    """Somebody with the database's own tools: no foreign key and no check holds them back."""

    def __init__(self, office: Office) -> None:
        self.engine = create_engine(office.database.engine.url)
        self.sqlite = self.engine.dialect.name == "sqlite"

    def run(self, statement: str, **values: Any) -> Sequence[Any]:
        with self.engine.begin() as connection:
            if self.sqlite:
                connection.exec_driver_sql("pragma ignore_check_constraints=on")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            done = connection.execute(text(statement), values)
            return done.all() if done.returns_rows else []

    def set(self, table: str, column: str, row: Any, value: Any, id: str = "id") -> None:
        self.run(f"UPDATE {table} SET {column} = :value WHERE {id} = :row", value=value, row=row)


@pytest.fixture
def outsider(office: Office) -> Iterator[Outsider]:
    """The fences are taken down for good: this database is only there to be damaged."""
    found = Outsider(office)
    if not found.sqlite:
        found.run("ALTER TABLE audit_entries DROP CONSTRAINT ck_audit_entries_one_chain")
        found.run("ALTER TABLE receipts DROP CONSTRAINT ck_receipts_amount")
    yield found
    found.engine.dispose()


def other(value: Any, column: str = "") -> Any:
    """The same with one bit changed; something where there was nothing, were it only an empty text."""
    if value is None:
        return 1025 if column.endswith("_id") else ""
    if isinstance(value, int):
        return value ^ 1024
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    middle = len(value) // 2
    return value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :] if value else "x"


def flips(outsider: Outsider, office: Office, table: str, columns: Sequence[str], id: str = "id") -> list[str]:
    """Flip one bit of every value in turn, put it back, and say which flips nobody noticed."""
    unseen = []
    for row in outsider.run(f"SELECT {id} AS row_id, {', '.join(columns)} FROM {table} ORDER BY {id}"):
        for column in columns:
            was = getattr(row, column)
            outsider.set(table, column, row.row_id, other(was, column), id)
            if not faults(office):
                unseen.append(f"{table} {row.row_id} {column}")
            now = other(was, column) if column == id else row.row_id
            outsider.set(table, column, now, was, id)
    return unseen


def test_what_nobody_touched_is_clean_in_any_batch(office: Office) -> None:
    assert faults(office) == []
    assert faults(office, batch=1) == []
    tally = Tally()
    with office.database.read() as session:
        assert list(verify_all(session, tally=tally)) == []
        assert (tally.documents, tally.files) == (5, 1)
        assert tally.entries == len(session.scalars(select(AuditEntry.id)).all())


def test_one_bit_in_any_column_of_any_audit_entry_is_found(office: Office, outsider: Outsider) -> None:
    assert flips(outsider, office, "audit_entries", [*SEALED, "hash"]) == []
    assert faults(office) == []


def test_one_bit_in_any_paper_file_or_sum_is_found(office: Office, outsider: Outsider) -> None:
    papers = ("text", "text_hash", "number", "title", "template", "template_version")
    assert flips(outsider, office, "documents", papers) == []
    assert flips(outsider, office, "receipts", ("amount", "party_id", "promise_id", "kind", "reverses_id")) == []
    assert flips(outsider, office, "evidence", ("sha256", "size", "number")) == []
    assert flips(outsider, office, "stored_files", ("content", "sha256"), "sha256") == []
    assert flips(outsider, office, "proceedings", ("audit_head", "audit_seq", "state", "revision")) == []
    assert flips(outsider, office, "organisations", ("audit_head", "audit_seq")) == []
    assert faults(office) == []


@pytest.mark.parametrize("table", ["documents", "receipts", "evidence", "stored_files", "audit_entries", "proceedings"])
def test_a_deleted_row_is_found_whichever_it_was(office: Office, outsider: Outsider, table: str) -> None:
    id = "sha256" if table == "stored_files" else "id"
    for row in outsider.run(f"SELECT * FROM {table} ORDER BY {id}"):
        outsider.run(f"DELETE FROM {table} WHERE {id} = :row", row=getattr(row, id))
        assert faults(office), (table, getattr(row, id))
        names = row._fields
        values = {name: getattr(row, name) for name in names}
        if not outsider.sqlite and "answers" in values:
            values["answers"] = dump(values["answers"])
        outsider.run(
            f"INSERT INTO {table} ({', '.join(quote(n) for n in names)}) VALUES (:{', :'.join(names)})", **values
        )
    assert faults(office) == []


def quote(name: str) -> str:
    return f'"{name}"'


def test_a_cut_tail_is_found_and_counted(office: Office, outsider: Outsider) -> None:
    outsider.run("DELETE FROM audit_entries WHERE proceeding_id = 1 AND seq > (SELECT max(seq) - 3 FROM audit_entries)")
    outsider.run("DELETE FROM audit_entries WHERE organisation_id IS NOT NULL AND seq = 2")
    found = faults(office)
    tails = [f for f in found if f.kind == "audit_tail"]
    assert any("末尾缺少1条" in f.sentence for f in tails)
    assert any(f.case_id == 1 and f.number for f in tails)


def test_a_forged_entry_with_a_fresh_seal_breaks_the_next_link(office: Office, outsider: Outsider) -> None:
    with office.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.proceeding_id == 1, AuditEntry.seq == 3)).one()
        forged = {name: getattr(entry, name) for name in SEALED} | {"role": "supervisor"}
    outsider.set("audit_entries", "role", entry.id, "supervisor")
    outsider.set("audit_entries", "hash", entry.id, seal(forged))
    assert [f.kind for f in faults(office)] == ["audit_link"]


def test_a_text_that_is_no_text_any_more_is_found(office: Office, outsider: Outsider) -> None:
    if not outsider.sqlite:
        with pytest.raises(Exception, match="invalid byte sequence"):
            outsider.run("UPDATE documents SET text = convert_from('\\xff', 'UTF8') WHERE id = 1")
        return
    outsider.run("UPDATE documents SET text = CAST(x'ff' || CAST(text AS BLOB) AS TEXT) WHERE id = 1")
    outsider.run("UPDATE audit_entries SET payload = CAST(x'ff' || CAST(payload AS BLOB) AS TEXT) WHERE id = 2")
    assert {f.subject for f in faults(office)} >= {"document:1:text", "audit:2"}
    outsider.run("UPDATE audit_entries SET at = replace(at, ' ', 'T') WHERE id = 3")
    assert "audit:3" in {f.subject for f in faults(office)}


def test_receipts_that_nobody_booked_are_found(office: Office, outsider: Outsider) -> None:
    columns = "case_id, party_id, promise_id, kind, amount, paid_on, method, proof, booked_at"
    outsider.run(
        f"INSERT INTO receipts (id, {columns}) SELECT id + 500, {columns} FROM receipts WHERE reverses_id IS NULL"
    )
    found = faults(office)
    assert [f.kind for f in found] == ["receipt_stray"]
    assert "没有来历" in found[0].sentence


def test_the_command_says_all_is_well_or_names_the_case(
    office: Office, outsider: Outsider, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIATION_DATABASE_URL", database_url)
    app = typer.Typer()
    app.command()(verify)
    well = CliRunner().invoke(app)
    assert well.exit_code == 0, well.output
    assert "5 份文书、1 个文件，全部相符" in well.output
    outsider.run("UPDATE documents SET text = text || '。' WHERE id = 2")
    ill = CliRunner().invoke(app)
    assert ill.exit_code == 1
    with office.database.read() as session:
        query = select(Case.number, Document.number).join(Document, Document.case_id == Case.id)
        case, paper = session.execute(query.where(Document.id == 2)).one()
    assert f"{case}：文书{paper}的正文被改动。" in ill.output


def test_the_nightly_check_keeps_each_finding_once_until_it_is_right_again(office: Office, outsider: Outsider) -> None:
    assert nightly_check(office.runtime) == 0
    was = outsider.run("SELECT content FROM stored_files")[0].content
    outsider.run("UPDATE stored_files SET content = :value", value=other(bytes(was)))
    for _ in range(2):
        assert nightly_check(office.runtime) == 1
    with office.database.read() as session:
        shown = open_findings(session, office.supervisor)
        assert [(f.kind, f.case_id) for f in shown] == [("file_changed", 1)]
        for actor in (office.mediator, office.lawyer):
            assert open_findings(session, actor) == []
    outsider.run("UPDATE stored_files SET content = :value", value=bytes(was))
    office.clock.move(days=1)
    assert nightly_check(office.runtime) == 0
    with office.database.read() as session:
        assert open_findings(session, office.supervisor) == []
        finding = session.scalars(select(Finding)).one()
        assert finding.resolved_at == office.clock.now()

"""After a whole scenario with marked values: the files of the database, its dump, its backup, the logs and the mails
hold none of them in clear; the case does, for whoever may reveal them."""

import io
import logging
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from mediation.clock import TestClock
from mediation.db import Base, Database
from mediation.reminders.channels import Console, Inbox
from mediation.sweeping.sweep import sweep_once
from tests.access.test_emergency import somebody
from tests.api.counter import Counter, open_counter
from tests.api.desk import fields_of
from tests.databases import opened

MARKS = {
    "telephone": "13987650417",
    "later telephone": "13876540526",
    "identity": "110101199003070011",
    "bank account": "6222029998765432109",
    "account of a note": "6217001234567890123",
    "address": "墨香里胡同七十七号",
    "workplace": "云梦泽工地",
    "health": "先兆流产卧床",
    "code of health": "pregnant_or_nursing",
    "summary": "紫藤架下讨薪",
    "evidence": "暗香疏影转账截图",
    "private note": "私下底线一万",
    "guardian": "司马监护",
    "reason": "青石巷来电核对",
    "withdrawal": "怕被邻里知晓",
}
WORKER = {
    "name": "张三",
    "phone": MARKS["telephone"],
    "id_kind": "resident_id",
    "id_number": MARKS["identity"],
    "address": f"示范区{MARKS['address']}",
    "needs": ["dialect", MARKS["code of health"]],
}


@pytest.fixture
def counter(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(database, clock, tmp_path) as counter:
        yield counter


@pytest.fixture
def played(counter: Counter, caplog: pytest.LogCaptureFixture) -> tuple[Counter, str]:
    """The counter after everything, and all that was logged, mailed and said in notices."""
    caplog.set_level(logging.DEBUG)
    return counter, play(counter)


def play(counter: Counter) -> str:
    office = counter.office
    summary = f"{MARKS['summary']}，{MARKS['health']}，卡号{MARKS['account of a note']}"
    case = office.signed(workers=[WORKER], summary=summary, workplace=MARKS["workplace"])
    worker = office.parties(case.case_id, "worker")[0]
    browser, root = counter.client(office.mediator), f"/cases/{case.case_id}"
    _form(counter, f"{root}/change/party/{worker}", phone=MARKS["later telephone"], reason="本人来电更正")
    _form(counter, f"{root}/add/activity", kind="call", text=MARKS["private note"], private="true")
    proof = {"name": f"{MARKS['evidence']}.txt", "category": "wage_record"}
    sent = {"file": (proof["name"], MARKS["evidence"].encode(), "text/plain")}
    api = f"/api/v1{root}"
    headers = {"idempotency-key": "evidence-of-marks"}
    assert browser.post(f"{api}/evidence", data=proof, files=sent, headers=headers).status_code in (200, 201)
    paid = {"paid_on": "2026-09-18", "amount": "500", "party": worker, "proof": f"转入{MARKS['bank account']}"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    why = {"reason": "other", "words": MARKS["reason"]}
    shown = counter.post(office.mediator, f"{root}/parties/{worker}/reveal", {"field": "phone", "why": why})
    assert shown.json()["value"] == MARKS["later telephone"]
    answer = {"party": worker, "purposes": ["health"], "answer": "given", "way": "paper", "guardian": MARKS["guardian"]}
    (consent,) = counter.post(office.mediator, f"{root}/consents", answer).json()["result"]["consents"]
    told = {"way": "phone", "reason": MARKS["withdrawal"]}
    assert counter.post(office.mediator, f"{root}/consents/{consent}/withdraw", told).status_code == 200
    asked = counter.post(office.mediator, f"{root}/questions", {"party": worker, "way": "counter"}).json()["result"]
    assert counter.post(office.supervisor, f"{root}/questions/{asked['request']}/answer").status_code == 200
    _looked_at_in_an_emergency(counter, case.number, root)
    _refused_and_forgotten(counter, root, worker)
    return _reminded(counter)


def _form(counter: Counter, address: str, **typed: str) -> None:
    browser = counter.client(counter.office.mediator)
    form = fields_of(browser.get(address).text, address)
    assert browser.post(address, data=form | typed).status_code == 303, address


def _looked_at_in_an_emergency(counter: Counter, number: str, root: str) -> None:
    neighbour = somebody(counter.office, "mediator", "孙邻街", street="示范区西街总工会")
    told = {"number": number, "reason": f"{MARKS['reason']}，回电{MARKS['telephone']}", "_key": "emergency-of-marks"}
    assert counter.client(neighbour).post("/emergency", data=told).status_code == 303
    assert counter.client(neighbour).get(root).status_code == 200


def _refused_and_forgotten(counter: Counter, root: str, worker: int) -> None:
    """Wrong answers, a stale save, a form whose session has ended: whatever they quote is kept nowhere."""
    office, browser = counter.office, counter.client(counter.office.mediator)
    address = f"{root}/change/party/{worker}"
    form = fields_of(browser.get(address).text, address) | {"phone": MARKS["telephone"], "reason": MARKS["reason"]}
    assert browser.post(address, data=form | {"phone": f"{MARKS['telephone']}7"}).status_code in (303, 422)
    assert browser.post(address, data=form | {"_revision": "1", "_key": "stale-of-marks"}).status_code in (409, 422)
    bad = {"revision": 1, "side": "worker", "party": {**WORKER, "id_number": MARKS["identity"][:-1] + "2"}}
    assert counter.post(office.mediator, f"{root}/parties", bad).status_code in (409, 422)
    office.clock.set(office.clock.now() + timedelta(hours=13))
    browser.post(address, data=form | {"_key": "late-of-marks"})


def _reminded(counter: Counter) -> str:
    """Every reminder of the next weeks, as mails and the log would hold them."""
    stream = io.StringIO()
    for _ in range(3):
        counter.office.clock.set(counter.office.clock.now() + timedelta(days=7))
        sweep_once(counter.office.runtime, [Inbox(), Console(stream)])
    assert stream.getvalue()
    return stream.getvalue()


def found_in(where: bytes) -> list[str]:
    """Which marks stand there, as UTF-8, escaped as JSON does, or UTF-16."""
    shapes = {
        name: {mark.encode(), mark.encode("unicode_escape"), mark.encode("utf-16-le")} for name, mark in MARKS.items()
    }
    return [name for name, forms in shapes.items() if any(form in where for form in forms)]


def dump(database: Database) -> bytes:
    """Every value of every table as the database itself would write it down."""
    lines: list[str] = []
    with database.read() as session:
        names = [table.name for table in Base.metadata.sorted_tables]
        shown = "t::text" if session.get_bind().dialect.name == "postgresql" else None
        for name in names:
            query = f"SELECT {shown} FROM {name} t" if shown else f"SELECT * FROM {name}"
            lines += [str(tuple(row)) for row in session.execute(text(query))]
    return "\n".join(lines).encode()


def test_no_row_and_no_word_outside_holds_a_mark(
    played: tuple[Counter, str], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    counter, mails = played
    whole = dump(counter.office.database)
    assert found_in(whole) == []
    assert len(whole) > 50_000
    numbers = {name: mark for name, mark in MARKS.items() if mark.isdigit()}
    assert [name for name, mark in numbers.items() if mark in mails] == []
    assert found_in(caplog.text.encode()) == []
    assert found_in(b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())) == []


def test_the_files_of_sqlite_and_its_backup_hold_no_mark(sqlite_url: str, clock: TestClock, tmp_path: Path) -> None:
    """Also the log of the last writes and the free pages."""
    folder = tmp_path / "office"
    folder.mkdir()
    with opened(sqlite_url) as database, open_counter(database, clock, folder) as counter:
        play(counter)
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        files = sorted(path.parent.glob(path.name + "*"))
        assert any(file.name.endswith("-wal") for file in files)
        assert {file.name: found_in(file.read_bytes()) for file in files} == {file.name: [] for file in files}
        copy = folder / "copy.db"
        with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        assert found_in(copy.read_bytes()) == []
    assert found_in(path.read_bytes()) == []


def test_the_files_of_postgresql_hold_no_mark(postgres_url: str, clock: TestClock, tmp_path: Path) -> None:
    """Tables, indexes and the log of the last writes."""
    with opened(postgres_url) as database, open_counter(database, clock, tmp_path) as counter:
        play(counter)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            root = Path(connection.scalar(text("SHOW data_directory")) or "")
            number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
            file = connection.scalar(text("SELECT pg_walfile_name(pg_current_wal_lsn())"))
    for path in [*(root / "base" / str(number)).iterdir(), root / "pg_wal" / str(file)]:
        assert found_in(path.read_bytes()) == [], path


def test_the_marks_would_be_found() -> None:
    assert found_in("…13987650417…".encode()) == ["telephone"]
    assert found_in(b'{"text": "\\u5148\\u5146\\u6d41\\u4ea7\\u5367\\u5e8a"}') == ["health"]

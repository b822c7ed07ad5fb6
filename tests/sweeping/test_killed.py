"""`kill -9` at random moments: nothing is lost, nothing is half done, and what is sent twice has the same key."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from mediation.cases.models import AuditEntry, Proceeding
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.findings.verify import verify_all
from mediation.reminders.models import Delivery, Reminder
from tests.databases import opened
from tests.office import open_office

ROOT = Path(__file__).parent.parent.parent
KILLS = 20
LAST_DAY = datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)
"""Of the mediations accepted on 18 September."""


class Victims:
    """The program in `victims.py` and what its children have said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.kills = 0

    def work(self, command: str, kill_after: int | None = None) -> list[str]:
        """Let one process work, killed when it has said so many lines; everything it said."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline().removeprefix("pid "))
        said: list[str] = []
        for line in self._process.stdout:
            if line == "end\n":
                return said
            said.append(line.strip())
            if len(said) == kill_after and said[-1] != "finished":
                os.kill(pid, signal.SIGKILL)
                self.kills += 1
        raise AssertionError("the program has ended: " + "\n".join(said[-5:]))


@contextmanager
def victims(url: str) -> Iterator[Victims]:
    command = [sys.executable, "-m", "tests.sweeping.victims", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Victims(process)


def test_a_sweep_killed_twenty_times_loses_and_doubles_nothing(database_url: str, clock: TestClock) -> None:
    with opened(database_url) as database:
        office = open_office(database, clock)
        cases = [office.accepted() for _ in range(12)]
        said = _sweep_under_fire(database_url)
        sent = Counter(line.removeprefix("sent ") for line in said if line.startswith("sent "))
        _everything_was_delivered(database, sent)
        with database.read() as session:
            fired = session.scalars(select(AuditEntry.proceeding_id).where(AuditEntry.event == "time_over")).all()
            assert sorted(fired) == sorted(case.proceeding_id for case in cases)
        _nothing_is_broken(database)


def _sweep_under_fire(url: str) -> list[str]:
    """Twenty sweeps on two days, three minutes apart and each killed; then one on each day that is left in peace."""
    said: list[str] = []
    with victims(url) as running:
        for day in (LAST_DAY, LAST_DAY + timedelta(days=1)):
            for n in range(KILLS // 2):
                at = day + timedelta(minutes=3 * n)
                said += running.work(f"sweep {at.isoformat()}", random.randint(1, 40))
            said += running.work(f"sweep {(day + timedelta(hours=1)).isoformat()}")
            assert said[-1] == "finished"
        assert running.kills == KILLS
    return said


def _everything_was_delivered(database: Database, sent: "Counter[str]") -> None:
    with database.read() as session:
        states = Counter(session.scalars(select(Reminder.state)))
        deliveries = session.execute(select(Delivery.key, Delivery.channel, Delivery.reminder_id)).all()
        settled = set(session.scalars(select(Reminder.id).where(Reminder.state == "sent")))
        due = Reminder.remind_at <= LAST_DAY + timedelta(days=1)
        assert session.scalar(select(func.count(Reminder.id)).where(Reminder.state == "waiting", due)) == 0
    assert states["quarantined"] == states["not_sent"] == 0
    lines = Counter(reminder_id for _, channel, reminder_id in deliveries if channel == "inbox")
    assert set(lines) == settled
    assert set(lines.values()) == {1}
    assert set(sent) == {key for key, channel, _ in deliveries if channel == "telling"}
    again = sum(sent.values()) - len(sent)
    assert again <= KILLS, "one kill can double only the message that was not yet noted"


def test_an_event_killed_twenty_times_is_whole_or_not_there(database_url: str, clock: TestClock) -> None:
    with opened(database_url) as database:
        office = open_office(database, clock)
        for _ in range(3):
            office.accepted()
        done = []
        with victims(database_url) as running:
            for _ in range(KILLS):
                said = running.work("advance 2026-09-18T10:00+08:00", random.randint(5, 60))
                done += [line.split()[1:] for line in said if line.startswith("done ")]
            assert running.kills == KILLS
        _nothing_is_broken(database)
        with database.read() as session:
            keys = set(session.scalars(select(AuditEntry.idempotency_key)))
            assert {key for key, _, _ in done} <= keys, "what was said to be done is on disk"
            proceedings = session.scalars(select(Proceeding)).all()
            for proceeding in proceedings:
                _is_whole(database, proceeding)


def _nothing_is_broken(database: Database) -> None:
    with database.read() as session:
        assert list(verify_all(session)) == []


def _is_whole(database: Database, proceeding: Proceeding) -> None:
    """State, chain, deadlines, reminders and papers tell the same story."""
    with database.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.proceeding_id == proceeding.id).order_by(AuditEntry.seq)
        ).all()
        running = session.scalars(
            select(Deadline.id).where(
                Deadline.proceeding_id == proceeding.id,
                Deadline.name == "agreement_sign",
                Deadline.closed_at.is_(None),
            )
        ).all()
        waiting = session.scalars(
            select(Reminder.deadline_id)
            .join(Deadline, Deadline.id == Reminder.deadline_id)
            .where(
                Deadline.proceeding_id == proceeding.id,
                Deadline.name == "agreement_sign",
                Reminder.state == "waiting",
            )
        ).all()
        papers = session.scalars(
            select(Document.id).where(
                Document.proceeding_id == proceeding.id,
                Document.template == "mediation_agreement",
                Document.voided_at.is_(None),
            )
        ).all()
    assert [entry.seq for entry in entries] == list(range(1, proceeding.audit_seq + 1))
    last = entries[-1]
    assert (last.to_state, last.revision, last.hash) == (proceeding.state, proceeding.revision, proceeding.audit_head)
    assert len(running) == len(papers) == (1 if proceeding.state == "signing" else 0)
    assert set(waiting) == set(running)

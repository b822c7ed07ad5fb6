"""Processes to be killed in the middle of their work.

This program has everything loaded and forks one process for each line on its standard input, because starting Python
anew for every kill would take most of the test's time:

    sweep 2026-10-09T09:00+08:00    sweep once, at that time
    advance 2026-09-18T09:00+08:00  draft and drop agreements in all cases without end

The process says on the standard output (a pipe that outlives it) its number, every statement before it is sent, every
message it delivers and every event it has committed. When it is gone, the program says `end`.
"""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import event, select

from mediation.assembly import assemble
from mediation.cases.advance import advance
from mediation.cases.models import Party, Proceeding
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database, make_engine
from mediation.people.actor import load_actor
from mediation.reminders.channels import Inbox, Message
from mediation.runtime import Runtime
from mediation.sealing.keys import Keyring
from mediation.settings import Settings
from mediation.sweeping.sweep import sweep_once


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


class Telling:
    """A channel whose deliveries survive the death of the process that made them."""

    name = "telling"

    def reaches(self, message: Message) -> bool:
        return True

    def send(self, message: Message) -> None:
        say(f"sent {message.key}")


def sweep(runtime: Runtime) -> None:
    sweep_once(runtime, (Inbox(), Telling()))


def draft_and_drop(runtime: Runtime) -> None:
    with runtime.database.read() as session:
        owner = session.scalars(select(Proceeding.owner_id)).first()
        actor = load_actor(session, owner or 0, runtime.clock.today())
        ids = session.scalars(select(Proceeding.id).order_by(Proceeding.id)).all()
    for number in count():
        proceeding_id = ids[number % len(ids)]
        with runtime.database.write() as session:
            proceeding = session.get_one(Proceeding, proceeding_id)
            happened, answers = _next(session, proceeding, runtime)
            key = f"victim-{os.getpid()}-{number}"
            done = advance(
                session, runtime, proceeding_id, happened, answers, revision=proceeding.revision, key=key, actor=actor
            )
        say(f"done {key} {proceeding_id} {done.seq}")


def _next(session: Any, proceeding: Proceeding, runtime: Runtime) -> tuple[str, dict[str, Any]]:
    if proceeding.state == "signing":
        return "drop_draft", {"drop_reason": "再谈"}
    workers = select(Party.id).where(Party.case_id == proceeding.case_id, Party.side == "worker")
    due = runtime.clock.today() + timedelta(days=30)
    promises = [{"party": session.scalars(workers).first(), "amount": "100", "due_on": due.isoformat()}]
    return "draft_agreement", {"agreement_scope": "full", "promises": promises}


WORK: Mapping[str, Callable[[Runtime], None]] = {"sweep": sweep, "advance": draft_and_drop}


def main(url: str) -> None:
    engine = make_engine(url, keys=Keyring(Settings().keys_file), synchronous="OFF")
    event.listen(engine, "before_cursor_execute", lambda *_: say("sql"))
    event.listen(engine, "commit", lambda *_: say("commit"))
    clock = TestClock(datetime(2026, 9, 18, 9, tzinfo=SHANGHAI))
    runtime = assemble(Settings(), clock=clock, database=Database(engine))
    for line in sys.stdin:
        work, _, at = line.strip().partition(" ")
        if child := os.fork():
            os.waitpid(child, 0)
            say("end")
            continue
        say(f"pid {os.getpid()}")
        clock.set(datetime.fromisoformat(at))
        WORK[work](runtime)
        say("finished")
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

"""Making the copy: a new folder with an SQLite database, keys and log-ins of its own.

Days and amounts stay as they are: time limits, rest days and every report then hold as in the original. The copy is
therefore for training inside the office, not for publication.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from ..cases.audit import note_outside_cases
from ..cases.models import Proceeding
from ..db import Base, Database, make_engine
from ..errors import Refusal, Refused
from ..migrations.apply import migrate
from ..people.accounts import create_account
from ..people.actor import CLOCK
from ..people.models import Membership, Organisation, Person
from ..retention.emptied import reseal
from ..retention.models import TrainingMark
from ..runtime import Runtime
from ..sealing.keys import Keyring
from ..sealing.stored import sealed_tables
from .invented import Invented
from .rows import LEFT_OUT, Rows

BATCH = 500
PASSWORD = "lianxi-copy"
LOGINS = {"tiaojie": "mediator", "lvshi": "lawyer", "zhuguan": "supervisor", "guanli": "administrator"}


def make_copy(runtime: Runtime, target: Path, who: str, why: str, say: Callable[[str], object]) -> list[str]:
    """The names of the log-ins. Refused where something stands at `target`; nothing is left there if it fails."""
    if target.exists():
        raise Refused([Refusal("new_folder", f"{target} 已经存在。请换一个新的文件夹名，不会覆盖已有内容。")])
    _note(runtime, who, why)
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        logins = _made(runtime, partial, who, say)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(target)
    return logins


def _note(runtime: Runtime, who: str, why: str) -> None:
    with runtime.database.write() as session:
        for id in session.scalars(select(Organisation.id).where(Organisation.parent_id.is_(None))).all():
            told = {"who": who, "why": why}
            note_outside_cases(session, id, "training_copy", told, actor=CLOCK, role="clock", at=runtime.clock.now())


def _made(runtime: Runtime, folder: Path, who: str, say: Callable[[str], object]) -> list[str]:
    ring = Keyring(folder / "sealing.keys")
    ring.make(runtime.clock.now())
    engine = make_engine(f"sqlite:///{(folder / 'mediation.db').absolute()}", keys=ring, synchronous="OFF")
    try:
        migrate(engine)
        with runtime.database.read() as session, engine.connect() as target:
            source = session.connection()
            target.connection.driver_connection.execute("pragma foreign_keys=off")  # type: ignore[union-attr]
            with target.begin():
                _copy(source, target, Rows(source, runtime, Invented()), say)
                _seal(target, ring, say)
        with Database(engine).write() as session:
            session.add(TrainingMark(made_at=runtime.clock.now(), made_by=who))
            logins = _open(session, runtime)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as last:
            last.connection.driver_connection.execute("pragma wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    finally:
        engine.dispose()
    return logins


def _copy(source: Connection, target: Connection, rows: Rows, say: Callable[[str], object]) -> None:
    for table in Base.metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        total, done = source.scalar(select(func.count()).select_from(table)) or 0, 0
        for batch in _batches(source, table):
            target.execute(insert(table), [rows.changed(table, row) for row in batch])
            done += len(batch)
            say(f"  {table.name} {done}/{total}")


def _batches(source: Connection, table: Any) -> Iterator[list[Any]]:
    found = source.execution_options(yield_per=BATCH).execute(select(table))
    for part in found.mappings().partitions(BATCH):
        yield list(part)


def _seal(target: Connection, ring: Keyring, say: Callable[[str], object]) -> None:
    """Chains and blind indexes of the copy's own."""
    for model, owner in ((Proceeding, "proceeding_id"), (Organisation, "organisation_id")):
        for id in target.scalars(select(model.id)).all():
            _, head = reseal(target, owner, id)
            target.execute(update(model).where(model.id == id).values(audit_head=head))
    for one in sealed_tables(Base.metadata):
        for index, name in one.blinds.items():
            place = f"{one.name}.{name}".encode()
            key = one.table.c[one.key]
            for id, value in target.execute(select(key, one.table.c[name])).all():
                if value:
                    target.execute(update(one.table).where(key == id).values({index: ring.blind(value, place)}))
    say("  办理记录重新封存完毕")


def _open(session: Any, runtime: Runtime) -> list[str]:
    """One log-in for each role that somebody holds today."""
    today, opened, taken = runtime.clock.today(), [], set()
    for login, role in LOGINS.items():
        query = select(Membership.person_id).where(Membership.role == role, Membership.from_on <= today)
        query = query.where(Membership.until_on.is_(None) | (Membership.until_on >= today))
        for person in session.scalars(query.order_by(Membership.id)):
            if person not in taken and session.get(Person, person) is not None:
                create_account(session, person, login, PASSWORD, at=runtime.clock.now())
                taken.add(person)
                opened.append(login)
                break
    return opened

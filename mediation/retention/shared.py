"""People, employers and files that more than one case may need: they go with the last case that needs them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, delete, exists, select, update

from ..cases.audit import ERASED
from ..cases.models import Party, StoredFile
from ..people.models import Account, Employer, Membership, Person
from .gone import gone
from .register import columns_of, nothing, of_cases

EMPLOYERS_STAY = frozenset(("name",))
"""A firm is no person: its name stays in the register and in the figures."""


def erase_people(connection: Connection, case_id: int, classes: Sequence[str]) -> int:
    """Persons and employers of this case that serve nowhere and are in no other case that still has these classes."""
    others = list(_others(connection, case_id, classes))
    done = 0
    for model, link in ((Person, Party.person_id), (Employer, Party.employer_id)):
        mine: set[Any] = set(connection.scalars(select(link).where(Party.case_id == case_id, link.is_not(None))))
        for chunk in _chunks(sorted(mine)):
            needed = set(connection.scalars(select(link).where(link.in_(chunk), Party.case_id.in_(others))))
            done += _emptied(connection, model, [id for id in chunk if id not in needed], classes)
    return done


def _others(connection: Connection, case_id: int, classes: Sequence[str]) -> Iterator[int]:
    """Cases that share somebody with this one and are not rid of all these classes."""
    mine = select(Party.person_id).where(Party.case_id == case_id, Party.person_id.is_not(None))
    firms = select(Party.employer_id).where(Party.case_id == case_id, Party.employer_id.is_not(None))
    query = select(Party.case_id).where(
        Party.case_id != case_id, Party.person_id.in_(mine) | Party.employer_id.in_(firms)
    )
    shared = sorted(set(connection.scalars(query)))
    erased = gone(connection, shared)
    yield from (id for id in shared if not set(classes) <= erased.get(id, frozenset()))


def _emptied(connection: Connection, model: Any, ids: Sequence[int], classes: Sequence[str]) -> int:
    if model is Person:
        serves = exists().where(Membership.person_id == Person.id) | exists().where(Account.person_id == Person.id)
        ids = list(connection.scalars(select(Person.id).where(Person.id.in_(ids), ~serves)))
    columns = [c for c in columns_of(model.__table__, classes) if not (model is Employer and c.name in EMPLOYERS_STAY)]
    if not ids or not columns:
        return 0
    rows = connection.execute(select(*columns).where(model.id.in_(ids))).all()
    connection.execute(update(model).where(model.id.in_(ids)).values({c.name: nothing(c) for c in columns}))
    return sum(value not in (None, "", ERASED) for row in rows for value in row)


def erase_files(connection: Connection, metadata: MetaData, case_id: int) -> int:
    """The bytes of evidence and lists that no other case refers to; how many files."""
    done = 0
    for sha256 in _files(connection, metadata, case_id):
        others = _others_with(connection, metadata, sha256, case_id)
        erased = gone(connection, others)
        if all("narrative" in erased.get(id, ()) for id in others):
            done += connection.execute(delete(StoredFile).where(StoredFile.sha256 == sha256)).rowcount
    return done


def _files(connection: Connection, metadata: MetaData, case_id: int) -> list[str]:
    found: set[str] = set()
    for table in _with_files(metadata):
        found.update(connection.scalars(select(table.c.sha256).where(table.c.case_id == case_id)))
    return sorted(found)


def _others_with(connection: Connection, metadata: MetaData, sha256: str, case_id: int) -> list[int]:
    """Other cases with the same file."""
    found: set[int] = set()
    for table in _with_files(metadata):
        query = select(table.c.case_id).where(table.c.sha256 == sha256, table.c.case_id != case_id)
        found.update(connection.scalars(query))
    return sorted(found)


def _with_files(metadata: MetaData) -> list[Any]:
    names = of_cases(metadata)
    return [t for t in metadata.sorted_tables if t.name in names and {"sha256", "case_id"} <= set(t.columns.keys())]


def _chunks(ids: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]

"""Answers that name a party, a colleague or an item of evidence must name one of this case or this office."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, or_, select

from ..engine.definition import Event
from ..engine.vocabulary import Vocabulary
from ..errors import BadInput
from ..people.models import Membership, Organisation
from .models import Evidence, Party

PARTY_COLUMNS = ("party", "payer", "indemnifier")
POINTERS = ("party", "evidence", "person")


def check_references(
    connection: Connection, event: Event, vocabulary: Vocabulary, answers: Any, row: Mapping[str, Any]
) -> None:
    """BadInput naming each answer that points to nothing in this case. Costs nothing where no answer points."""
    named = list(_named(event, vocabulary, answers)) if _points(event, vocabulary) else []
    if not named:
        return
    wrong: dict[str, str] = {}
    for kind, find, sentence in (
        ("party", _parties, "请从本案当事人中选择。"),
        ("evidence", _evidence, "请从本案证据中选择。"),
        ("person", _people, "请从本单位人员中选择。"),
    ):
        wanted = {value for k, _, value in named if k == kind}
        if wanted:
            known = find(connection, row, wanted)
            wrong |= {path: sentence for k, path, value in named if k == kind and value not in known}
    if wrong:
        raise BadInput("填写的内容有误，请按提示修改。", wrong)


@lru_cache(maxsize=1024)
def tables_of(event: Event, vocabulary: Vocabulary) -> frozenset[str]:
    """The asks of an event that are tables: their rows live in tables of the database, not among the answers."""
    return frozenset(ask.name for ask in event.asks.values() if vocabulary.ask_types[ask.type].columns)


@lru_cache(maxsize=1024)
def _points(event: Event, vocabulary: Vocabulary) -> bool:
    """Whether any ask of the event can point to something."""
    return any(ask.type in POINTERS for ask in event.asks.values()) or bool(tables_of(event, vocabulary))


def _named(event: Event, vocabulary: Vocabulary, answers: Any) -> Iterator[tuple[str, str, int]]:
    """(kind, path, id) of every reference in the answers."""
    for ask in event.asks.values():
        value = getattr(answers, ask.name)
        if value is None:
            continue
        if ask.type in POINTERS:
            items = value if ask.many else [value]
            for index, item in enumerate(items):
                yield ask.type, f"{ask.name}.{index}" if ask.many else ask.name, item
        columns = vocabulary.ask_types[ask.type].columns
        for column in (c for c in PARTY_COLUMNS if c in columns):
            for index, table_row in enumerate(value):
                if (item := getattr(table_row, column)) is not None:
                    yield "party", f"{ask.name}.{index}.{column}", item


def _parties(connection: Connection, row: Mapping[str, Any], wanted: set[int]) -> set[int]:
    query = select(Party.id).where(Party.case_id == row["case_id"], Party.left_on.is_(None), Party.id.in_(wanted))
    return set(connection.scalars(query))


def _evidence(connection: Connection, row: Mapping[str, Any], wanted: set[int]) -> set[int]:
    query = select(Evidence.id).where(Evidence.case_id == row["case_id"], Evidence.id.in_(wanted))
    return set(connection.scalars(query))


def _people(connection: Connection, row: Mapping[str, Any], wanted: set[int]) -> set[int]:
    above = [row["path"][: i + 1] for i, c in enumerate(row["path"]) if c == "/"]
    query = (
        select(Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.person_id.in_(wanted),
            or_(Organisation.path.in_(above), Organisation.path.startswith(row["path"])),
        )
    )
    return set(connection.scalars(query))

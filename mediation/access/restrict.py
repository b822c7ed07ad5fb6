"""限制查阅: a supervisor closes a case to all but named people and those who handle it; figures go on counting it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..cases.access import EMERGENCY, UNSEEN, seen
from ..cases.access_models import CaseReader
from ..cases.change import Change, changing
from ..cases.file_rows import colleagues_at
from ..cases.models import Case
from ..cases.proceedings import dispute_of
from ..db import connection_of
from ..engine.ask_types import Integer, LongText
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.models import Person
from ..people.rights import role_for
from ..runtime import Runtime


class RestrictIn(BaseModel):
    """Why, and who may see the case besides those who handle it. Whoever restricts it always may."""

    model_config = ConfigDict(extra="forbid", title="限制查阅")

    reason: LongText = Field(title="限制的理由", max_length=1000)
    readers: list[Integer] = Field(default_factory=list, title="可以查阅的人", max_length=100)


class LiftIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="解除限制查阅")

    reason: LongText = Field(title="解除的理由", max_length=1000)


@dataclass(frozen=True, slots=True)
class Restriction:
    """Since when and why a case is restricted, and who is named; (id, name) by name."""

    since: datetime
    why: str
    readers: tuple[tuple[int, str], ...]


def restrict(session: Session, runtime: Runtime, case_id: int, data: RestrictIn, *, key: str, actor: Actor) -> Change:
    """Restrict the case, or name other people for one that is; BadInput for people who do not work there."""
    given, once = data.model_dump(), {"key": key, "actor": actor}
    with _changed(session, runtime, case_id, "restrict_case", given, **once) as made:
        if made.repeated is None:
            facts, at = made.step.facts, made.step.at
            known = {c.id: c.name for c in colleagues_at(session, facts.path, at.date())}
            wanted = {*data.readers, actor.person_id or 0}
            if unknown := set(data.readers) - set(known):
                sentence = "只能选择在本单位、上级或下级任职的人。"
                raise BadInput(sentence, {"readers": f"{sentence}（编号{'、'.join(map(str, sorted(unknown)))}）"})
            session.execute(delete(CaseReader).where(CaseReader.case_id == case_id))
            named = {"named_at": at, "named_by_id": actor.person_id}
            session.add_all(CaseReader(case_id=case_id, person_id=person, **named) for person in sorted(wanted))
            since = facts.restricted_at or at
            _set(session, case_id, restricted_at=since, restricted_why=data.reason)
            made.result["readers"] = sorted(wanted)
    return made


def lift(session: Session, runtime: Runtime, case_id: int, data: LiftIn, *, key: str, actor: Actor) -> Change:
    """The rule holds again for this case."""
    given, once = data.model_dump(), {"key": key, "actor": actor}
    with _changed(session, runtime, case_id, "lift_restriction", given, **once) as made:
        if made.repeated is None:
            session.execute(delete(CaseReader).where(CaseReader.case_id == case_id))
            _set(session, case_id, restricted_at=None, restricted_why=None)
    return made


def _changed(
    session: Session, runtime: Runtime, case_id: int, word: str, given: Mapping[str, Any], **once: Any
) -> AbstractContextManager[Change]:
    actor: Actor = once["actor"]
    admit = partial(_supervising, actor)
    return changing(session, runtime, case_id, word, given, revision=None, bumps=False, admit=admit, **once)


def _supervising(actor: Actor, row: Mapping[str, Any]) -> str:
    """Supervisors who see the case; and one who has it open in an emergency, so that it never is nobody's."""
    _, held = seen(actor, row)
    role = role_for("restrict_case", held | (actor.roles_at(row["path"]) if EMERGENCY in held else frozenset()))
    if role is not None:
        return role
    raise Forbidden("查阅记录和限制查阅由主管办理。")


def check_supervisor(session: Session, runtime: Runtime, case_id: int, actor: Actor) -> None:
    """Who may see who has looked: NotFound for those who do not see the case, Forbidden for all but supervisors."""
    connection = connection_of(session)
    row = runtime.reading.row(connection, dispute_of(connection, case_id), runtime.clock.now())
    if row is None:
        raise NotFound(UNSEEN)
    _supervising(actor, row)


def _set(session: Session, case_id: int, **values: Any) -> None:
    session.execute(update(Case).where(Case.id == case_id).values(values))


def restriction_of(session: Session, case_id: int) -> Restriction | None:
    """None: the case is not restricted. For whoever has passed `access.seen`."""
    row = session.execute(select(Case.restricted_at, Case.restricted_why).where(Case.id == case_id)).one()
    if row.restricted_at is None:
        return None
    query = (
        select(Person.id, Person.name)
        .join(CaseReader, CaseReader.person_id == Person.id)
        .where(CaseReader.case_id == case_id)
        .order_by(Person.name, Person.id)
    )
    people = tuple((found.id, found.name) for found in session.execute(query))
    return Restriction(row.restricted_at, row.restricted_why or "", people)

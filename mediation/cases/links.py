"""Cases that belong together: linked by somebody, or found by the same worker or the same employer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..engine.ask_types import Text
from ..errors import BadInput
from ..people.actor import Actor
from ..people.models import Organisation
from ..runtime import Runtime
from .change import Change, changing
from .models import Case, CaseLink, Party, Proceeding
from .queries import visible

BY_HAND = ("same_matter", "same_employer", "counter")
"""Kinds that people may set; a split or a merger sets its own."""


class LinkIn(BaseModel):
    """The number of the other case, how the two belong together, and why."""

    model_config = ConfigDict(extra="forbid", title="关联案件")

    number: Text = Field(title="另一案件的编号")
    kind: Text = Field(default="same_matter", title="关系")
    note: Text | None = Field(default=None, title="说明")


@dataclass(frozen=True, slots=True)
class Related:
    """Another case that the reader may see. `kind`: a code of case_link_kinds, or same_worker."""

    case_id: int
    number: str
    kind: str
    state: str
    ended: bool
    received_on: date
    workers_count: int
    note: str = ""


def link_cases(session: Session, runtime: Runtime, case_id: int, data: LinkIn, *, key: str, actor: Actor) -> Change:
    """Link two cases that the actor may both see; shown in both. BadInput where there is no such other case."""
    given = data.model_dump(exclude_none=True)
    once: Any = {"key": key, "actor": actor}
    with changing(session, runtime, case_id, "link_case", given, revision=None, bumps=False, **once) as made:
        if made.repeated is None:
            if data.kind not in BY_HAND:
                raise BadInput("请选择关系。", {"kind": "不在可选范围内，请从列表中选择。"})
            other = _other(session, actor, case_id, data.number)
            pair = or_(
                and_(CaseLink.case_id == case_id, CaseLink.other_id == other),
                and_(CaseLink.case_id == other, CaseLink.other_id == case_id),
            )
            if session.scalar(select(func.count(CaseLink.id)).where(pair, CaseLink.kind == data.kind)):
                raise BadInput("两案已经这样关联。", {"number": "两案已经这样关联，不必重复登记。"})
            add_link(session, case_id, other, data.kind, made.step.at, actor, data.note or "")
            made.result["other"] = other
    return made


def add_link(
    session: Session, case_id: int, other_id: int, kind: str, at: datetime, actor: Actor, note: str = ""
) -> None:
    session.add(CaseLink(case_id=case_id, other_id=other_id, kind=kind, note=note, at=at, by_id=actor.person_id))


def _other(session: Session, actor: Actor, case_id: int, number: str) -> int:
    query = (
        select(Case.id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Case.number == number, visible(actor))
    )
    found = session.scalars(query).first()
    if found is None or found == case_id:
        raise BadInput("没有可以关联的案件。", {"number": f"没有编号为“{number}”的其他案件，或者您无权查看，请核对。"})
    return found


def related_cases(session: Session, actor: Actor, case_id: int, *, limit: int = 30) -> Sequence[Related]:
    """Linked cases first, then those of the same worker, then those of the same employer; newest first."""
    found: dict[int, Related] = {}
    for row in [*_linked(session, actor, case_id), *_shared(session, actor, case_id, limit)]:
        found.setdefault(row.case_id, row)
    return list(found.values())[:limit]


def _linked(session: Session, actor: Actor, case_id: int) -> Sequence[Related]:
    ends = or_(
        and_(CaseLink.case_id == case_id, CaseLink.other_id == Case.id),
        and_(CaseLink.other_id == case_id, CaseLink.case_id == Case.id),
    )
    query = _cases(actor).join(CaseLink, ends).add_columns(CaseLink.kind, CaseLink.note).order_by(CaseLink.id)
    return [_related(case, state, ended, kind, note) for case, state, ended, kind, note in session.execute(query)]


def _shared(session: Session, actor: Actor, case_id: int, limit: int) -> Sequence[Related]:
    mine, theirs = aliased(Party), aliased(Party)
    same_person = and_(theirs.person_id == mine.person_id, theirs.side == "worker", mine.side == "worker")
    same_employer = and_(theirs.employer_id == mine.employer_id, theirs.side == "employer", mine.side == "employer")
    people = select(theirs.case_id).join(mine, same_person).where(mine.case_id == case_id)
    firms = select(theirs.case_id).join(mine, same_employer).where(mine.case_id == case_id)
    newest = (Case.received_on.desc(), Case.id.desc())
    by_worker = _cases(actor).where(Case.id != case_id, Case.id.in_(people)).order_by(*newest).limit(limit)
    by_firm = _cases(actor).where(Case.id != case_id, Case.id.in_(firms)).order_by(*newest).limit(limit)
    return [
        *(_related(case, state, ended, "same_worker", "") for case, state, ended in session.execute(by_worker)),
        *(_related(case, state, ended, "same_employer", "") for case, state, ended in session.execute(by_firm)),
    ]


def _cases(actor: Actor):  # type: ignore[no-untyped-def]
    return (
        select(Case, Proceeding.state, Proceeding.ended_at)
        .join(Proceeding, and_(Proceeding.case_id == Case.id, Proceeding.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(visible(actor))
    )


def _related(case: Case, state: str, ended_at: object, kind: str, note: str) -> Related:
    return Related(
        case.id, case.number, kind, state, ended_at is not None, case.received_on, case.workers_count, note or ""
    )

"""Live numbers for the picture of a workflow: how many proceedings are in each state, and how long they stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from ..cases.models import AuditEntry, Case, Proceeding
from ..people.actor import Actor
from ..people.models import Organisation

LOOKED_BACK = timedelta(days=365)
MOST = 5000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkflowCounts:
    """By state name. `median_days` has only the states that somebody left within the last year."""

    counts: Mapping[str, int]
    median_days: Mapping[str, float]


def workflow_counts(session: Session, workflow: str, actor: Actor, now: datetime) -> WorkflowCounts:
    """The proceedings of the actor's organisations, whatever version of the definition they are pinned to."""
    counted = (
        select(Proceeding.state, func.count(Proceeding.id))
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.workflow == workflow, _within(actor))
        .group_by(Proceeding.state)
    )
    counts = {state: int(count) for state, count in session.execute(counted)}
    return WorkflowCounts(counts, _medians(session, workflow, actor, now))


def still_on_old_versions(session: Session, current: Mapping[str, int], actor: Actor) -> Mapping[str, int]:
    """By workflow: how many open proceedings of the actor's organisations follow an older version than the current one.

    Workflows without any are left out. `mediation workflow migrate` brings them over.
    """
    query = (
        select(Proceeding.workflow, Proceeding.version, func.count(Proceeding.id))
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.ended_at.is_(None), _within(actor))
        .group_by(Proceeding.workflow, Proceeding.version)
    )
    counts: dict[str, int] = {}
    for workflow, version, count in session.execute(query):
        if version < current.get(workflow, 0):
            counts[workflow] = counts.get(workflow, 0) + int(count)
    return counts


def _within(actor: Actor) -> ColumnElement[bool]:
    return or_(false(), *(Organisation.path.startswith(path) for path in actor.paths()))


def _medians(session: Session, workflow: str, actor: Actor, now: datetime) -> Mapping[str, float]:
    """From entering a state to leaving it, of the latest departures; whoever is still inside does not count."""
    instant = AuditEntry.at.type
    left = func.lead(AuditEntry.at, type_=instant).over(partition_by=AuditEntry.proceeding_id, order_by=AuditEntry.seq)
    moves = (
        select(AuditEntry.to_state.label("state"), AuditEntry.at.label("entered"), left.label("left"))
        .join(Proceeding, Proceeding.id == AuditEntry.proceeding_id)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(
            Proceeding.workflow == workflow,
            AuditEntry.from_state != AuditEntry.to_state,
            AuditEntry.at >= now - LOOKED_BACK,
            _within(actor),
        )
        .subquery()
    )
    query = select(moves).where(moves.c.left.is_not(None)).order_by(moves.c.left.desc()).limit(MOST)
    stays: dict[str, list[float]] = {}
    for state, entered, gone in session.execute(query):
        stays.setdefault(state, []).append((gone - entered) / DAY)
    return {state: round(median(days), 1) for state, days in stays.items()}

"""What supervisors see of the nightly check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from ..cases.models import Case
from ..cases.queries import open_to
from ..people.actor import Actor
from ..people.models import Organisation
from .models import Finding
from .repair import REPAIRABLE


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """One unresolved finding. Without a case it concerns the installation as a whole."""

    id: int
    kind: str
    case_id: int | None
    number: str | None
    sentence: str
    found_at: datetime
    repairable: bool


def open_findings(session: Session, actor: Actor, *, offset: int = 0, limit: int = 100) -> Sequence[OpenFinding]:
    """Unresolved findings of the cases this supervisor answers for, and those of no case; oldest first."""
    paths = actor.paths("supervisor")
    mine = or_(false(), *(Organisation.path.startswith(path) for path in paths))
    nobodys = Finding.case_id.is_(None) if paths else false()
    query = (
        select(Finding, Case.number)
        .outerjoin(Case, Case.id == Finding.case_id)
        .outerjoin(Organisation, Organisation.id == Case.organisation_id)
        .where(Finding.resolved_at.is_(None), or_(and_(mine, open_to(actor)), nobodys))
        .order_by(Finding.found_at, Finding.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        OpenFinding(f.id, f.kind, f.case_id, number, f.sentence, f.found_at, f.kind in REPAIRABLE)
        for f, number in session.execute(query)
    ]

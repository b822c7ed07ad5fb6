"""进展: what anybody with the code of the receipt may know of a case. No name, no sum, nothing that was told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.dues import running
from ..cases.models import Case, Proceeding
from ..cases.queries import state_of
from ..cases.readings import note_looks
from ..deadlines.models import Deadline
from ..people.actor import Look
from ..people.models import Organisation
from ..runtime import Runtime
from .codes import hashed
from .models import ProgressCode

STATES = "progress_states"
"""The code list with one sentence for each state of a dispute, in the words of whoever waits for it."""
NOTED_EVERY = timedelta(minutes=1)
"""A page that is loaded again and again is one look."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a case stands. `until` None: no day runs. `ended`: nobody acts any more. `revoked`: only that is told."""

    code_id: int
    case_id: int
    number: str = ""
    stands: str = ""
    who: str = ""
    until: date | None = None
    bring: str = ""
    office: str = ""
    address: str | None = None
    phone: str | None = None
    ended: bool = False
    revoked: bool = False


def progress_of(session: Session, runtime: Runtime, code: str) -> Progress | None:
    """What the code opens; None where there is no such code."""
    row = session.scalars(select(ProgressCode).where(ProgressCode.code_hash == hashed(code))).one_or_none()
    if row is None:
        return None
    if row.revoked_at is not None:
        return Progress(row.id, row.case_id, revoked=True)
    case = session.get_one(Case, row.case_id)
    body = session.get_one(Organisation, case.organisation_id)
    main = session.scalars(
        select(Proceeding).where(Proceeding.case_id == case.id, Proceeding.workflow == "dispute")
    ).one()
    state = state_of(runtime, main.workflow, main.version, main.state)
    told = runtime.codes[STATES]
    return Progress(
        row.id,
        case.id,
        number=case.number,
        stands=told.titles.get(main.state, state.title if state else ""),
        who=runtime.title("roles", state.acts_next) if state and main.ended_at is None else "",
        until=_until(session, main.id, state.within if state else None),
        bring=told.about(main.state).get("bring", ""),
        office=body.name,
        address=body.address,
        phone=body.phone,
        ended=main.ended_at is not None,
    )


def _until(session: Session, proceeding_id: int, within: str | None) -> date | None:
    """The day of the limit that the present state runs under."""
    query = select(Deadline.legal_due).where(Deadline.proceeding_id == proceeding_id, running())
    return session.scalar(query.where(Deadline.name == within).order_by(Deadline.legal_due).limit(1))


def note_look(session: Session, progress: Progress, at: datetime) -> None:
    """Written among the looks at the file: the worker can ask, and the mediator sees, that the code is used."""
    row = session.get_one(ProgressCode, progress.code_id)
    if row.last_read_at is None or at - row.last_read_at >= NOTED_EVERY:
        row.last_read_at = at
        note_looks(session, None, [Look(progress.case_id, "progress", "进展页", frozenset())], at)

"""Taking a case from the lawyers' queue and giving it back.

Claim and workflow event are one transaction. Whoever comes second waits for the row, then finds a holder and hears who
it is; the partial unique index on assignments would refuse them even if the row lock did not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ..cases.access import UNSEEN
from ..cases.advance import Advanced, advance
from ..cases.history import entry_of_key
from ..cases.models import Case, Proceeding
from ..errors import NotFound, Refusal, Refused
from ..people.actor import Actor
from ..people.models import Organisation
from ..runtime import Runtime
from .models import Assignment
from .queries import URGENT, WORKFLOW, Holder, count_waiting, holder_of, queue

CLAIM, RELEASE = "claim_case", "release_case"
TAKEN = "nobody_was_faster"


@dataclass(frozen=True, slots=True)
class Next:
    """The case that "give me the next one" has claimed, and why this one."""

    advanced: Advanced
    reason: str


def claim(session: Session, runtime: Runtime, proceeding_id: int, *, key: str, actor: Actor) -> Advanced:
    """The actor takes this case. Refused, with the name of who was faster and when, where somebody was."""
    revision, path = _locked(session, proceeding_id)
    if "lawyer" not in actor.roles_at(path):
        raise NotFound(UNSEEN)
    _nobody_else(holder_of(session, proceeding_id), actor)
    try:
        return advance(session, runtime, proceeding_id, CLAIM, {}, revision=revision, key=key, actor=actor)
    except Refused:
        _nobody_else(holder_of(session, proceeding_id), actor)
        raise


def next_case(session: Session, runtime: Runtime, *, key: str, actor: Actor) -> Next:
    """What cannot wait, else the longest waiting case that this lawyer has not given back before; cases that others are
    just taking are passed over (SKIP LOCKED). Refused where there is none."""
    if (first := entry_of_key(session.connection(), key)) is not None:
        return Next(claim(session, runtime, first["proceeding_id"], key=key, actor=actor), "")
    waiting = count_waiting(session, actor)
    found = session.execute(
        queue(actor, Proceeding.id, Proceeding.state_since, URGENT.label("urgent"))
        .where(Proceeding.id.not_in(_given_back(actor)))
        .limit(1)
        .with_for_update(of=Proceeding, skip_locked=True)
    ).first()
    if found is None:
        raise Refused([Refusal("nothing_waits", _NOTHING if waiting == 0 else _NOTHING_SUITABLE)])
    days = (runtime.clock.now() - found.state_since).days
    since = f"自{found.state_since:%Y-%m-%d}起已等{days}天" if days else "今天进入案件池"
    why = "情况紧急，不能等待" if found.urgent else "等得最久"
    reason = f"在您服务地区等待认领的{waiting}件中，这件{why}（{since}），您也没有退回过。"
    return Next(claim(session, runtime, found.id, key=key, actor=actor), reason)


_NOTHING = "现在没有等待认领的案件。有新案件时会出现在这里。"
_NOTHING_SUITABLE = "现在等待认领的案件，您都曾退回过，或者别的律师正在认领。您仍可以在列表中自行认领。"


def release(
    session: Session, runtime: Runtime, proceeding_id: int, answers: Mapping[str, Any], *, key: str, actor: Actor
) -> Advanced:
    """Give the case back into the queue. `answers`: release_reason (codes/release_reasons), release_note."""
    revision, _ = _locked(session, proceeding_id)
    return advance(session, runtime, proceeding_id, RELEASE, answers, revision=revision, key=key, actor=actor)


def _locked(session: Session, proceeding_id: int) -> tuple[int, str]:
    """Revision and place of the proceeding, under the lock that `advance` will take again."""
    query = (
        select(Proceeding.revision, Organisation.path)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.id == proceeding_id, Proceeding.workflow == WORKFLOW)
        .with_for_update(of=Proceeding)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound(UNSEEN)
    return row.revision, row.path


def _nobody_else(holder: Holder | None, actor: Actor) -> None:
    if holder is not None and holder.person_id != actor.person_id:
        since = f"{holder.since.month}月{holder.since.day}日{holder.since:%H:%M:%S}"
        raise Refused([Refusal(TAKEN, f"{holder.name}已于{since}认领了这件案件，请另选一件。")])


def _given_back(actor: Actor) -> Any:
    """The proceedings this lawyer once held: whoever gave a case back is not the one to get it next."""
    mine = aliased(Assignment)
    return select(mine.proceeding_id).where(mine.person_id == actor.person_id, mine.ended_at.is_not(None))

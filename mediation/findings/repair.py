"""Repair: what is safe to set right by one click, with its audit entry. Everything else needs a person's judgement."""

from sqlalchemy.orm import Session

from ..cases.access import seen
from ..cases.change import changing
from ..cases.proceedings import dispute_of
from ..db import connection_of
from ..errors import NotFound, Refusal, Refused
from ..people.actor import Actor
from ..reminders.plan import plan_anew, rungs
from ..runtime import Runtime
from .invariants import unreminded
from .models import Finding

REPAIRABLE = frozenset({"reminder_missing"})
"""Kinds of findings that can be repaired without a decision."""


def repair_finding(session: Session, runtime: Runtime, finding_id: int, *, key: str, actor: Actor) -> str:
    """Set one finding right and resolve it; the sentence that says what was done.

    Raises NotFound (unknown, or not theirs), Forbidden (no supervisor), Refused (nothing that a click may repair).
    """
    finding = session.get(Finding, finding_id)
    if finding is None or finding.case_id is None:
        raise NotFound("没有这项发现，或者您无权处理。")
    connection = connection_of(session)
    seen(actor, runtime.reading.row(connection, dispute_of(connection, finding.case_id), runtime.clock.now()))
    if finding.kind not in REPAIRABLE:
        raise Refused([Refusal("it_can_be_repaired", "这项问题需要人来判断，不能自动修复，请打开案件核对。")])
    given = {"finding": finding.id, "subject": finding.subject}
    with changing(
        session,
        runtime,
        finding.case_id,
        "repair_reminders",
        given,
        revision=None,
        key=key,
        actor=actor,
        bumps=False,
    ) as change:
        if change.repeated is None:
            change.result["planned"] = _plan_again(session, runtime, finding)
            finding.resolved_at = runtime.clock.now()
    return "已重新安排提醒。"


def _plan_again(session: Session, runtime: Runtime, finding: Finding) -> int:
    """The ladder as its definition has it; how many rows. Rungs that are all past are sent late rather than never."""
    deadline_id = int(finding.subject.split(":")[1])
    now = runtime.clock.now()
    for found in unreminded(session, runtime):
        row = found.deadline
        if row.id == deadline_id:
            nominal, legal = row.nominal_due, row.legal_due
            ahead = rungs(found.ladder, nominal_due=nominal, legal_due=legal, due_at=row.due_at, at=now)
            return plan_anew(
                connection_of(session),
                row.id,
                found.ladder,
                nominal_due=nominal,
                legal_due=legal,
                due_at=row.due_at,
                at=now if ahead else row.opened_at,
                reason="核查修复",
            )
    return 0

"""The nightly check: what is wrong is kept as findings until it is found right again."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..runtime import Runtime
from .faults import Fault
from .invariants import invariant_faults
from .models import Finding
from .verify import verify_all


def nightly_check(runtime: Runtime) -> int:
    """Verify what is written and what must hold; keep new faults, resolve what is right again; how many are open.

    Supervisors see them as `mediation.findings.queries.open_findings`. Reads first and writes in one short transaction.
    """
    faults: dict[str, Fault] = {}
    with runtime.database.read() as session:
        for fault in chain(verify_all(session), invariant_faults(session, runtime)):
            faults.setdefault(fault.subject[:80], fault)
    with runtime.database.write() as session:
        _settle(session, faults, runtime.clock.now())
    return len(faults)


def _settle(session: Session, faults: Mapping[str, Fault], now: datetime) -> None:
    known = {f.subject: f for f in session.scalars(select(Finding).where(Finding.resolved_at.is_(None)))}
    for subject, finding in known.items():
        if subject not in faults:
            finding.resolved_at = now
        else:
            finding.kind, finding.sentence = faults[subject].kind, faults[subject].sentence
    for subject in faults.keys() - known.keys():
        _keep(session, subject, faults[subject], now)


def _keep(session: Session, subject: str, fault: Fault, now: datetime) -> None:
    """Another replica may check in the same night: the unique index lets one of them write."""
    finding = Finding(kind=fault.kind, subject=subject, case_id=fault.case_id, sentence=fault.sentence, found_at=now)
    try:
        with session.begin_nested():
            session.add(finding)
    except IntegrityError:
        return

"""How many workers a case has, and what follows from it: a group case, and 重大 from ten workers on."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .facts import PRINCIPAL
from .models import Case, Party

MAJOR_FROM = 10
"""Ten workers or more with a common claim: LMA 7, AR 62."""


def gravity_of(workers: int) -> str:
    return "major" if workers >= MAJOR_FROM else "ordinary"


def named_workers(session: Session, case_id: int) -> int:
    """Workers who stand in the file by name and have not left; whoever speaks for others is none."""
    live = (Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None), PRINCIPAL)
    return int(session.scalar(select(func.count(Party.id)).where(*live)) or 0)


def recount(session: Session, case_id: int, left: int = 0) -> int:
    """Bring the count up to date after workers joined, or after `left` of them went; the new count.

    More may have been told than stand there by name (“more than 50”): whoever is named then makes the case no larger.
    """
    session.flush()
    case = session.get_one(Case, case_id)
    case.workers_count = max(named_workers(session, case_id), case.workers_count - left, 1)
    case.group_case = case.workers_count > 1
    case.gravity = gravity_of(case.workers_count)
    return case.workers_count

"""Which classes of which cases are gone already. A case that came to life again since has everything anew."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from ..cases.models import Proceeding
from .models import Deletion


def gone(session: Any, cases: Sequence[int]) -> dict[int, frozenset[str]]:
    """By case. Takes a session or a connection."""
    ends = select(func.max(Proceeding.ended_at)).where(Proceeding.case_id == Deletion.case_id).scalar_subquery()
    lives = select(Proceeding.case_id).where(Proceeding.case_id.in_(cases), Proceeding.ended_at.is_(None))
    query = select(Deletion.case_id, Deletion.classes).where(
        Deletion.case_id.in_(cases), Deletion.state == "done", Deletion.decided_at >= ends, ~Deletion.case_id.in_(lives)
    )
    found: dict[int, frozenset[str]] = {}
    for case_id, classes in session.execute(query):
        found[case_id] = found.get(case_id, frozenset()) | frozenset(classes)
    return found

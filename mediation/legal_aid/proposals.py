"""What the form of an aid application proposes from the file, so that nothing is typed twice. No name is in it."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..cases.models import Case, Demand, Party
from ..engine.codes import CodeList
from ..money import yuan_grouped
from ..people.models import Person
from ..runtime import Runtime

FALLBACK = "union"
_EXEMPT: Mapping[str, str] = {"pay": "migrant_pay", "injury": "migrant_injury"}
"""LAL 42(3): for these matters nobody examines the means of migrant workers."""
UNPROVED = "hardship_told"
"""Who applies says to be in need; that it was promised or checked, a person must choose."""
_WORKER = (Party.side == "worker", Party.left_on.is_(None), Party.represents_id.is_(None))


def proposed_aid(session: Session, runtime: Runtime, case_id: int) -> Mapping[str, str | int]:
    """aid_matter, aid_scope, aid_means and aid_hours of `open_legal_aid`; everything can be changed."""
    case = session.scalars(select(Case).where(Case.id == case_id)).one()
    scopes = runtime.codes["aid_scopes"]
    scope = scope_of(scopes, case.cause)
    proposed: dict[str, str | int] = {
        "aid_matter": _matter(session, runtime, case),
        "aid_scope": scope,
        "aid_means": _means(session, case_id, scope),
    }
    if hours := scopes.about(scope).get("hours"):
        proposed["aid_hours"] = int(hours)
    return proposed


def scope_of(scopes: CodeList, cause: str) -> str:
    """The class of LAL 31 to which disputes of this cause usually belong."""
    return next((code for code in scopes if cause in scopes.about(code).get("causes", "").split()), FALLBACK)


def _matter(session: Session, runtime: Runtime, case: Case) -> str:
    """Cause, heads and sums: only words of our own lists, for what people typed may hold names."""
    query = (
        select(Demand.head, func.sum(Demand.amount))
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id == case.id, Demand.withdrawn_on.is_(None), Party.side == "worker")
        .group_by(Demand.head)
        .order_by(func.min(Demand.id))
    )
    asked = [
        runtime.title("demand_heads", head) + (f"{yuan_grouped(int(amount))}元" if amount else "")
        for head, amount in session.execute(query)
    ]
    people = f"，涉及劳动者{case.workers_count}人" if case.workers_count > 1 else ""
    return f"{runtime.title('causes', case.cause)}争议{people}。请求：{'、'.join(asked) or '尚未登记'}。"


def _means(session: Session, case_id: int, scope: str) -> str:
    query = (
        select(Person.migrant_worker)
        .select_from(Party)
        .outerjoin(Person, Person.id == Party.person_id)
        .where(Party.case_id == case_id, *_WORKER)
    )
    told = session.scalars(query).all()
    return _EXEMPT.get(scope, UNPROVED) if told and all(told) else UNPROVED

"""Which workers of a case have sums there: agreed, awarded or received."""

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from .models import Agreement, Award, Promise, Receipt


def workers_with_sums(session: Session, case_id: int) -> frozenset[int]:
    """Party ids. A draft counts too: whoever stands in it is about to sign."""
    promised = (
        select(Promise.party_id)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == case_id, Agreement.replaced_at.is_(None))
    )
    awarded = select(Award.party_id).where(Award.case_id == case_id)
    received = select(Receipt.party_id).where(Receipt.case_id == case_id)
    return frozenset(session.scalars(union(promised, awarded, received)))

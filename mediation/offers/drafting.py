"""From the accepted offer to the first draft of the agreement: only a proposal for the form, to be changed freely."""

from typing import Any

from sqlalchemy.orm import Session

from ..cases.view import CaseView
from ..money import yuan
from .log import accepted_offer


def agreed_rows(session: Session, view: CaseView) -> list[dict[str, Any]]:
    """Rows of promises; none where nothing was accepted, or where several workers would have to share a sum."""
    offer = accepted_offer(session, view.id)
    workers = [p.id for p in view.parties if p.side == "worker" and p.principal]
    if offer is None:
        return []
    party = offer.party_id if offer.party_id in workers else workers[0] if len(workers) == 1 else None
    if party is None:
        return []
    money = [{"party": party, "amount": yuan(offer.amount)}] if offer.amount is not None else []
    terms = [{"party": party, "duty": offer.terms}] if offer.terms else []
    return [*money, *terms]

"""What guards may know of a group: who represents it, and whether everybody covered by the draft has consented."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, and_, case, cast, func, null, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA
from ..cases.models import Case, Party
from ..recovery.models import Agreement, Promise
from .models import DraftConsent, ElectedSeat, Election
from .representatives import FEWEST, MOST

_draft = aliased(Agreement)
_consent = aliased(DraftConsent)

_DRAFTED = (_draft.case_id == Case.id, _draft.signed_on.is_(None), _draft.replaced_at.is_(None))
_SEATED = (
    Election.case_id == Case.id,
    Election.ended_on.is_(None),
    ElectedSeat.election_id == Election.id,
    Party.id == ElectedSeat.party_id,
    Party.left_on.is_(None),
)


def _of_case(statement: Any) -> Any:
    return statement.correlate(Case).scalar_subquery()


def _agrees(agreement: Any, party: Any) -> Any:
    given = (_consent.agreement_id == agreement, _consent.party_id == party, _consent.answer == "agreed")
    return select(_consent.id).where(*given).exists()


_seats = _of_case(select(func.count(Party.id)).where(*_SEATED))
_seated = _of_case(select(func.aggregate_strings(cast(Party.id, String), COMMA)).where(*_SEATED))
_covered = select(Promise.party_id).where(Promise.agreement_id == _draft.id, *_DRAFTED).distinct()
_missing = _of_case(
    select(func.count(Promise.id)).where(
        Promise.agreement_id == _draft.id, *_DRAFTED, ~_agrees(_draft.id, Promise.party_id)
    )
)
_drafts = _of_case(select(func.count(_draft.id)).where(*_DRAFTED))
_workers = select(func.aggregate_strings(cast(Party.id, String), COMMA)).where(
    Party.case_id == Case.id, Party.id.in_(_covered.correlate(Case))
)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "elected": _seated,
    "representatives_may_sign": case(
        (and_(_drafts == 1, _missing == 0, _seats.between(FEWEST, MOST)), _seated), else_=null()
    ),
    "drafted_workers": _of_case(_workers),
    "draft_consents_missing": _missing,
}
"""`elected`: party ids of the representatives of the election in force, comma-separated. `representatives_may_sign`:
the same ids where every worker covered by the draft has consented to it, else None. `drafted_workers`: the ids of
those workers. `draft_consents_missing` counts promises of the draft to workers who have not (yet) agreed."""

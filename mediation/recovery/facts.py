"""What guards may know of promises and money."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, String, bindparam, cast, func, select, union
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA, total
from ..cases.models import Case, Party
from .models import Agreement, Promise, Receipt

_live = aliased(Agreement)
_draft = aliased(Agreement)
_opposite = aliased(Receipt)


def _of_case(statement: Any) -> Any:
    return statement.correlate(Case).scalar_subquery()


_unsigned = select(_draft.id).where(_draft.case_id == Case.id, _draft.signed_on.is_(None), _draft.replaced_at.is_(None))


def _signers(column: Any) -> Any:
    """The workers and payers of the draft, as one comma-separated text."""
    both: Any = union(
        select(Promise.party_id).where(Promise.agreement_id.in_(_unsigned.correlate(Case))),
        select(Promise.payer_id).where(Promise.agreement_id.in_(_unsigned.correlate(Case))),
    )
    return select(func.aggregate_strings(column, COMMA)).where(Party.case_id == Case.id, Party.id.in_(both))


_IN_FORCE = (_live.id == Promise.agreement_id, _live.signed_on.is_not(None), _live.replaced_at.is_(None))
_OPEN_DUTY = (Promise.amount.is_(None), Promise.done_on.is_(None))
_FALLEN = Promise.due_on < bindparam("today", type_=Date())


def _promises(figure: Any, *conditions: ColumnElement[bool]) -> Any:
    """A figure over the promises of agreements in force."""
    return _of_case(select(figure).where(Promise.case_id == Case.id, *_IN_FORCE, *conditions))


MONEY: Mapping[str, ColumnElement[Any]] = {
    "promised": _promises(total(Promise.amount)),
    "paid": _promises(total(Receipt.amount), Receipt.promise_id == Promise.id),
    "duties_open": _promises(func.count(Promise.id), *_OPEN_DUTY),
    "fallen": _promises(total(Promise.amount), _FALLEN),
    "duties_fallen": _promises(func.count(Promise.id), *_OPEN_DUTY, _FALLEN),
    "lines": _of_case(
        select(func.count(Receipt.id)).where(
            Receipt.case_id == Case.id,
            Receipt.kind == "payment",
            Receipt.reverses_id.is_(None),
            Receipt.id.not_in(select(_opposite.reverses_id).where(_opposite.reverses_id.is_not(None))),
        )
    ),
}
"""In fen: `promised` by agreements in force, `paid` on them, `fallen` due before today. `duties_open` counts duties,
`lines` the payments that stand and could be reversed.
"""

DRAFT: Mapping[str, ColumnElement[Any]] = {
    "must_sign": _of_case(_signers(cast(Party.id, String))),
    "must_sign_names": _of_case(_signers(Party.name)),
    "draft_id": _of_case(
        select(func.max(_draft.id)).where(
            _draft.case_id == Case.id, _draft.signed_on.is_(None), _draft.replaced_at.is_(None)
        )
    ),
}
"""The draft that nobody has signed yet: its id, and whose signatures it needs."""

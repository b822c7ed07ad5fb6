"""What guards may know of promises and money."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, String, bindparam, cast, func, or_, select, union
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA, total
from ..cases.models import Case, Demand, Party
from .models import Agreement, Award, Promise, Receipt
from .owed import COUNTED, paid_on_promise

_live = aliased(Agreement)
_draft = aliased(Agreement)
_opposite = aliased(Receipt)


def _of_case(statement: Any) -> Any:
    return statement.correlate(Case).scalar_subquery()


_unsigned = select(_draft.id).where(_draft.case_id == Case.id, _draft.signed_on.is_(None), _draft.replaced_at.is_(None))


def _signers(column: Any) -> Any:
    """The workers, payers and indemnifiers of the draft, as one comma-separated text."""
    columns = (Promise.party_id, Promise.payer_id, Promise.indemnifier_id)
    all_of_them: Any = union(
        *(select(column).where(Promise.agreement_id.in_(_unsigned.correlate(Case))) for column in columns)
    )
    return select(func.aggregate_strings(column, COMMA)).where(Party.case_id == Case.id, Party.id.in_(all_of_them))


_BINDS = (
    _live.id == Promise.agreement_id,
    _live.signed_on.is_not(None),
    _live.replaced_at.is_(None),
    Promise.taken_over_at.is_(None),
)
_OPEN_DUTY = (Promise.amount.is_(None), Promise.done_on.is_(None))
_FALLEN = Promise.due_on < bindparam("today", type_=Date())


def _promises(figure: Any, *conditions: ColumnElement[bool]) -> Any:
    """A figure over the promises that bind."""
    return _of_case(select(figure).where(Promise.case_id == Case.id, *_BINDS, *conditions))


_rest = Promise.amount - paid_on_promise()
_open = or_(Promise.amount > paid_on_promise(), (Promise.amount.is_(None)) & Promise.done_on.is_(None))

MONEY: Mapping[str, ColumnElement[Any]] = {
    "promised": _promises(total(Promise.amount)),
    "paid": _promises(total(Receipt.amount), Receipt.promise_id == Promise.id),
    "duties_open": _promises(func.count(Promise.id), *_OPEN_DUTY),
    "fallen": _promises(total(Promise.amount), _FALLEN),
    "arrears": _promises(
        func.aggregate_strings(cast(Promise.party_id, String) + ":" + cast(_rest, String), COMMA), _FALLEN, _rest > 0
    ),
    "duties_fallen": _promises(func.count(Promise.id), *_OPEN_DUTY, _FALLEN),
    "owed": _promises(
        func.aggregate_strings(cast(Promise.id, String) + ":" + cast(Promise.agreement_id, String), COMMA), _open
    ),
    "lines": _promises(
        func.count(Receipt.id),
        Receipt.promise_id == Promise.id,
        Receipt.kind != "credit",
        Receipt.reverses_id.is_(None),
        Receipt.id.not_in(select(_opposite.reverses_id).where(_opposite.reverses_id.is_not(None))),
    ),
    "awards_live": _of_case(
        select(func.count(Award.id)).where(Award.case_id == Case.id, Award.superseded_at.is_(None))
    ),
    "agreements_live": _of_case(
        select(func.count(_live.id)).where(
            _live.case_id == Case.id,
            _live.kind != "award",
            _live.signed_on.is_not(None),
            _live.replaced_at.is_(None),
        )
    ),
    "injury_demands": _of_case(
        select(func.count(Demand.id)).where(
            Demand.case_id == Case.id,
            Demand.withdrawn_on.is_(None),
            or_(Demand.head == "injury", Demand.head == "medical"),
        )
    ),
}
"""In fen: `promised` by what binds (agreements, settlements, awards to be performed), `paid` on it, `fallen` due before
today, `arrears` what of it is open ("worker:fen", comma-separated). `duties_open` counts duties, `lines` the receipts
on binding promises that could be reversed; `owed` names the promises that are open ("promise:agreement").
"""

RECEIVED: Mapping[str, ColumnElement[Any]] = {
    "received": _of_case(select(total(Receipt.amount)).where(Receipt.case_id == Case.id, Receipt.kind.in_(COUNTED))),
}
"""In fen: all that reached the workers of the case, with reversals taken off."""

_STAND_IN = (
    cast(Party.id, String)
    + ":"
    + cast(Party.represents_id, String)
    + ":"
    + Party.role
    + ":"
    + func.coalesce(Party.authority, "", type_=String)
    + ":"
    + func.coalesce(cast(Party.authority_until, String), "", type_=String)
)

DRAFT: Mapping[str, ColumnElement[Any]] = {
    "must_sign": _of_case(_signers(cast(Party.id, String))),
    "must_sign_names": _of_case(_signers(Party.name)),
    "stand_ins": _of_case(
        select(func.aggregate_strings(_STAND_IN, COMMA)).where(
            Party.case_id == Case.id, Party.represents_id.is_not(None), Party.left_on.is_(None)
        )
    ),
    "dead": _of_case(
        select(func.aggregate_strings(cast(Party.id, String), COMMA)).where(
            Party.case_id == Case.id, Party.condition == "dead", Party.left_on.is_(None)
        )
    ),
    "draft_id": _of_case(
        select(func.max(_draft.id)).where(
            _draft.case_id == Case.id, _draft.signed_on.is_(None), _draft.replaced_at.is_(None)
        )
    ),
}
"""The draft that nobody has signed yet: its id, whose signatures it needs, who acts for whom (`recovery.signing`)."""

"""Awards of other bodies, recorded where their procedure runs. A later decision supersedes the earlier; both stay on
record, and only live ones count as awarded.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select, update

from ..cases.models import Party
from ..cases.step import Step
from ..errors import BadInput
from .models import Award

_BODY_OF = {
    "arbitration": "arbitration_body",
    "litigation": "suit_court",
    "enforcement": "enforcement_court",
    "payment_order": "payment_order_court",
}


def record_awards(step: Step) -> None:
    """Write `awards`; unless `award_adds` says that they stand beside, they supersede what the same workers were
    awarded before. The body comes from `award_body`, else from what is known of the procedure; the day from `award_on`.
    """
    rows = step.answers.awards
    _only_workers(step, rows)
    before = [] if step.facts.told("award_adds") else live_awards(step, {row.party for row in rows})
    body, on = _body(step), step.facts.day("award_on") or step.today
    awards = [_award(step, row, body, on) for row in rows]
    step.session.add_all(awards)
    step.session.flush()
    step.results["awards"] = [{"id": a.id, "party": a.party_id, "amount": a.amount} for a in awards]
    supersede(step, before, awards[0].id, step.results)


def supersede(step: Step, before: Iterable[int], by_id: int, result: dict[str, Any]) -> None:
    """These awards no longer count from now on; `result`, which goes into the audit entry, names them."""
    if ids := list(before):
        values = {"superseded_at": step.at, "superseded_by_id": by_id}
        step.session.execute(update(Award).where(Award.id.in_(ids)).values(values))
        result["superseded"] = ids


def live_awards(step: Step, parties: set[int]) -> list[int]:
    """The awards of these workers that count now."""
    query = select(Award.id).where(
        Award.case_id == step.case_id, Award.superseded_at.is_(None), Award.party_id.in_(parties)
    )
    return list(step.session.scalars(query.order_by(Award.id)))


def _only_workers(step: Step, rows: Iterable[Any]) -> None:
    query = select(Party.id).where(Party.case_id == step.case_id, Party.side == "worker")
    workers = set(step.session.scalars(query))
    wrong = {f"awards.{n}.party": "请从本案劳动者中选择。" for n, r in enumerate(rows) if r.party not in workers}
    if wrong:
        raise BadInput("填写的内容有误，请按提示修改。", wrong)


def _body(step: Step) -> str:
    known = step.facts.told("award_body") or step.facts.known(_BODY_OF.get(step.facts.workflow, "award_body"))
    return str(known or step.facts.known("award_body") or "裁判机关")


def _award(step: Step, row: Any, body: str, on: date) -> Award:
    return Award(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        party_id=row.party,
        head=row.head,
        amount=row.amount,
        net_of=row.net_of,
        body=body,
        decided_on=on,
        note=row.note or "",
        recorded_at=step.at,
    )

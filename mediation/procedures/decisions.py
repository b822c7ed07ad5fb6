"""Effects of decisions: what they award, what they put out of force, a hint at their finality."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update

from ..cases.activities import add_activity_row
from ..cases.effects import nothing
from ..cases.step import Step
from ..recovery.awards import record_awards
from ..recovery.models import Award
from ..recovery.undoing import DECIDED
from ..runtime import Effect, Inverse
from .final_award import final_award_hint


def record_decision(step: Step) -> None:
    """Record what is awarded. A decision that dismisses everything puts earlier awards at nothing."""
    if step.answers.awards:
        record_awards(step)
    elif step.answers.decision_result == "dismissed":
        _award_nothing(step)


def _live(step: Step) -> Mapping[int, int]:
    """The awards that count now: id and worker."""
    query = select(Award.id, Award.party_id).where(Award.case_id == step.case_id, Award.superseded_at.is_(None))
    return {row.id: row.party_id for row in step.session.execute(query.order_by(Award.id))}


def _award_nothing(step: Step) -> None:
    live = _live(step)
    body = step.facts.told("award_body") or step.facts.known("suit_court") or step.facts.known("arbitration_body")
    rows = [_nothing(step, party, str(body or "裁判机关")) for party in dict.fromkeys(live.values())]
    step.session.add_all(rows)
    step.session.flush()
    step.results["awards"] = [{"id": row.id, "party": row.party_id, "amount": row.amount} for row in rows]
    if rows:
        _supersede(step, live, rows[0].id)


def _nothing(step: Step, party_id: int, body: str) -> Award:
    return Award(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        party_id=party_id,
        amount=0,
        body=body,
        decided_on=step.answers.award_on,
        note="驳回请求",
        recorded_at=step.at,
    )


def annul_awards(step: Step) -> None:
    """The decision was annulled or set aside: nothing is awarded until the next one."""
    _supersede(step, _live(step), None)


def _supersede(step: Step, ids: Iterable[int], by_id: int | None) -> None:
    if live := list(ids):
        values = {"superseded_at": step.at, "superseded_by_id": by_id}
        step.session.execute(update(Award).where(Award.id.in_(live)).values(values))
        step.results["superseded"] = live


def hint_at_final_award(step: Step) -> None:
    """Say in the file whether the sums lie under the line of the final award; the decision says itself what it is."""
    amounts = [row.amount for row in step.answers.awards or ()]
    hint = final_award_hint(step.runtime.law, amounts, step.answers.award_on)
    if hint is not None:
        add_activity_row(step, "note", hint.sentence, step.at)
        step.results["final_award_hint"] = {"line": hint.line, "largest": hint.largest, "under": hint.under}


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (record_decision, annul_awards, hint_at_final_award)}
UNDOES: Mapping[str, Inverse] = {"record_decision": DECIDED, "annul_awards": DECIDED, "hint_at_final_award": nothing}

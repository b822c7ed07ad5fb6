"""What the mediation came to for each party, and why: written when it ends, told apart for workers and employers.

Nobody types it: it follows from who consented, whom and which demands the agreements in force cover, and from the
reason told for the failure or the withdrawal. A later ending replaces what it changes; the old row stays for reports
as at an earlier day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from ..cases.models import Party
from ..cases.step import Step
from ..runtime import Effect, Inverse
from .models import Agreement, PartyOutcome, Promise
from .owed import AGREED, IN_FORCE
from .rest import left_over

Result = tuple[str, str | None]
"""(code of party_outcomes, code of party_outcome_reasons)."""

REASONS = {"wait_for_procedures": "other_procedure", "transfer": "transferred", "agreement_void": "agreement_voided"}
"""Of events that ask for none."""
FILLING = ("withdraw", "wait_for_procedures", "transfer")
"""The mediation may have ended before: these say something only of parties of whom nothing was said."""
BY_CONSENT = {"refused": "refused", "unreachable": "no_contact", "no_answer": "no_answer"}
DAYS = ("signed_on", "failed_on", "withdrawn_on", "voided_on", "consent_on", "transferred_on")


def record_outcomes(step: Step) -> None:
    """One row for each worker and employer of the matter; nothing where consent was recorded and mediation goes on."""
    if step.event == "record_consent" and "failure_reason" not in step.results:
        return
    step.session.flush()
    standing = {row.party_id: row for row in step.session.scalars(_live(step)).all()}
    wanted = _outcomes(step)
    if step.event == "agreement_void":
        wanted = {party: result for party, result in wanted.items() if party in standing}
    if step.event in FILLING:
        wanted = {party: result for party, result in wanted.items() if party not in standing}
    changed = {
        party: result
        for party, result in wanted.items()
        if party not in standing or (standing[party].outcome, standing[party].reason) != result
    }
    _replace(step, [standing[party].id for party in changed if party in standing])
    on = next((day for name in DAYS if (day := step.facts.told(name)) is not None), step.today)
    _write(step, changed, on)


def reopen_outcomes(step: Step) -> None:
    """The mediation goes on: nothing is settled about anybody but those whom an agreement in force covers."""
    agreed = {party for party, (outcome, _) in _covered(step).items() if outcome.startswith("agreed")}
    rows = step.session.scalars(_live(step)).all()
    _replace(step, [row.id for row in rows if row.party_id not in agreed])


def _live(step: Step) -> Any:
    return select(PartyOutcome).where(PartyOutcome.case_id == step.case_id, PartyOutcome.replaced_at.is_(None))


def _replace(step: Step, ids: Iterable[int]) -> None:
    replaced = list(ids)
    step.session.execute(update(PartyOutcome).where(PartyOutcome.id.in_(replaced)).values(replaced_at=step.at))
    step.before.setdefault("outcomes_replaced", []).extend(replaced)


def _write(step: Step, results: Mapping[int, Result], on: date) -> None:
    rows = [
        PartyOutcome(
            case_id=step.case_id,
            proceeding_id=step.proceeding_id,
            party_id=party,
            outcome=outcome,
            reason=reason,
            on=on,
            event=step.event,
            at=step.at,
        )
        for party, (outcome, reason) in results.items()
    ]
    step.session.add_all(rows)
    step.session.flush()
    step.before["outcomes"] = [row.id for row in rows]


def _outcomes(step: Step) -> dict[int, Result]:
    """By party, whoever has left the case too."""
    covered = _covered(step)
    reason = _reason(step)
    query = select(Party).where(
        Party.case_id == step.case_id,
        Party.side.in_(("worker", "employer")),
        Party.represents_id.is_(None),
        Party.role != "elected_representative",
    )
    return {party.id: covered.get(party.id) or _without(party, reason) for party in step.session.scalars(query)}


def _reason(step: Step) -> str | None:
    told = step.results.get("failure_reason") or step.facts.told("failure") or step.facts.told("withdrawal_reason")
    return told or REASONS.get(step.event)


def _without(party: Party, reason: str | None) -> Result:
    """The outcome of somebody whom no agreement covers."""
    if party.left_on is not None:
        return "left", None
    if party.consent in BY_CONSENT:
        return BY_CONSENT[party.consent], None
    if reason in ("paid", "other"):
        return "withdrawn", reason
    if reason == "given_up":
        return ("waived" if party.side == "worker" else "withdrawn"), reason
    return "not_agreed", reason or "not_covered"


def _covered(step: Step) -> dict[int, Result]:
    """Whom the agreements in force cover: in full, or leaving demands open; and the employers who made them."""
    found: dict[int, Result] = {}
    whole = True
    for worker, items in left_over(step.session, step.case_id).items():
        if items is not None:
            found[worker] = ("agreed_partly", "not_covered") if items else ("agreed", None)
        whole = whole and items == ()
    if found:
        query = (
            select(Promise.payer_id)
            .join(Agreement, Agreement.id == Promise.agreement_id)
            .where(
                Promise.case_id == step.case_id, Agreement.kind.in_(AGREED), *IN_FORCE, Promise.payer_id.is_not(None)
            )
        )
        for payer in step.session.scalars(query):
            if payer is not None:
                found[payer] = ("agreed", None) if whole else ("agreed_partly", "not_covered")
    return found


def restore_outcomes(step: Step, before: Mapping[str, Any]) -> None:
    """What was said before is said again, in rows of their own: a report as at the time between stays as it was."""
    made = update(PartyOutcome).where(PartyOutcome.id.in_(before.get("outcomes", ())))
    step.session.execute(made.values(replaced_at=step.at))
    old = select(PartyOutcome).where(PartyOutcome.id.in_(before.get("outcomes_replaced", ())))
    copied = ("case_id", "proceeding_id", "party_id", "outcome", "reason", "on", "event")
    for row in step.session.scalars(old.order_by(PartyOutcome.id)).all():
        step.session.add(PartyOutcome(**{name: getattr(row, name) for name in copied}, at=step.at))
    step.session.flush()


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (record_outcomes, reopen_outcomes)}
UNDOES: Mapping[str, Inverse] = {"record_outcomes": restore_outcomes, "reopen_outcomes": restore_outcomes}

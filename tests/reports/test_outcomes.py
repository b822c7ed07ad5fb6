"""What mediations came to: by case and by person, each figure its list, as at a past day, no rate unasked."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.models import Party
from mediation.cases.undo import undo
from mediation.clock import TestClock
from mediation.db import Database
from mediation.recovery.models import PartyOutcome
from mediation.reports.outcomes import Report, listed, outcomes
from mediation.sweeping.missed import fire_missed
from tests.office import WORKER, Office, open_office

YEAR: dict[str, Any] = {"from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def told(office: Office, case_id: int) -> dict[str, tuple[str, str | None]]:
    """By name: outcome and reason as they stand."""
    with office.database.read() as session:
        query = (
            select(Party.name, PartyOutcome.outcome, PartyOutcome.reason)
            .join(Party, Party.id == PartyOutcome.party_id)
            .where(PartyOutcome.case_id == case_id, PartyOutcome.replaced_at.is_(None))
        )
        return {name: (outcome, reason) for name, outcome, reason in session.execute(query)}


def report(office: Office, as_of: datetime | None = None, rate: bool = False, **days: date) -> Report:
    with office.database.read() as session:
        return outcomes(session, office.runtime, office.supervisor, as_of=as_of, rate=rate, **{**YEAR, **days})


def counts(found: Report) -> dict[str, tuple[int, ...]]:
    return {row.title: row.counts for row in found.rows}


FIRM = "北京某餐饮有限公司"
TWO = [WORKER, {"name": "李四"}]
FAILED = {"failure": "failed_divergence", "failed_on": "2026-09-18"}
WITHDRAWN = {"withdrawal_reason": "given_up", "withdrawn_on": "2026-09-18"}


def asked(office: Office) -> tuple[int, int, int]:
    """A case in which the employer is asked; (case, proceeding, employer)."""
    case = office.register()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": "2026-09-18"})
    return case.case_id, case.proceeding_id, office.parties(case.case_id, "employer")[0]


@pytest.mark.parametrize(
    ("consent", "outcome"), [("refused", "refused"), ("unreachable", "no_contact"), ("no_answer", "no_answer")]
)
def test_who_did_not_consent_is_told_apart_from_who_did(office: Office, consent: str, outcome: str) -> None:
    case_id, proceeding_id, employer = asked(office)
    answer = {"consent_party": employer, "consent": consent, "consent_on": "2026-09-18"}
    office.fire(proceeding_id, "record_consent", answer)
    found = told(office, case_id)
    assert found[FIRM] == (outcome, None)
    assert found["张三"][0] == "not_agreed"


def test_an_agreement_with_one_of_two_is_partial_for_the_case(office: Office) -> None:
    case = office.signed(workers=TWO)
    assert told(office, case.case_id) == {
        "张三": ("agreed", None),
        "李四": ("not_agreed", "not_covered"),
        FIRM: ("agreed_partly", "not_covered"),
    }
    found = report(office)
    assert counts(found) == {
        "达成协议": (0, 1, 0),
        "部分达成协议：协议没有包括，或者还在继续调解": (1, 0, 1),
        "未达成协议：协议没有包括，或者还在继续调解": (0, 1, 0),
    }
    assert found.totals.counts == (1, 2, 1)
    assert found.rates == ()
    assert not any("%" in text for text in found.definitions)


def test_failure_withdrawal_and_expiry_keep_their_reasons(office: Office) -> None:
    failed, waived, over = office.accepted(), office.accepted(), office.accepted()
    office.fire(failed.proceeding_id, "declare_failed", FAILED)
    office.fire(waived.proceeding_id, "withdraw", WITHDRAWN)
    office.clock.move(days=30)
    fire_missed(office.runtime)
    assert told(office, failed.case_id)["张三"] == ("not_agreed", "failed_divergence")
    assert told(office, waived.case_id) == {"张三": ("waived", "given_up"), FIRM: ("withdrawn", "given_up")}
    assert set(told(office, over.case_id).values()) == {("not_agreed", "failed_expired")}
    with office.database.read() as session:
        for row in report(office).rows:
            for unit, count in zip(report(office).units, row.counts, strict=True):
                asked_for = {"unit": unit.name, "outcome": row.outcome, "reason": row.reason}
                assert len(listed(session, office.supervisor, **YEAR, **asked_for)) == count


def test_what_ended_before_is_not_said_anew_by_a_later_withdrawal(office: Office) -> None:
    case = office.accepted()
    office.fire(case.proceeding_id, "declare_failed", FAILED)
    office.fire(case.proceeding_id, "withdraw", WITHDRAWN)
    assert set(told(office, case.case_id).values()) == {("not_agreed", "failed_divergence")}


def test_a_mediation_that_goes_on_has_no_result_until_it_ends_again(office: Office) -> None:
    case = office.accepted()
    office.fire(case.proceeding_id, "declare_failed", FAILED)
    then = office.clock.now()
    office.clock.move(days=3)
    resumed = {"accepted_on": "2026-09-21", "both_signed": True}
    office.fire(case.proceeding_id, "resume_mediation", resumed)
    assert told(office, case.case_id) == {}
    assert report(office).totals.counts == (0, 0, 0)
    assert report(office).open_at_end == 1
    assert report(office, as_of=then).totals.counts == (1, 1, 1)
    office.clock.move(days=1)
    office.fire(case.proceeding_id, "declare_failed", {**FAILED, "failed_on": "2026-09-22"})
    assert counts(report(office, from_on=date(2026, 9, 22))) == {"未达成协议：分歧过大，无法达成一致": (1, 1, 1)}


def test_an_undone_ending_leaves_no_result_but_that_of_the_time(office: Office) -> None:
    case = office.signed(workers=TWO)
    standing = told(office, case.case_id)
    office.clock.move(minutes=1)
    done = office.fire(case.proceeding_id, "withdraw", WITHDRAWN)
    assert told(office, case.case_id) == standing
    other = office.accepted()
    office.clock.move(minutes=1)
    done = office.fire(other.proceeding_id, "declare_failed", FAILED)
    with office.database.write() as session:
        undo(
            session,
            office.runtime,
            other.proceeding_id,
            reason=None,
            revision=done.revision,
            key=office.key(),
            actor=office.mediator,
        )
    assert told(office, other.case_id) == {}


def test_a_rate_only_when_asked_for_with_all_it_is_made_of(office: Office) -> None:
    office.signed()
    failed = office.accepted()
    office.accepted()
    office.clock.move(days=20)
    office.fire(failed.proceeding_id, "declare_failed", {**FAILED, "failed_on": "2026-10-08"})
    found = report(office, rate=True)
    cases, workers = found.rates
    assert (cases.numerator, cases.denominator, cases.percent, cases.carried_in) == (1, 2, "50.0%", 0)
    assert (workers.numerator, workers.denominator) == (1, 2)
    assert found.open_at_end == 1
    assert any("分母" in text and "结转" in text for text in found.definitions)
    october = report(office, rate=True, from_on=date(2026, 10, 1))
    assert (october.rates[0].denominator, october.rates[0].carried_in, october.rates[0].percent) == (1, 1, "0.0%")
    empty = report(office, rate=True, from_on=date(2026, 1, 1), to_on=date(2026, 1, 31))
    assert empty.rates[0].percent == "—"


def test_nobody_counts_what_they_may_not_see(office: Office) -> None:
    office.signed()
    with office.database.read() as session:
        found = outcomes(session, office.runtime, office.lawyer, **YEAR)
    assert found.totals.counts == (0, 0, 0)

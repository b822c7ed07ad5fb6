"""Reminders before a right is lost, and after a missed payment, name the papers that are ready."""

from datetime import date

from tests.office import Office

from .conftest import Sweeper


def ladder(sweeper: Sweeper, name: str) -> list[tuple[str, int]]:
    return sorted((r.recipient, r.rung) for r in sweeper.reminders(name))


def about(sweeper: Sweeper, deadline: str) -> list[str]:
    """The bodies of the mediator's lines about this deadline, newest first."""
    lines = sweeper.lines(sweeper.office.mediator.person_id)
    return [line.body for line in lines if line.deadline == deadline]


def signed(office: Office) -> None:
    office.signed()


def test_the_windows_after_an_agreement_are_called_to_mind_down_to_the_last_day(sweeper: Sweeper) -> None:
    signed(sweeper.office)
    assert ladder(sweeper, "joint_review_apply") == [("mediator", n) for n in (-7, -3, -1, 0)] + [("supervisor", -1)]
    rungs = [("mediator", n) for n in (-15, -7, -3, -1, 0)] + [("supervisor", -1)]
    assert ladder(sweeper, "judicial_confirmation_apply") == rungs
    assert sweeper.deadline("joint_review_apply").nominal_due == date(2026, 10, 3)


def test_the_reminder_names_the_joint_paper(sweeper: Sweeper) -> None:
    signed(sweeper.office)
    sweeper.until(9, 26, 9)
    assert "《仲裁审查申请书》" in about(sweeper, "joint_review_apply")[0]
    sweeper.until(10, 3, 9)
    assert "《司法确认申请书》" in about(sweeper, "judicial_confirmation_apply")[0]


def test_the_limitation_is_called_to_mind_with_the_application_for_arbitration(sweeper: Sweeper) -> None:
    sweeper.office.register(
        since_on="2025-10-05",
        cause="C1",
        demands=[{"party": 0, "head": "severance", "amount": "9000"}],
    )
    due = sweeper.deadline("limitation").nominal_due
    assert {("mediator", n) for n in (-7, -3, -1, 0)} <= set(ladder(sweeper, "limitation"))
    sweeper.until(due.year, due.month, due.day, 9)
    found = [line for line in sweeper.lines(sweeper.office.supervisor.person_id) if line.deadline == "limitation"]
    assert "《仲裁申请书》" in found[0].body


def test_the_morning_after_a_missed_payment_the_mediator_reads_which_papers_are_ready(sweeper: Sweeper) -> None:
    signed(sweeper.office)
    sweeper.until(9, 28, 9)
    assert "申请书" not in about(sweeper, "promise_due")[0]
    sweeper.until(9, 29, 0)
    sweeper.until(9, 29, 9)
    body = about(sweeper, "promise_due")[0]
    assert "《支付令申请书》" in body
    assert "《仲裁申请书》" in body
    assert "强制执行" not in body

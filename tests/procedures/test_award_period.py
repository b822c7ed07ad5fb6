"""The award period of arbitration: restarted (AR 46), suspended (AR 47), extended (AR 45); counted by hand."""

from datetime import datetime

import pytest

from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.errors import BadInput
from tests.office import open_office
from tests.procedures.courtroom import Courtroom, courtroom


@pytest.fixture
def room(database: Database) -> Courtroom:
    """A case that is filed for arbitration on Monday 1 June 2026."""
    clock = TestClock(datetime(2026, 6, 1, 9, tzinfo=SHANGHAI))
    return courtroom(open_office(database, clock))


def _accepted(room: Courtroom, day: str) -> None:
    room.on(day).arbitrate()
    room.do("arbitration", "accept_arbitration", award_period_from_on=day)


def test_acceptance_counts_anew_from_the_correction(room: Courtroom) -> None:
    room.on("2026-09-18").arbitrate()
    assert room.due("arbitration", "accept_decision") == "2026-09-24"  # 20 (Sunday, works), 21, 22, 23, 24
    asked = {"correction_asked_on": "2026-09-21", "correction_day": "2026-09-30", "correction_items": "缺证据清单"}
    room.on("2026-09-21").do("arbitration", "ask_correction", **asked)
    room.on("2026-09-30").do("arbitration", "hand_in_correction", papers_corrected_on="2026-09-30")
    assert room.due("arbitration", "accept_decision_again") == "2026-10-13"  # 8, 9, 10 (Saturday, works), 12, 13


def test_suspension_counts_by_the_days_told_not_by_the_days_of_recording(room: Courtroom) -> None:
    _accepted(room, "2026-06-01")
    assert room.due("arbitration", "award") == "2026-07-16"
    suspended = {"suspension_ground": "appraisal", "suspended_on": "2026-06-20"}
    room.on("2026-06-25").do("arbitration", "suspend_arbitration", **suspended)
    room.on("2026-08-12").do("arbitration", "resume_arbitration", resumed_on="2026-08-10")
    assert room.due("arbitration", "award") == "2026-09-07"  # 51 days later: Saturday 5 September, rolled to Monday


def test_nothing_is_suspended_before_it_began_or_after_it_was_over(room: Courtroom) -> None:
    _accepted(room, "2026-06-01")
    early = {"suspension_ground": "heir", "suspended_on": "2026-05-31"}
    with pytest.raises(BadInput, match="中止日不能早于"):
        room.do("arbitration", "suspend_arbitration", **early)
    late = {"suspension_ground": "heir", "suspended_on": "2026-07-20"}
    room.on("2026-07-20").do("arbitration", "suspend_arbitration", **late)
    room.on("2026-07-27").do("arbitration", "resume_arbitration", resumed_on="2026-07-27")
    assert room.due("arbitration", "award") == "2026-07-16"


def test_public_notice_is_not_counted_and_ends_by_the_clock(room: Courtroom) -> None:
    _accepted(room, "2026-09-01")
    assert room.due("arbitration", "award") == "2026-10-16"
    room.on("2026-09-10").do("arbitration", "publish_notice", suspended_on="2026-09-10")
    assert room.due("arbitration", "public_notice_end") == "2026-10-10"
    room.on("2026-10-11").sweep()
    assert room.proceeding("arbitration").state == "accepted"
    assert room.due("arbitration", "award") == "2026-11-16"  # 31 days later


@pytest.mark.parametrize(
    ("event", "day", "more", "due"),
    [
        ("join_counterclaim", "2026-11-10", {}, "2026-12-25"),
        ("add_party", "2026-11-12", {"added_party": "派遣公司"}, "2026-12-28"),  # nominal Sunday 27
        ("change_claims", "2026-11-13", {"changed_claims": "加班工资"}, "2026-12-28"),
        ("move_venue", "2026-11-16", {"arbitration_body": "另一仲裁委员会"}, "2026-12-31"),
    ],
)
def test_what_changes_the_dispute_starts_the_award_period_anew(
    room: Courtroom, event: str, day: str, more: dict[str, str], due: str
) -> None:
    _accepted(room, "2026-11-02")
    assert room.due("arbitration", "award") == "2026-12-17"
    room.on("2026-11-16").do("arbitration", event, award_period_from_on=day, **more)
    assert room.due("arbitration", "award") == due


def test_the_director_may_give_fifteen_days_and_no_more(room: Courtroom) -> None:
    _accepted(room, "2026-09-18")
    assert room.due("arbitration", "award") == "2026-11-02"
    room.do("arbitration", "extend_award", award_extension_days=10, award_extension_by="主任")
    assert room.due("arbitration", "award") == "2026-11-12"
    with pytest.raises(BadInput, match="最多延长15日"):
        room.do("arbitration", "extend_award", award_extension_days=6, award_extension_by="主任")
    room.do("arbitration", "extend_award", award_extension_days=5, award_extension_by="主任")
    assert room.due("arbitration", "award") == "2026-11-17"


def test_hearing_days_count_backwards(room: Courtroom) -> None:
    _accepted(room, "2026-09-18")
    room.do("arbitration", "set_hearing", hearing_day="2026-10-12")
    assert room.due("arbitration", "hearing") == "2026-10-12"
    assert room.due("arbitration", "hearing_notice") == "2026-09-29"  # 10, 9, 8 October, 30, 29 September
    assert room.due("arbitration", "postponement") == "2026-10-08"


@pytest.mark.parametrize(
    ("finality", "worker", "effect"),
    [
        ("not_final", "2026-11-17", "2026-11-23"),
        ("final", "2026-11-17", "2026-12-07"),
        ("unmarked", "2026-11-17", "2026-11-23"),
    ],
)
def test_who_may_fight_an_award_until_when(room: Courtroom, finality: str, worker: str, effect: str) -> None:
    _accepted(room, "2026-10-20")
    room.on("2026-11-06").do("arbitration", "make_award", award_on="2026-11-01", decision_result="part")
    served = {"award_served_worker_on": "2026-11-02", "award_served_last_on": "2026-11-06"}
    room.do("arbitration", "serve_award", award_finality=finality, **served)
    assert room.due("arbitration", "worker_sue") == worker
    assert room.due("arbitration", "award_effect") == effect  # nominal 21 (Saturday), for a final one 6 (Sunday)

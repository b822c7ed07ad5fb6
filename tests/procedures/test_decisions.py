"""What counts as awarded after each decision, and the hint at a final award."""

from datetime import date

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.procedures.final_award import FinalAwardHint, final_award_hint
from tests.office import open_office, shipped
from tests.procedures.courtroom import Courtroom, courtroom


@pytest.fixture
def room(database: Database, clock: TestClock) -> Courtroom:
    return courtroom(open_office(database, clock))


def _awarded(room: Courtroom, *sums: str) -> None:
    today = room.office.clock.today().isoformat()
    room.arbitrate()
    room.do("arbitration", "accept_arbitration", award_period_from_on=today)
    rows = [{"party": room.worker(), "amount": amount} for amount in sums]
    room.do("arbitration", "make_award", award_on=today, decision_result="part", awards=rows)
    served = {"award_served_worker_on": today, "award_served_last_on": today}
    room.do("arbitration", "serve_award", award_finality="not_final", **served)
    suit = {"suit_filed_on": today, "suit_court": "示范区人民法院", "suing_sides": ["worker", "employer"]}
    room.do("arbitration", "sue", **suit)
    room.do("litigation", "register_suit", suit_registered_on=today, trial_procedure="ordinary")


def _judged(room: Courtroom, result: str, *sums: str) -> None:
    today = room.office.clock.today().isoformat()
    rows = [{"party": room.worker(), "amount": amount} for amount in sums]
    room.do("litigation", "judge", award_on=today, decision_result=result, awards=rows or None)
    served = {"judgment_served_worker_on": today, "judgment_served_last_on": today}
    room.do("litigation", "serve_judgment", **served)
    room.do("litigation", "appeal", appealed_on=today, appealing_sides=["worker"])
    room.do("litigation", "register_appeal", appeal_registered_on=today, appeal_court="第三中级人民法院")


def test_the_last_decision_counts(room: Courtroom) -> None:
    _awarded(room, "20000", "4000")
    assert room.awarded() == [2_000_000, 400_000]
    _judged(room, "part", "12000")
    assert room.awarded() == [1_200_000]
    today = room.office.clock.today().isoformat()
    rows = [{"party": room.worker(), "amount": "24404.89"}]
    changed = {"award_on": today, "award_body": "第三中级人民法院", "decision_result": "part", "awards": rows}
    room.do("litigation", "change_judgment", **changed)
    assert room.awarded() == [2_440_489]


def test_a_judgment_that_dismisses_everything_leaves_nothing_awarded(room: Courtroom) -> None:
    _awarded(room, "20000")
    _judged(room, "dismissed")
    assert room.awarded() == [0]


def test_after_remanding_nothing_is_awarded_until_the_next_judgment(room: Courtroom) -> None:
    _awarded(room, "20000")
    _judged(room, "part", "12000")
    room.do("litigation", "remand", remanded_on=room.office.clock.today().isoformat())
    assert room.awarded() == []


def test_the_file_says_whether_the_sums_lie_under_the_line(room: Courtroom) -> None:
    _awarded(room, "30480", "8000")
    assert any("单项最高30,480.00元" in note and "未超过" in note for note in room.notes())


@pytest.mark.parametrize(
    ("amounts", "on", "line", "under"),
    [
        ([3_048_000, 100], date(2026, 9, 18), 3_048_000, True),
        ([3_048_001], date(2026, 9, 18), 3_048_000, False),
        ([2_904_000], date(2025, 8, 31), 2_904_000, True),
        ([2_904_001], date(2025, 8, 31), 2_904_000, False),
    ],
)
def test_each_item_is_compared_with_twelve_minimum_wages_of_the_day(
    amounts: list[int], on: date, line: int, under: bool
) -> None:
    hint = final_award_hint(shipped().law, amounts, on)
    assert hint == FinalAwardHint(line, max(amounts))
    assert hint.under is under


def test_no_hint_without_sums_or_without_a_known_wage() -> None:
    law = shipped().law
    assert final_award_hint(law, [], date(2026, 9, 18)) is None
    assert final_award_hint(law, [100], date(1999, 1, 1)) is None

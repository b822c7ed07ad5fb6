"""The limitation clock: worked dates of 2025 and 2026, and what holds for every line of events."""

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mediation.law.book import LawBook
from mediation.law.limitation import Clock, Start, clock
from mediation.law.limitation_line import Interruption, Suspension
from mediation.law.limitation_window import double_wage
from mediation.settings import bundled

BOOK = LawBook.load(bundled("workflows"))
DAY = timedelta(days=1)
days = st.dates(date(2023, 1, 1), date(2026, 12, 31))


def ordinary(on: date, *events: Interruption | Suspension, kind: str = "ordinary") -> Clock:
    interruptions = tuple(e for e in events if isinstance(e, Interruption))
    suspensions = tuple(e for e in events if isinstance(e, Suspension))
    return clock(BOOK, Start(kind, on, "登记的起算日"), interruptions, suspensions)


def claimed(on: date) -> Interruption:
    return Interruption(on, "书面催要", (BOOK.statute("AR-27"),))


def flood(from_on: date, until_on: date | None) -> Suspension:
    return Suspension(from_on, until_on, "不可抗力", (BOOK.statute("LMA-27.3"),))


def test_a_year_that_ends_in_the_holiday_ends_after_it() -> None:
    found = ordinary(date(2025, 10, 3))
    assert (found.nominal_due, found.legal_due) == (date(2026, 10, 3), date(2026, 10, 8))
    assert found.days_left(date(2026, 9, 18)) == 20
    assert not found.provisional


def test_the_last_day_is_in_time_and_the_next_is_not() -> None:
    found = ordinary(date(2025, 9, 18))
    assert found.legal_due == date(2026, 9, 18)
    assert [found.state(date(2026, 9, 18)), found.state(date(2026, 9, 19))] == ["running", "expired"]
    assert found.days_left(date(2026, 9, 19)) == -1


def test_fewer_than_seven_days_is_urgent_and_seven_is_not() -> None:
    found = ordinary(date(2025, 9, 25))
    assert not found.urgent(date(2026, 9, 18))
    assert found.urgent(date(2026, 9, 19))
    assert not found.urgent(date(2026, 10, 9)), "what is over is not urgent any more"


def test_an_interruption_begins_the_year_anew_and_says_why() -> None:
    found = ordinary(date(2025, 3, 10), claimed(date(2025, 12, 1)))
    assert found.legal_due == date(2026, 12, 1)
    assert found.counted_from == date(2025, 12, 1)
    told = "".join(found.reasons)
    assert "2025年12月1日书面催要" in told
    assert "第二十七条" in told


def test_on_the_rolled_last_day_it_still_interrupts_and_a_day_later_no_more() -> None:
    start = date(2025, 10, 3)
    assert ordinary(start, claimed(date(2026, 10, 8))).nominal_due == date(2027, 10, 8)
    late = ordinary(start, claimed(date(2026, 10, 9)))
    assert late.legal_due == date(2026, 10, 8)
    assert any("发生在届满之后" in reason for reason in late.reasons)


def test_a_claim_before_the_start_changes_nothing() -> None:
    assert ordinary(date(2025, 6, 2), claimed(date(2025, 5, 1))).legal_due == date(2026, 6, 2)


def test_a_month_of_force_majeure_is_added() -> None:
    found = ordinary(date(2025, 6, 2), flood(date(2025, 8, 1), date(2025, 9, 1)))
    assert found.legal_due == date(2026, 7, 3)
    assert found.state(date(2025, 8, 15)) == "suspended"
    assert found.state(date(2025, 9, 1)) == "running"


def test_while_it_stands_still_there_is_no_last_day() -> None:
    found = ordinary(date(2025, 6, 2), flood(date(2026, 1, 5), None))
    assert (found.legal_due, found.days_left(date(2026, 9, 18))) == (None, None)
    assert found.state(date(2027, 9, 18)) == "suspended"


def test_a_suspension_in_the_days_of_rolling_still_leaves_its_remainder() -> None:
    found = ordinary(date(2025, 10, 3), flood(date(2026, 10, 5), date(2026, 11, 5)))
    assert found.legal_due == date(2026, 11, 9), "10-08 and 31 days: Sunday, so Monday"


def test_an_interruption_while_it_stands_still_begins_anew_and_waits() -> None:
    found = ordinary(date(2025, 6, 2), flood(date(2025, 8, 1), date(2025, 10, 1)), claimed(date(2025, 9, 1)))
    assert found.nominal_due == date(2026, 10, 1)


def test_wages_do_not_run_while_employed_and_run_a_year_from_the_end() -> None:
    employed = clock(BOOK, Start("wages", None, "劳动关系存续"))
    assert employed.state(date(2026, 9, 18)) == "not_running"
    assert employed.cites[0].id == "LMA-27.4"
    left = ordinary(date(2026, 1, 31), kind="wages")
    assert left.nominal_due == date(2027, 1, 31)
    assert left.provisional, "there is no calendar of 2027 yet"
    assert left.state(date(2026, 1, 30)) == "not_running"


def test_civil_servants_have_sixty_days_from_the_dispute() -> None:
    found = ordinary(date(2026, 3, 2), kind="civil_servant")
    assert found.nominal_due == date(2026, 5, 1)
    assert {cite.id for cite in found.cites} == {"CSL-105", "AR-26.2"}
    assert not any("尚未核实" in reason for reason in found.reasons)


def test_double_wage_day_by_day() -> None:
    """Hired on 1 November 2024, never signed: on 15 August 2026 only the days from 15 August 2025 on are in time."""
    window = (date(2024, 12, 1), date(2025, 10, 31))
    found = double_wage(BOOK, Start("double_wage", window[0], "应签未签"), window, date(2026, 8, 15))
    assert found.window is not None
    assert (found.window.in_time_from, found.window.in_time_until) == (date(2025, 8, 15), date(2025, 10, 31))
    assert (found.window.in_time, found.window.days) == (78, 335)
    assert found.window.next_loss == date(2026, 8, 15)
    assert found.legal_due == date(2026, 10, 31)
    later = double_wage(BOOK, Start("double_wage", window[0], "应签未签"), window, date(2026, 11, 1))
    assert later.state(date(2026, 11, 1)) == "expired"
    assert later.window is not None
    assert later.window.in_time == 0


def test_double_wage_claimed_in_time_keeps_the_days_that_were_left() -> None:
    window = (date(2025, 1, 1), date(2025, 11, 30))
    start, at = Start("double_wage", window[0], "应签未签"), date(2026, 9, 18)
    found = double_wage(BOOK, start, window, at, (claimed(date(2026, 3, 2)),))
    assert found.window is not None
    assert found.window.in_time_from == date(2025, 3, 2)
    assert found.window.next_loss == date(2027, 3, 2)
    suspended = double_wage(BOOK, start, window, at, (), (flood(date(2025, 12, 1), None),))
    assert suspended.state(at) == "suspended"


@given(days, days, st.none() | st.tuples(days, st.integers(1, 300)))
def test_an_interruption_never_shortens(start: date, on: date, pause: tuple[date, int] | None) -> None:
    pauses = (flood(pause[0], pause[0] + DAY * pause[1]),) if pause else ()
    without, with_it = ordinary(start, *pauses), ordinary(start, *pauses, claimed(on))
    assert without.legal_due is not None
    assert with_it.legal_due is not None
    assert with_it.legal_due >= without.legal_due


@given(days, st.integers(0, 365), st.integers(1, 500))
def test_a_suspension_of_n_days_lengthens_by_n(start: date, after: int, n: int) -> None:
    begin, plain = start + DAY * after, ordinary(start)
    assert plain.nominal_due is not None
    found = ordinary(start, flood(begin, begin + DAY * n))
    if begin <= plain.nominal_due:
        assert found.nominal_due == plain.nominal_due + DAY * n


events = st.lists(
    days.map(claimed) | st.tuples(days, st.integers(1, 200)).map(lambda p: flood(p[0], p[0] + DAY * p[1])), max_size=7
)


@given(days, events, st.integers(0, 99))
def test_the_order_in_which_events_are_told_does_not_matter(
    start: date, told: list[Interruption | Suspension], seed: int
) -> None:
    shuffled = random.Random(seed).sample(told, len(told))
    one, other = ordinary(start, *told), ordinary(start, *shuffled)
    assert (one.nominal_due, one.legal_due, one.reasons) == (other.nominal_due, other.legal_due, other.reasons)


@given(days, events)
def test_the_last_day_is_never_before_a_plain_year(start: date, told: list[Interruption | Suspension]) -> None:
    found, plain = ordinary(start, *told), ordinary(start)
    assert found.legal_due is not None
    assert plain.legal_due is not None
    assert found.legal_due >= plain.legal_due


@given(days, events, days)
def test_double_wage_loses_days_and_never_wins_any_back(
    first: date, told: list[Interruption | Suspension], at: date
) -> None:
    window = (first, first + DAY * 100)
    interruptions = tuple(e for e in told if isinstance(e, Interruption))
    suspensions = tuple(e for e in told if isinstance(e, Suspension))
    start = Start("double_wage", first, "应签未签")
    now, later = (
        double_wage(BOOK, start, window, day, interruptions, suspensions).window for day in (at, at + DAY * 30)
    )
    assert now is not None
    assert later is not None
    assert later.in_time <= now.in_time <= 101

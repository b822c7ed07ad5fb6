"""What must hold for every date, not only for the worked ones."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mediation.law.book import LawBook
from mediation.law.reckoning import add_months, reckon
from mediation.law.workdays import Workdays
from mediation.settings import bundled
from tests.law.rules import bare

BOOK = LawBook.load(bundled("workflows"))
CALENDAR = BOOK.calendar
DAY = timedelta(days=1)
days = st.dates(date(2019, 1, 1), date(2032, 12, 31))
lengths = st.integers(1, 400)
forward_units = st.sampled_from(["natural_days", "working_days", "months", "years"])


@given(days, days, st.integers(1, 60), forward_units)
def test_a_later_start_never_ends_earlier(one: date, other: date, n: int, unit: str) -> None:
    rule = bare(BOOK, n, unit)
    first, second = sorted((one, other))
    assert reckon(rule, first, CALENDAR).legal_due <= reckon(rule, second, CALENDAR).legal_due


@given(days, st.integers(1, 60), forward_units)
def test_a_longer_period_never_ends_earlier(start: date, n: int, unit: str) -> None:
    shorter, longer = (reckon(bare(BOOK, length, unit), start, CALENDAR) for length in (n, n + 1))
    assert shorter.nominal_due < longer.nominal_due
    assert shorter.legal_due <= longer.legal_due


@given(days, st.integers(1, 60), forward_units)
def test_a_rolled_end_is_a_working_day_and_the_first_one(start: date, n: int, unit: str) -> None:
    found = reckon(bare(BOOK, n, unit), start, CALENDAR)
    assert CALENDAR.is_workday(found.legal_due)
    skipped = (found.legal_due - found.nominal_due).days
    assert not any(CALENDAR.is_workday(found.nominal_due + DAY * i) for i in range(skipped))


@given(days, lengths)
def test_counting_forward_agrees_with_walking(start: date, n: int) -> None:
    day, left = start, n
    while left:
        day += DAY
        left -= CALENDAR.is_workday(day)
    assert CALENDAR.add_working(start, n) == day
    assert CALENDAR.count_working(start, day) == n


@given(days, lengths)
def test_counting_back_undoes_counting_forward(start: date, n: int) -> None:
    working = CALENDAR.roll(start)
    assert CALENDAR.sub_working(CALENDAR.add_working(working, n), n) == working


@given(days, st.integers(-60, 60))
def test_months_keep_the_day_or_take_the_last(start: date, n: int) -> None:
    found = add_months(start, n)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == n
    assert found.day == start.day or (found.day < start.day and (found + DAY).day == 1)


@given(days, st.integers(1, 300))
def test_provisional_working_days_iff_a_counted_year_has_no_table(start: date, n: int) -> None:
    found = reckon(bare(BOOK, n, "working_days"), start, CALENDAR)
    years = range((start + DAY).year, found.legal_due.year + 1)
    assert found.provisional == any(year not in CALENDAR.calendars for year in years)
    assert found.provisional == any("放假安排" in r and "重算" in r for r in found.reasons)


@given(days, st.integers(1, 60), st.sampled_from(["natural_days", "months", "years"]))
def test_provisional_natural_period_iff_its_end_was_looked_up_without_a_table(start: date, n: int, unit: str) -> None:
    found = reckon(bare(BOOK, n, unit), start, CALENDAR)
    years = range(found.nominal_due.year, found.legal_due.year + 1)
    assert found.provisional == any(year not in CALENDAR.calendars for year in years)


@given(days, st.integers(1, 60), st.sampled_from(["natural_days", "working_days", "months", "years"]))
def test_a_before_deadline_lies_before(start: date, n: int, unit: str) -> None:
    found = reckon(bare(BOOK, n, unit, "before"), start, CALENDAR)
    assert found.legal_due == found.nominal_due < start


@given(days, st.integers(1, 30))
def test_a_gap_between_tables_counts_as_missing(start: date, n: int) -> None:
    gap = Workdays([c for y, c in CALENDAR.calendars.items() if y != 2025])
    assert gap.missing(date(2024, 12, 31), date(2026, 1, 1)) == (2025,)
    assert gap.count_working(start, gap.add_working(start, n)) == n

"""What must hold for any facts: no sum falls as wages or years grow, none is negative, 2N is twice N, dates decide."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediation.entitlements.calculate import calculate, plain
from mediation.errors import BadInput, NotFound
from mediation.law.book import LawBook
from mediation.law.entitlements.registry import FORMULAS
from mediation.law.entitlements.spans import after_months, calendar_months, full_months, service_months, years_back
from mediation.law.entitlements.sums import rounded, sum_text
from mediation.money import yuan
from mediation.settings import bundled
from tests.law.entitlements.working import TODAY, months, total, worked

BOOK = LawBook.load(bundled("workflows"))
CAP = 4_710_325
DAYS = st.dates(date(1990, 1, 1), date(2026, 11, 20))
WAGES = st.integers(1, 20_000_000)
SLOWLY = settings(max_examples=60, deadline=None)


def employed(start: date, end: date, wage: int) -> dict[str, Any]:
    return {"start": start.isoformat(), "end": end.isoformat(), "average_wage": yuan(wage)}


@SLOWLY
@given(st.tuples(DAYS, DAYS).map(sorted), WAGES)
def test_twice_the_severance(days: list[date], wage: int) -> None:
    raw = employed(*days, wage)
    once, twice = worked(BOOK, "severance", **raw), worked(BOOK, "unlawful_dismissal", **raw)
    exact = [sum((s.adds for s in found.steps if s.adds is not None), Fraction(0)) for found in (once, twice)]
    assert exact[1] == 2 * exact[0]
    assert once.amount is not None
    assert once.amount >= 0


@SLOWLY
@given(st.tuples(DAYS, DAYS).map(sorted), st.tuples(st.integers(1, CAP), st.integers(1, CAP)).map(sorted))
def test_severance_grows_with_the_wage_below_the_cap(days: list[date], wages: list[int]) -> None:
    less, more = (total(BOOK, "severance", **employed(*days, wage)) for wage in wages)
    assert less <= more


@SLOWLY
@given(DAYS, st.integers(0, 9000), st.integers(1, 400), WAGES)
def test_severance_grows_with_the_years(start: date, days: int, more: int, wage: int) -> None:
    ends = [start + timedelta(days=days), start + timedelta(days=days + more)]
    on = date(2026, 9, 1)
    sums = [worked(BOOK, "severance", as_of=on, **employed(start, end, wage)).amount or 0 for end in ends]
    assert 0 < sums[0] <= sums[1]


@SLOWLY
@given(DAYS, st.integers(0, 600))
def test_full_months_and_days_lead_back_to_the_end(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    whole, rest = full_months(start, end)
    assert after_months(start, whole) + timedelta(days=rest - 1) == end
    assert after_months(start, whole + 1) > end + timedelta(days=1)


@SLOWLY
@given(DAYS, st.integers(0, 800))
def test_calendar_months_cover_each_day_once(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    pieces = calendar_months(first, last)
    assert sum((b - a).days + 1 for a, b in pieces) == days + 1
    assert all((a.year, a.month) == (b.year, b.month) for a, b in pieces)


@pytest.mark.parametrize(
    ("start", "end", "k"),
    [
        ("2020-01-01", "2020-01-01", "0.5"),
        ("2020-01-01", "2020-06-29", "0.5"),
        ("2020-01-01", "2020-06-30", "1"),
        ("2020-01-01", "2020-12-31", "1"),
        ("2020-01-01", "2021-01-01", "1.5"),
        ("2020-03-16", "2023-09-14", "3.5"),
        ("2020-03-16", "2023-09-15", "4"),
        ("2020-02-29", "2021-02-28", "1"),
        ("2020-02-29", "2021-03-01", "1.5"),
        ("2024-08-31", "2025-02-27", "0.5"),
        ("2024-08-31", "2025-02-28", "1"),
        ("2025-12-31", "2026-06-30", "1"),
    ],
)
def test_years_and_halves_at_their_edges(start: str, end: str, k: str) -> None:
    found = service_months(date.fromisoformat(start), date.fromisoformat(end))
    assert found == Fraction(k)


def test_a_day_that_decides_is_pointed_out(book: LawBook) -> None:
    edge = worked(book, "severance", start="2020-01-01", end="2026-06-30", average_wage="9000")
    clear = worked(book, "severance", start="2020-01-01", end="2026-05-15", average_wage="9000")
    assert any("差一天" in doubt for doubt in edge.uncertain)
    assert not any("差一天" in doubt for doubt in clear.uncertain)


def test_a_year_back_from_a_leap_day() -> None:
    assert years_back(date(2024, 2, 29), 1) == date(2023, 3, 1)


@SLOWLY
@given(DAYS, st.integers(0, 500), WAGES, st.sampled_from(["divisor", "working_days"]))
def test_double_wage_is_at_most_eleven_months(hired: date, days: int, wage: int, method: str) -> None:
    signed = (hired + timedelta(days=days)).isoformat()
    raw = {"hired": hired.isoformat(), "signed": signed, "monthly_wage": yuan(wage), "method": method}
    found = worked(BOOK, "double_wage", **raw)
    assert found.amount is not None
    assert 0 <= found.amount <= 11 * wage
    if found.range:
        assert found.range[0] <= found.amount <= found.range[1]


@SLOWLY
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=12))
def test_arrears_are_never_negative_and_add_up(sums: list[tuple[int, int]]) -> None:
    rows = [{"month": f"2025-{n:02d}", "payable": yuan(a), "paid": yuan(b)} for n, (a, b) in enumerate(sums, 1)]
    assert total(BOOK, "arrears", months=rows) == sum(max(a - b, 0) for a, b in sums)


def test_two_wage_bases_are_both_kept(book: LawBook) -> None:
    rows = [
        {"month": "2025-01", "payable": "4500", "paid": "2850", "employer_says": "3300"},
        {"month": "2025-03", "payable": "4500", "paid": "1050"},
    ]
    found = worked(book, "arrears", months=rows)
    assert (found.amount, found.range) == (510_000, (390_000, 510_000))


@pytest.mark.parametrize(
    ("as_of", "expected"), [(None, 54_000), ("2026-01-01", 54_000), ("2024-01-01", 42_000), ("2022-01-01", 32_000)]
)
def test_the_day_decides_which_minimum_wage_counts(book: LawBook, as_of: str | None, expected: int) -> None:
    day = date.fromisoformat(as_of) if as_of else None
    found = worked(book, "minimum_wage_gap", as_of=day, months=months("2000", "2026-03"))
    assert found.amount == expected
    assert found.parameters[0].on == (day or date(2026, 3, 1))


def test_each_month_has_the_minimum_wage_of_its_own_time(book: LawBook) -> None:
    assert total(book, "minimum_wage_gap", months=months("2000", "2023-08", "2023-09", "2025-09")) == 128_000


def test_an_amount_that_is_not_known_is_named(book: LawBook) -> None:
    with pytest.raises(BadInput, match=r"月最低工资标准.*2021-08-01"):
        worked(book, "minimum_wage_gap", months=months("1000", "2020-01"))


def test_rounding_happens_once_at_the_end(book: LawBook) -> None:
    """Rounding each step would give another cent."""
    found = worked(book, "overtime", monthly_wage="10000", weekday_hours=1, rest_hours=1, holiday_hours=1)
    exact = Fraction(10_000, 174) * Fraction(13, 2)
    assert found.amount == rounded(exact)
    assert "舍入前" in found.rounding
    assert [rounded(Fraction(n, 1000)) for n in (4, 5, 14, 15)] == [0, 1, 1, 2]


def test_sums_in_words_are_exact_or_say_so() -> None:
    told = [sum_text(Fraction(text)) for text in ("1234.5", "164861.375", "20000", "0.01")]
    assert told == ["1,234.50元", "164,861.375元", "20,000元", "0.01元"]
    assert sum_text(Fraction(20000) / Fraction("21.75")) == "约919.54元"


def test_comprehensive_hours_know_no_rest_days(book: LawBook) -> None:
    with pytest.raises(BadInput) as refused:
        worked(book, "overtime", monthly_wage="10000", rest_days=2, system="comprehensive")
    assert list(refused.value.fields) == ["system"]
    assert total(book, "overtime", monthly_wage="10000", weekday_hours=8, system="flexible") == 0


def test_a_low_base_is_raised_to_the_minimum_wage(book: LawBook) -> None:
    found = worked(book, "overtime", monthly_wage="2000", weekday_hours=10)
    assert found.amount == rounded(Fraction(2540, 174) * 15)


def test_every_result_says_what_it_rests_on(book: LawBook) -> None:
    found = worked(book, "severance", start="2020-03-16", end="2026-09-30", average_wage="60000")
    assert [used.key for used in found.parameters] == ["cap_wage_monthly", "min_wage_monthly"]
    assert any("封顶月工资" in doubt and "待核实" in doubt for doubt in found.uncertain)
    assert {cite.id for cite in found.articles} == {"LCL-46", "LCL-47", "LCLR-27", "BJQA-55"}
    assert (found.rule, found.figure("base")) == ("severance@1", "47,103.25元")


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=lambda formula: str(formula.id))
def test_every_formula_is_cited_titled_and_plain(book: LawBook, formula: Any) -> None:
    assert all(book.statute(id) for id in formula.cites)
    assert formula.title
    assert formula.applies.endswith("。")


def test_open_points_name_formulas_that_exist(book: LawBook) -> None:
    named = {id for doubt in book.doubts.values() for id in doubt.touches.get("formulas", ())}
    assert named <= set(FORMULAS)


@pytest.mark.parametrize(
    ("formula", "raw", "fields"),
    [
        ("severance", {}, {"start", "end", "average_wage"}),
        ("severance", {"start": "2026-01-02", "end": "2026-01-01", "average_wage": "1"}, {"end"}),
        (
            "severance",
            {"start": "2026-02-30", "end": "x", "average_wage": "-1", "k": 3},
            {"start", "end", "average_wage", "k"},
        ),
        ("severance", {"start": "1026-01-01", "end": "2026-01-01", "average_wage": 3.5}, {"start", "average_wage"}),
        ("overtime", {"monthly_wage": "1000000000.01", "weekday_hours": "1e3"}, {"monthly_wage", "weekday_hours"}),
        ("arrears", {"months": []}, {"months"}),
        ("arrears", {"months": [{"month": "2025-13", "payable": "1"}]}, {"months.0.month"}),
        ("arrears", {"months": months("1", "2025-01", "2025-01")}, {"months.0.payable", "months.1.payable"}),
        ("shutdown_wage", {"monthly_wage": "1", "months": months("0", "2025-01", "2025-01")}, {"months"}),
        ("injury_disability", {"own_wage": "1", "injured_on": "2026-01-01", "grade": 11}, {"grade"}),
        ("injury_care", {"level": "none", "on": "2026-01-01"}, {"level"}),
        ("medical_period", {"career_years": 3, "years_here": 4}, {"years_here"}),
        ("annual_leave", {"average_wage": "1", "career_years": 1, "year": 2026, "left": "2025-01-01"}, {"left"}),
        ("annual_leave", {"average_wage": "1", "career_years": "1.5", "year": 2026}, {"career_years"}),
        ("extra_compensation", {"unpaid": "1", "rate": 49}, {"rate"}),
    ],
)
def test_each_wrong_field_has_its_sentence(book: LawBook, formula: str, raw: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(BadInput) as refused:
        calculate(book, formula, raw, today=TODAY)
    assert set(refused.value.fields) == fields
    assert all(sentence.endswith("。") for sentence in refused.value.fields.values())


def test_an_unknown_formula_lists_what_there_is(book: LawBook) -> None:
    with pytest.raises(NotFound, match="severance  经济补偿"):
        calculate(book, "severence", {}, today=TODAY)


def test_what_was_asked_is_read_back_the_same(book: LawBook) -> None:
    raw = {"months": [{"month": "2025-01", "payable": "4500.00", "paid": "2850.50"}]}
    first = plain(calculate(book, "arrears", raw, today=TODAY))
    again = plain(calculate(book, "arrears", first["inputs"], today=TODAY))
    assert first == again
    assert first["inputs"] == raw
    assert Decimal(first["amount"]) == Decimal("1649.50")

"""Every sum that the published cases state is computed by a formula, and agrees with the source as the file says."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from mediation.law.book import LawBook
from mediation.law.reckoning import fixed_date
from mediation.money import fen, split, yuan
from tests.law.entitlements.matching import agrees, number
from tests.law.entitlements.working import worked

FILE = Path(__file__).parents[2] / "published_cases" / "real_cases.open.yaml"
SHUTDOWN = [{"month": f"{year}-02"} for year in range(2017, 2025)]
PART_MONTH = {"monthly_wage": "3000", "days_in_month": 30, "percent": 70}


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, row) of every vector, and of every calculation of a case as RC-01.arrears_shortfall."""
    told = yaml.safe_load(FILE.read_text("utf-8"))
    for vector in told["calculator_vectors"]:
        yield vector["id"], vector
    for case in told["cases"]:
        for row in case.get("calc", ()):
            yield f"{case['id']}.{row['name']}", row


ROWS = dict(_rows())


def _parts(*sums: str) -> list[dict[str, str]]:
    return [{"title": f"第{n}项", "amount": each} for n, each in enumerate(sums, 1)]


FORMULAS: dict[str, tuple[str, dict[str, Any]]] = {
    "CV-01": ("unlawful_dismissal", {"start": "2020-06-01", "end": "2020-07-31", "average_wage": "8000"}),
    "CV-03": ("overtime", {"monthly_wage": "20000", "rest_days": 3}),
    "CV-05": ("severance", {"start": "2011-09-16", "end": "2021-03-19", "average_wage": "5314"}),
    "CV-07": ("double_wage", {"hired": "2021-11-03", "signed": "2022-08-03", "monthly_wage": "15000"}),
    "CV-09": ("injury_leave_pay", {"monthly_wage": "3535.60", "months": 2}),
    "CV-11": (
        "training_penalty",
        {"penalty": "500000", "service_from": "2019-09-01", "left": "2022-09-01", "service_years": 5},
    ),
    "CV-13": ("equal_share", {"total": "125000", "people": 5}),
    "CV-15": ("unlawful_dismissal", {"start": "2013-08-01", "end": "2020-11-23", "average_wage": "27000"}),
    "CV-17": ("part_month_pay", {**PART_MONTH, "days": 6}),
    "CV-19": ("sum", {"items": _parts("22000", "8000")}),
    "RC-01.arrears_shortfall": (
        "arrears",
        {
            "months": [
                {"month": "2025-01", "payable": "4500", "paid": "2850"},
                {"month": "2025-02", "payable": "4500", "paid": "1050"},
            ]
        },
    ),
    "RC-01.shutdown_wage": ("shutdown_wage", {"monthly_wage": "4500", "months": SHUTDOWN}),
    "RC-02.average_per_worker": ("equal_share", {"total": "860000", "people": 25}),
    "RC-03.coverage_sum": ("sum", {"items": _parts("55", "169")}),
    "RC-10.average_per_worker": ("equal_share", {"total": "55380", "people": 7}),
    "RC-11.average_per_worker": ("equal_share", {"total": "370000", "people": 20}),
    "RC-12.average_per_worker": ("equal_share", {"total": "3250000", "people": 50}),
    "RC-13.share_affected": ("share", {"part": "44", "whole": "96"}),
    "RC-16.total": ("sum", {"items": _parts("13979", "31359", "15607")}),
    "RC-25.per_worker": ("equal_share", {"total": "51000", "people": 3}),
    "RC-29.agreed_total": ("sum", {"items": _parts("122125", "10000")}),
    "RC-29.recovery_rate": ("share", {"part": "92125", "whole": "132125"}),
    "RC-29.outstanding": ("sum", {"items": _parts("132125"), "credits": _parts("92125")}),
    "RC-34.statutory_total": ("sum", {"items": _parts("423497.80", "766911.55")}),
    "RC-34.settlement_share": ("share", {"part": "423497.80", "whole": "1190409.35"}),
    "RC-35.balance": ("sum", {"items": _parts("8120"), "credits": _parts("3000", "1012")}),
    "RC-37.bonus_share": ("share", {"part": "2250", "whole": "4500"}),
}


def _agreed(book: LawBook, signed: date, days: int) -> date:
    """A day that the parties wrote down themselves stays where it is, even on a holiday."""
    written = signed + timedelta(days=days)
    return fixed_date(book.period("agreement_performance_due", signed), signed, written).legal_due


def _objection(book: LawBook, served: date) -> date:
    """Fifteen days then as now; the book knows the rule since its present wording."""
    return book.reckon("payment_order_debtor", served, as_of=date(2024, 1, 1)).nominal_due


DATES: dict[str, Callable[[LawBook], date | int]] = {
    "RC-08.due_date": lambda book: _agreed(book, date(2025, 7, 1), 3),
    "RC-12.due_date": lambda book: _agreed(book, date(2018, 9, 17), 15),
    "RC-12.days_overdue_at_enforcement": lambda book: (date(2018, 10, 10) - _agreed(book, date(2018, 9, 17), 15)).days,
    "RC-27.objection_deadline": lambda book: _objection(book, date(2018, 2, 12)),
}
"""What is a day and no sum; computed by the periods of the law book."""


def test_no_published_calculation_is_left_out() -> None:
    assert set(FORMULAS) | set(DATES) == set(ROWS)


@pytest.mark.parametrize("id", FORMULAS)
def test_the_formula_gives_the_published_sum(book: LawBook, id: str) -> None:
    formula, raw = FORMULAS[id]
    found = worked(book, formula, **raw)
    told = number(found.answer) if found.amount is None else Decimal(yuan(found.amount))
    assert told is not None
    assert agrees(ROWS[id]["match"], told, ROWS[id]), f"{found.answer} is not {ROWS[id]}"


@pytest.mark.parametrize("id", DATES)
def test_the_period_gives_the_published_day(book: LawBook, id: str) -> None:
    row, found = ROWS[id], DATES[id](book)
    if row["match"] == "rule_only":
        assert row["expected"] is None
        assert found == date(2025, 7, 4)
    else:
        assert str(found) == row["expected"]


def test_the_wage_that_a_claim_implies_gives_the_claim_back(book: LawBook) -> None:
    """CV-13: 4 years 6 months 9 days are five months' pay."""
    vector = ROWS["CV-13"]
    found = worked(book, "severance", start="2018-08-15", end="2023-02-24", average_wage=vector["expected"])
    assert found.figure("months") == str(vector["inputs"]["months"])
    assert found.amount == fen(vector["inputs"]["claimed"])


@pytest.mark.parametrize(
    ("start", "end", "months"), [("2011-09-16", "2021-03-19", "10"), ("2013-08-01", "2020-11-23", "7.5")]
)
def test_published_lengths_of_service(book: LawBook, start: str, end: str, months: str) -> None:
    assert worked(book, "severance", start=start, end=end, average_wage="9000").figure("months") == months


def test_where_no_cap_is_known_for_the_day_nobody_is_told_that_it_was_checked(book: LawBook) -> None:
    """CV-15: the cap would also have to be checked."""
    found = worked(book, "unlawful_dismissal", **FORMULAS["CV-15"][1])
    assert any("没有核对封顶" in doubt for doubt in found.uncertain)


def test_the_second_figure_of_the_over_age_injury(book: LawBook) -> None:
    """CV-09: 10025 × 60 % for eight months, as the rules of that place have it."""
    raw = {"which": "employment", "grade": 9, "left_on": "2023-06-30", "base": "6015", "months": 8}
    assert worked(book, "injury_subsidy", **raw).amount == fen("48120")


def test_students_are_paid_for_eight_days_as_published(book: LawBook) -> None:
    assert worked(book, "part_month_pay", **PART_MONTH, days=8).amount == fen("560")


def test_a_claimed_share_of_a_bonus(book: LawBook) -> None:
    assert worked(book, "bonus_share", bonus="4500", percent=50).amount == fen("2250")


def test_a_sum_that_does_not_divide_is_shared_to_the_cent(book: LawBook) -> None:
    """RC-10: seven times the average would be one cent too much."""
    found = worked(book, "equal_share", total="55380", people=7)
    parts = split(fen("55380"), [1] * 7)
    assert sum(parts) == fen("55380")
    assert parts.count(791_143) == 6
    assert "6人各7,911.43元，1人各7,911.42元" in found.steps[-1].text


def test_computed_is_not_owed(book: LawBook) -> None:
    """CV-07: the formula is right and the claim was refused three times; CV-11: less was agreed, and that held."""
    for id in ("CV-07", "CV-11"):
        formula, raw = FORMULAS[id]
        assert "不等于应得" in worked(book, formula, **raw).caution


@pytest.mark.parametrize(
    ("match", "computed", "published", "right"),
    [
        ("exact", "10.00", "10", True),
        ("exact", "10.01", "10", False),
        ("truncated_to_yuan", "10.99", "10", True),
        ("truncated_to_yuan", "11.00", "10", False),
        ("rounded_wan", "123456", "120000", True),
        ("rounded_wan", "126000", "120000", False),
        ("about", "100.90", "100", True),
        ("about", "102", "100", False),
        ("agreed_below_formula", "200000", "150000", True),
        ("agreed_below_formula", "150000", "150000", False),
        ("claim_above_formula", "405000", "432000", True),
        ("claim_above_formula", "432000", "432000", False),
        ("partial", "5", "15", True),
        ("partial", "16", "15", False),
        ("derived_only", "5", "null", True),
        ("rule_only", "5", "3日内", True),
    ],
)
def test_the_words_of_agreement_differ(match: str, computed: str, published: str, right: bool) -> None:
    assert agrees(match, Decimal(computed), {"expected": None, "published": published}) is right

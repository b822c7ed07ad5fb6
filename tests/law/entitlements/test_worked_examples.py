"""Every worked example that the formulas were written from: sums to the cent, months, limits, traps."""

from typing import Any

import pytest

from mediation.law.book import LawBook
from tests.law.entitlements.working import months, total, worked, yuan

HIRED_2020 = {"start": "2020-03-16", "end": "2026-09-30", "average_wage": "15000"}
HIRED_2006 = {"start": "2006-05-01", "end": "2026-10-31", "average_wage": "60000"}
HIRED_2022 = {"start": "2022-08-01", "end": "2026-11-15", "average_wage": "9800"}
CLIFF = {"start": "2011-08-01", "end": "2026-10-31"}
SUMMER = ("2026-06", "2026-07", "2026-08")
SPRING = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
ORDER = {"order_number": "监察令1号", "ordered_on": "2026-03-02", "due_on": "2026-03-16"}
INJURED = {"injured_on": "2026-05-04"}
LEFT = {"left_on": "2026-09-30"}

SUMS: list[tuple[str, dict[str, Any], str]] = [
    # 经济补偿
    ("severance", HIRED_2020, "105000.00"),
    ("severance", HIRED_2022, "44100.00"),
    ("severance", HIRED_2006, "565239.00"),
    ("severance", {"start": "2011-11-01", "end": "2026-10-31", "average_wage": "20000"}, "300000.00"),
    ("severance", {"start": "2026-07-01", "end": "2026-10-20", "average_wage": "8000"}, "4000.00"),
    ("severance", {"start": "2024-01-01", "end": "2026-06-30", "average_wage": "2300"}, "7620.00"),
    ("severance", {**CLIFF, "average_wage": "47103.25"}, "730100.38"),
    ("severance", {**CLIFF, "average_wage": "47200"}, "565239.00"),
    # 赔偿金
    ("unlawful_dismissal", HIRED_2020, "210000.00"),
    ("unlawful_dismissal", HIRED_2006, "1130478.00"),
    # 代通知金；三年二个月是三个半月，不是三个月
    ("severance_plus_one", {**HIRED_2022, "last_wage": "10200"}, "54300.00"),
    (
        "severance_plus_one",
        {"start": "2023-09-10", "end": "2026-11-09", "average_wage": "55000", "last_wage": "55000"},
        "219861.38",
    ),
    (
        "severance_plus_one",
        {"start": "2023-09-10", "end": "2026-11-09", "average_wage": "20000", "last_wage": "20000"},
        "90000.00",
    ),
    ("notice_pay", {"last_wage": "10200"}, "10200.00"),
    # 二倍工资
    ("double_wage", {"hired": "2025-09-01", "signed": "2026-02-01", "monthly_wage": "12000"}, "48000.00"),
    ("double_wage", {"hired": "2025-03-01", "monthly_wage": "12000"}, "132000.00"),
    ("double_wage", {"hired": "2025-12-10", "signed": "2026-04-20", "monthly_wage": "10000"}, "32413.79"),
    (
        "double_wage",
        {"hired": "2025-12-10", "signed": "2026-04-20", "monthly_wage": "10000", "method": "working_days"},
        "32857.14",
    ),
    # 加班
    ("overtime", {"monthly_wage": "10875", "weekday_hours": 10, "rest_days": 2, "holiday_days": 1}, "4437.50"),
    ("overtime", {"monthly_wage": "6525", "weekday_hours": 20, "rest_days": 3, "holiday_days": 2}, "4725.00"),
    # 年休假
    (
        "annual_leave",
        {"average_wage": "21750", "career_years": 4, "year": 2026, "left": "2026-06-30", "taken": 1},
        "2000.00",
    ),
    ("annual_leave", {"average_wage": "10875", "career_years": 12, "year": 2025, "taken": 4}, "6000.00"),
    ("annual_leave", {"average_wage": "10875", "career_years": 4, "year": 2026, "left": "2026-02-10"}, "0.00"),
    # 欠薪、加付
    ("arrears", {"months": [{"month": month, "payable": "8000"} for month in SUMMER]}, "24000.00"),
    ("minimum_wage_gap", {"months": months("2300", *SPRING)}, "1200.00"),
    ("minimum_wage_gap", {"months": months("2100", *SUMMER)}, "1320.00"),
    ("extra_compensation", {"unpaid": "24000"}, "0.00"),
    # 病假、待岗
    ("sick_pay_gap", {"months": months("1200", "2026-03")}, "832.00"),
    ("standby_pay", {"months": months("1500", "2026-03", "2026-04")}, "556.00"),
    ("standby_pay", {"months": months("1800", "2026-03")}, "0.00"),
    # 工伤
    ("injury_disability", {**INJURED, "own_wage": "8000", "grade": 9}, "72000.00"),
    ("injury_subsidy", {**LEFT, "which": "medical", "grade": 9}, "72696.00"),
    ("injury_subsidy", {**LEFT, "which": "employment", "grade": 9}, "72696.00"),
    ("injury_disability", {**INJURED, "own_wage": "10000", "grade": 7}, "130000.00"),
    ("injury_leave_pay", {"monthly_wage": "10000", "months": 4}, "40000.00"),
    ("injury_subsidy", {**LEFT, "which": "medical", "grade": 7}, "145392.00"),
    ("injury_subsidy", {**LEFT, "which": "employment", "grade": 7}, "145392.00"),
    ("injury_death", {"died_on": "2026-05-04"}, "1130040.00"),
    ("injury_funeral", {"died_on": "2026-05-04"}, "72696.00"),
    ("injury_disability", {**INJURED, "own_wage": "5000", "grade": 10}, "50887.20"),
    ("injury_disability", {**INJURED, "own_wage": "40000", "grade": 10}, "254436.00"),
    # 试用期、竞业限制
    ("illegal_probation", {"contract_months": 12, "worked_months": 4, "wage": "10000"}, "20000.00"),
    ("illegal_probation", {"contract_months": 6, "worked_months": "2.5", "wage": "6000"}, "9000.00"),
    ("non_compete", {"average_wage": "20000", "months": 12}, "72000.00"),
    ("non_compete", {"average_wage": "7000", "months": 1}, "2540.00"),
]


@pytest.mark.parametrize(("formula", "raw", "expected"), SUMS)
def test_the_sum(book: LawBook, formula: str, raw: dict[str, Any], expected: str) -> None:
    assert total(book, formula, **raw) == yuan(expected)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (HIRED_2020, "7"),
        (HIRED_2022, "4.5"),
        (HIRED_2006, "12"),
        ({"start": "2023-09-10", "end": "2026-11-09", "average_wage": "20000"}, "3.5"),
        ({**CLIFF, "average_wage": "47103.25"}, "15.5"),
    ],
)
def test_the_months_of_severance(book: LawBook, raw: dict[str, Any], expected: str) -> None:
    assert worked(book, "severance", **raw).figure("months") == expected


def test_broken_months_keep_both_methods(book: LawBook) -> None:
    found = worked(book, "double_wage", hired="2025-12-10", signed="2026-04-20", monthly_wage="10000")
    assert found.range == (yuan("32413.79"), yuan("32857.14"))
    assert [step.text.split("：")[-1] for step in found.steps if step.adds is not None] == [
        "10,000元 ÷ 21.75 × 15 = 约6,896.55元",
        "10,000元",
        "10,000元",
        "10,000元 ÷ 21.75 × 12 = 约5,517.24元",
    ]
    assert any("工作日15天（全月21天）" in step.text for step in found.steps)


def test_double_wage_is_counted_back_day_by_day_from_the_claim(book: LawBook) -> None:
    found = worked(book, "double_wage", hired="2024-11-01", monthly_wage="10000", claimed="2026-08-15")
    assert "2024年12月1日至2025年10月31日" in found.steps[0].text
    assert (found.figure("first_day"), found.figure("last_day")) == ("2025-08-15", "2025-10-31")
    assert any("2025年8月15日当日是否计入" in doubt for doubt in found.uncertain)


@pytest.mark.parametrize(
    ("left", "days"), [("2026-06-30", "181 ÷ 365 × 5 = 2.4795"), ("2026-02-10", "41 ÷ 365 × 5 = 0.5616")]
)
def test_a_broken_leave_year_loses_parts_of_a_day(book: LawBook, left: str, days: str) -> None:
    found = worked(book, "annual_leave", average_wage="10875", career_years=4, year=2026, left=left)
    assert any(days in step.text for step in found.steps)


def test_ten_days_of_leave_give_eight_by_november(book: LawBook) -> None:
    found = worked(book, "annual_leave", average_wage="10875", career_years=12, year=2026, left="2026-11-13")
    assert found.figure("days") == "8"


def test_leave_refused_in_writing_gives_nothing_more(book: LawBook) -> None:
    raw = {"average_wage": "10875", "career_years": 12, "year": 2025, "refused": True}
    assert total(book, "annual_leave", **raw) == 0


@pytest.mark.parametrize(("unpaid", "bounds"), [("24000", ("12000.00", "24000.00")), ("1200", ("600.00", "1200.00"))])
def test_an_order_that_was_not_obeyed_opens_a_range(book: LawBook, unpaid: str, bounds: tuple[str, str]) -> None:
    found = worked(book, "extra_compensation", unpaid=unpaid, **ORDER)
    assert found.amount is None
    assert found.range == (yuan(bounds[0]), yuan(bounds[1]))
    assert total(book, "extra_compensation", unpaid=unpaid, rate=75, **ORDER) == yuan(unpaid) * 3 // 4


def test_an_order_still_running_gives_nothing_yet(book: LawBook) -> None:
    assert total(book, "extra_compensation", unpaid="24000", **{**ORDER, "due_on": "2026-11-20"}) == 0


@pytest.mark.parametrize(
    ("career", "here", "expected"),
    [
        (8, 3, "3个月（在6个月内累计）"),
        (9, 5, "6个月（在12个月内累计）"),
        (10, 4, "6个月（在12个月内累计）"),
        (12, 6, "9个月（在15个月内累计）"),
        (14, 10, "12个月（在18个月内累计）"),
        (19, 15, "18个月（在24个月内累计）"),
        (20, 20, "24个月（在30个月内累计）"),
    ],
)
def test_medical_periods(book: LawBook, career: int, here: int, expected: str) -> None:
    found = worked(book, "medical_period", career_years=career, years_here=here)
    assert (found.amount, found.answer, found.parts) == (None, expected, ())


def test_the_medical_subsidy_is_a_warning_only(book: LawBook) -> None:
    found = worked(book, "medical_subsidy")
    assert (found.amount, found.answer) == (None, "不计算")
    assert any("医疗补助费" in doubt for doubt in found.uncertain)


def test_a_lost_benefit_needs_proof_and_is_not_the_contribution(book: LawBook) -> None:
    raw = {"benefit": "unemployment", "amount": "12345.67", "proof": "失业保险金核定单"}
    found = worked(book, "social_insurance_loss", **raw)
    assert found.amount == yuan("12345.67")
    assert any("补缴" in doubt for doubt in found.uncertain)


@pytest.mark.parametrize(("grade", "percent"), [(1, 90), (2, 85), (3, 80), (4, 75), (5, 70), (6, 60)])
def test_monthly_allowances(book: LawBook, grade: int, percent: int) -> None:
    assert total(book, "injury_allowance", own_wage="10000", grade=grade, **INJURED) == percent * 10_000


@pytest.mark.parametrize(("level", "expected"), [("full", "6058.00"), ("most", "4846.40"), ("part", "3634.80")])
def test_care(book: LawBook, level: str, expected: str) -> None:
    assert total(book, "injury_care", level=level, on="2026-05-04") == yuan(expected)

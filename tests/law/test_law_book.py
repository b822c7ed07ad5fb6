"""The shipped law: complete, cited, dated, honest about what was not verified."""

import re
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from mediation.errors import BadInput, NotFound
from mediation.law.book import LawBook
from mediation.law.periods import Period
from mediation.law.statutes import chinese_number
from tests.law.tables import OFFICE, TABLES, WITHOUT_NUMBER


def every(book: LawBook) -> list[Period]:
    return [period for versions in book.periods.values() for period in versions]


@pytest.mark.parametrize(
    ("group", "ids"),
    TABLES.items(),
)
def test_every_row_is_there(book: LawBook, group: str, ids: str) -> None:
    assert sorted(p.id for p in every(book) if p.group == group) == sorted(ids.split())


def test_the_office_has_its_targets(book: LawBook) -> None:
    rows = {p.id for p in every(book) if p.group == "office"}
    assert rows.issuperset(OFFICE)
    assert {p.group for p in every(book)} == {*TABLES, "office"}


def test_rows_without_a_number_carry_none(book: LawBook) -> None:
    assert {p.id for p in every(book) if p.group != "office" and p.span is None} == WITHOUT_NUMBER


def test_law_rows_are_cited_and_office_rows_are_not_law(book: LawBook) -> None:
    for period in every(book):
        if period.group == "office":
            assert not period.is_law
            assert period.kind == "design"
            assert period.source == "D"
            assert period.basis
        else:
            assert period.cites


def test_only_reliable_sources_that_nobody_doubts_count_as_verified(book: LawBook) -> None:
    for row in [*book.statutes.values(), *(a for v in book.amounts.values() for a in v)]:
        assert row.verified == (set(row.source.split("/")) <= {"S", "L"} and not row.doubts)
        assert bool(row.unverified_because) == (not row.verified)
    for period in every(book):
        reliable = set(period.source.split("/")) <= {"S", "L"} and not period.doubts
        assert period.verified == (reliable and all(cite.verified for cite in period.cites))
        assert bool(period.unverified_because) >= (not period.verified and not period.is_target)


def test_every_article_was_reviewed_and_numbered(book: LawBook) -> None:
    for statute in book.statutes.values():
        assert statute.reviewed_on == date(2026, 11, 20)
        assert (statute.number is None) != statute.article.startswith("第")
    assert book.statute("ER-29").text == "《企业劳动争议协商调解规定》第二十九条"
    assert book.statute("ER-29").number == 29
    assert book.statute("HOL").text == "《全国年节及纪念日放假办法》"


@pytest.mark.parametrize(
    ("n", "text"),
    [(9, "九"), (10, "十"), (15, "十五"), (20, "二十"), (103, "一百零三"), (110, "一百一十"), (1259, "一千二百五十九")],
)
def test_article_numbers_in_chinese(n: int, text: str) -> None:
    assert chinese_number(n) == text


def test_two_clocks_stay_two(book: LawBook) -> None:
    day = date(2026, 9, 1)
    committee, parties = book.period("mediation_finish", day), book.period("mediation_arbitration_window", day)
    assert (committee.start, parties.start) == ("受理", "调解组织收到申请")
    assert committee.extension
    assert not parties.extension


def test_a_period_before_its_law_is_refused(book: LawBook) -> None:
    assert book.period("mediation_finish_nef", date(2025, 1, 10)).extension
    with pytest.raises(BadInput, match="自2025-01-10起才施行"):
        book.period("mediation_finish_nef", date(2025, 1, 9))
    with pytest.raises(BadInput, match="才施行"):
        book.reckon("mediation_finish", date(2011, 12, 31))


def test_an_unknown_name_lists_the_known_ones(book: LawBook) -> None:
    with pytest.raises(NotFound, match="mediation_finish"):
        book.period("mediation_finnish", date(2026, 9, 1))
    with pytest.raises(NotFound, match="ER-29"):
        book.statute("ER-99")
    with pytest.raises(NotFound, match="payment_order"):
        book.route("prayer")
    with pytest.raises(NotFound, match="min_wage_monthly"):
        book.amount("wage", date(2026, 9, 1))


def test_five_routes_after_the_agreement(book: LawBook) -> None:
    windows = {id: route.window for id, route in book.routes.items()}
    assert windows == {
        "joint_review": "agreement_joint_review_apply",
        "judicial_confirmation": "judicial_confirmation_apply",
        "payment_order": None,
        "direct_suit": "civil_limitation",
        "arbitration": "arb_limitation",
    }
    assert "请求确认劳动关系" in book.route("joint_review").not_possible_when
    assert book.route("payment_order").window_note


@pytest.mark.parametrize(
    ("day", "value"), [(date(2026, 11, 20), 2540), (date(2025, 8, 31), 2420), (date(2021, 8, 1), 2320)]
)
def test_amounts_go_by_the_day(book: LawBook, day: date, value: int) -> None:
    assert book.amount("min_wage_monthly", day).value == value


def test_amounts_know_their_gaps_and_doubts(book: LawBook) -> None:
    assert book.amount("pay_divisor_days", date(2026, 1, 1)).value == Decimal("21.75")
    cap = book.amount("cap_wage_monthly", date(2026, 1, 1))
    assert not cap.verified
    assert cap.note
    with pytest.raises(BadInput, match="没有施行中的版本"):
        book.amount("urban_disposable_income", date(2026, 6, 1))
    line, wage = (book.amount(key, date(2026, 1, 1)).value for key in ("final_award_line", "min_wage_monthly"))
    assert line == 12 * wage


def test_working_days_of_2026(book: LawBook) -> None:
    ends = [date(2026, month, 1) - timedelta(days=1) for month in range(1, 13)] + [date(2026, 12, 31)]
    months = [book.calendar.count_working(a, b) for a, b in pairwise(ends)]
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert sum(months) == 248


@pytest.mark.parametrize(
    ("year", "statutory", "makeup", "working"), [(2024, 11, 8, 251), (2025, 13, 5, 248), (2026, 13, 6, 248)]
)
def test_each_year_has_its_days_and_notice(book: LawBook, year: int, statutory: int, makeup: int, working: int) -> None:
    calendar = book.calendar.calendars[year]
    assert sum(len(h.statutory) for h in calendar.holidays) == statutory
    assert len(calendar.makeup) == makeup
    assert book.calendar.count_working(date(year - 1, 12, 31), date(year, 12, 31)) == working
    assert re.fullmatch(rf"国办发明电〔{year - 1}〕\d+号", calendar.notice)
    assert len(calendar.digest) == 64


def test_the_book_is_read_only_and_stamped(book: LawBook) -> None:
    assert re.fullmatch("[0-9a-f]{12}", book.calendar_version)
    with pytest.raises(FrozenInstanceError):
        book.period("mediation_finish", date(2026, 9, 1)).title = "x"  # type: ignore[misc]

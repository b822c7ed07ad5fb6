"""A reckoned date explains itself; extension, suspension, restart, agreed days and hours."""

from datetime import date, datetime, timedelta
from time import perf_counter

import pytest

from mediation.clock import SHANGHAI
from mediation.errors import BadInput
from mediation.law.book import LawBook
from mediation.law.reckoning import extend, fixed_date, reckon, restart, resume
from tests.law.rules import bare


def test_a_roll_over_a_holiday_is_told_in_one_sentence(book: LawBook) -> None:
    found = book.reckon("mediation_finish", date(2026, 9, 17))
    assert found.reasons[1] == "自9月17日受理次日起算15日，末日10月2日为国庆节假期，顺延至10月8日"
    told = "\n".join(found.reasons)
    assert "《企业劳动争议协商调解规定》第二十九条" in told
    assert "10月1日至7日为国庆节假期" in told
    assert "国办发明电〔2025〕7号" in told
    assert "《民法典》第二百零三条第一款" in told
    assert "没有条文明确规定" in told


def test_skipped_holidays_and_counted_makeup_days_are_named(book: LawBook) -> None:
    reasons = book.reckon("mediation_accept", date(2026, 9, 30)).reasons
    assert "10月1日至7日为国庆节假期，不计入" in reasons
    assert "10月10日（周六）为调休上班日，计入" in reasons
    assert "9月20日（周日）为调休上班日，计入" in book.reckon("mediation_accept", date(2026, 9, 18)).reasons


def test_a_last_day_on_a_makeup_day_says_why_it_stays(book: LawBook) -> None:
    reasons = book.reckon("mediation_finish", date(2026, 9, 5)).reasons
    assert any("9月20日（周日）为调休上班日，不顺延" in reason for reason in reasons)


def test_a_weekend_roll_names_the_weekday(book: LawBook) -> None:
    found = book.reckon("judicial_confirmation_apply", date(2026, 11, 20))
    assert "末日12月20日为周日，顺延至12月21日" in found.reasons[1]


def test_a_year_without_a_calendar_is_said(book: LawBook) -> None:
    found = book.reckon("mediation_accept", date(2026, 12, 30))
    assert found.provisional
    assert found.reasons[-1].startswith("2027年放假安排尚未公布")
    assert found.reasons[-1].endswith("公布后须重算")
    old = book.reckon("mediation_accept", date(2023, 5, 8))
    assert old.provisional
    assert "2023年放假安排没有录入" in old.reasons[-1]


def test_a_period_that_ends_before_the_unknown_year_is_certain(book: LawBook) -> None:
    assert not book.reckon("mediation_finish", date(2026, 12, 16)).provisional


def test_counting_back_never_rolls_forward(book: LawBook) -> None:
    found = book.reckon("legal_aid_advance", date(2026, 10, 10))
    assert found.nominal_due == found.legal_due == date(2026, 10, 3)
    assert not found.provisional
    back = book.reckon("double_wage_limitation_bj", date(2026, 10, 4))
    assert back.legal_due == date(2025, 10, 4)
    hearing = reckon(bare(book, 5, "working_days", "before"), date(2026, 12, 8), book.calendar)
    assert any("往回数整个工作日" in reason for reason in hearing.reasons)


def test_a_proposed_value_is_never_shown_as_law(book: LawBook) -> None:
    found = book.reckon("mediation_refusal_notice", date(2026, 9, 30))
    assert not found.statutory
    assert "不是法定期限" in found.reasons[0]
    remembered = book.reckon("arb_refusal_sue", date(2026, 9, 30))
    assert "尚未核实" in remembered.reasons[0]
    assert remembered.legal_due == date(2026, 10, 15)
    assert book.reckon("mediation_finish", date(2026, 9, 17)).statutory


def test_an_unverified_row_warns(book: LawBook) -> None:
    reasons = book.reckon("mediation_chaoyang_local", date(2026, 9, 1)).reasons
    assert "只见二手卡片、尚未核实，只作本单位设定" in reasons[0]
    assert reasons[-1].startswith("待核实：")


def test_office_targets_say_that_they_are_not_law(book: LawBook) -> None:
    found = book.reckon("intake_screening", date(2026, 11, 20))
    assert found.legal_due == date(2026, 11, 23)
    assert found.reasons[0].startswith("内部工作目标")
    assert not found.statutory


def test_an_effect_of_the_same_day(book: LawBook) -> None:
    found = book.reckon("agreement_effective", date(2026, 10, 3))
    assert found.legal_due == date(2026, 10, 3)


def test_hours_need_an_instant(book: LawBook) -> None:
    at = datetime.fromisoformat("2026-11-20T23:30")
    found = book.reckon("warning_verify_red", at)
    assert found.legal_due == datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI)
    assert "2026年11月20日23:30" in found.reasons[1]
    with pytest.raises(BadInput, match="2026-11-20T09:30"):
        book.reckon("warning_verify_red", date(2026, 11, 20))


def test_an_instant_serves_a_period_in_days(book: LawBook) -> None:
    found = book.reckon("mediation_finish", datetime(2026, 9, 17, 23, 59, tzinfo=SHANGHAI))
    assert found == book.reckon("mediation_finish", date(2026, 9, 17))


def test_a_period_without_a_number_asks_for_the_agreed_day(book: LawBook) -> None:
    with pytest.raises(BadInput, match="请填写约定的日期"):
        book.reckon("agreement_performance_due", date(2026, 9, 1))


def test_an_agreed_day_stands_as_written(book: LawBook) -> None:
    period = book.period("agreement_performance_due", date(2026, 9, 1))
    found = fixed_date(period, date(2026, 9, 1), date(2026, 10, 3))
    assert found.nominal_due == found.legal_due == date(2026, 10, 3)
    assert "10月3日（周六）" in found.reasons[-1]
    assert "不因休息日顺延" in found.reasons[-1]
    with pytest.raises(BadInput, match="早于"):
        fixed_date(period, date(2026, 9, 1), date(2026, 8, 31))


def test_consent_extends_from_the_nominal_end(book: LawBook) -> None:
    period, start = book.period("mediation_finish", date(2026, 9, 17)), date(2026, 9, 17)
    longer = extend(period, start, date(2026, 10, 2), 2, book.calendar)
    assert (longer.nominal_due, longer.legal_due) == (date(2026, 10, 4), date(2026, 10, 8))
    assert any("双方当事人签字同意延期" in reason for reason in longer.reasons)
    again = extend(period, start, longer.nominal_due, 14, book.calendar, already=2)
    assert "超过本单位建议上限15日（法律未设上限）" in again.reasons[-1]


def test_a_legal_cap_on_extensions_holds(book: LawBook) -> None:
    period, start = book.period("mediation_finish_nef", date(2026, 9, 17)), date(2026, 9, 17)
    assert extend(period, start, date(2026, 10, 2), 15, book.calendar).legal_due == date(2026, 10, 19)
    with pytest.raises(BadInput, match="最多延长15日"):
        extend(period, start, date(2026, 10, 12), 6, book.calendar, already=10)
    with pytest.raises(BadInput, match="至少为1"):
        extend(period, start, date(2026, 10, 2), 0, book.calendar)


def test_an_extension_in_working_days(book: LawBook) -> None:
    period = book.period("arb_review_decide", date(2026, 9, 22))
    due = reckon(period, date(2026, 9, 22), book.calendar)
    assert due.legal_due == date(2026, 9, 30)
    longer = extend(period, due.start, due.nominal_due, 5, book.calendar)
    assert longer.legal_due == date(2026, 10, 13)
    assert "10月10日（周六）为调休上班日，计入" in longer.reasons


def test_what_the_law_does_not_extend_stays(book: LawBook) -> None:
    period = book.period("judicial_confirmation_apply", date(2026, 9, 5))
    with pytest.raises(BadInput, match="没有可以延长"):
        extend(period, date(2026, 9, 5), date(2026, 10, 5), 5, book.calendar)


def test_suspension_shifts_the_nominal_end(book: LawBook) -> None:
    award = bare(book, 45, "natural_days")
    due = reckon(award, date(2026, 6, 1), book.calendar)
    assert due.nominal_due == date(2026, 7, 16)
    later = resume(award, due.start, due.nominal_due, date(2026, 6, 20), date(2026, 8, 10), book.calendar)
    assert (later.nominal_due, later.legal_due) == (date(2026, 9, 5), date(2026, 9, 7))
    told = "\n".join(later.reasons)
    assert "其间51日不计入" in told
    assert "中止当日不计入、恢复当日计入" in told


def test_suspension_of_working_days_gives_back_working_days(book: LawBook) -> None:
    rule = bare(book, 5, "working_days")
    due = reckon(rule, date(2026, 9, 22), book.calendar)
    later = resume(rule, due.start, due.nominal_due, date(2026, 9, 29), date(2026, 10, 9), book.calendar)
    assert due.nominal_due == date(2026, 9, 30)
    assert later.nominal_due == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("stopped", "resumed"),
    [
        (date(2026, 5, 31), date(2026, 6, 5)),
        (date(2026, 7, 17), date(2026, 8, 1)),
        (date(2026, 6, 9), date(2026, 6, 8)),
    ],
)
def test_impossible_suspensions_are_refused(book: LawBook, stopped: date, resumed: date) -> None:
    with pytest.raises(BadInput, match="请核对日期"):
        resume(bare(book, 45, "natural_days"), date(2026, 6, 1), date(2026, 7, 16), stopped, resumed, book.calendar)


def test_hours_cannot_be_suspended(book: LawBook) -> None:
    day = date(2026, 6, 1)
    with pytest.raises(BadInput, match="不能中止"):
        resume(book.period("legal_aid_first_contact", day), day, day, day, day, book.calendar)


def test_interruption_gives_a_full_new_year(book: LawBook) -> None:
    period, event = book.period("arb_limitation", date(2025, 3, 3)), book.statute("ER-31.5")
    found = restart(period, date(2025, 10, 3), "对方不同意调解", book.calendar, (event,))
    assert (found.start, found.nominal_due, found.legal_due) == (
        date(2025, 10, 3),
        date(2026, 10, 3),
        date(2026, 10, 8),
    )
    assert "对方不同意调解（《企业劳动争议协商调解规定》第三十一条第五项）" in found.reasons[0]
    assert "自2025年10月3日对方不同意调解次日起算1年" in found.reasons[2]
    assert found.cites[-1] is event


def test_suspended_limitation_keeps_its_remainder(book: LawBook) -> None:
    period = book.period("arb_limitation", date(2025, 3, 3))
    found = resume(period, date(2025, 3, 3), date(2026, 3, 3), date(2025, 6, 1), date(2025, 9, 1), book.calendar)
    assert found.nominal_due == date(2026, 3, 3) + timedelta(days=92)


def test_the_end_of_time_is_a_sentence(book: LawBook) -> None:
    with pytest.raises(BadInput, match="超出可以推算的范围"):
        book.reckon("civil_limitation", date(9998, 1, 1))


def test_the_same_question_again_costs_next_to_nothing(book: LawBook) -> None:
    period, start = book.period("mediation_finish", date(2026, 9, 17)), date(2026, 9, 17)
    first = reckon(period, start, book.calendar)
    begun = perf_counter()
    answers = [reckon(period, start, book.calendar) for _ in range(2000)]
    assert (perf_counter() - begun) / 2000 < 30e-6
    assert all(answer is first for answer in answers)

"""Rows of the tables of the law, typed here once more by hand: what the files say must agree."""

from datetime import date

import pytest

from mediation.errors import BadInput
from mediation.law.book import LawBook
from mediation.law.periods import Period
from mediation.law.telling import length_text
from tests.law.tables import TABLES

TODAY = date(2026, 11, 20)
COUNTS = {"1.A": 31, "1.B": 6, "1.C": 8, "1.D": 29, "1.E": 16, "1.F": 14, "1.G": 9, "1.H": 31, "1.I": 18}
UNITS = {"N": "natural_days", "W": "working_days", "M": "months", "Y": "years", "H": "hours"}

FAITHFUL = """
payment_order_accept_notice       5N  CPL-226,CPLI-426,CPLI-427
payment_order_service_limit       30N CPLI-430.2
payment_order_debtor              15N CPL-227.2,CPL-227.3,CPLI-436
payment_order_opt_out             7N  CPL-228,CPLI-438,CPLI-439
enforcement_apply                 2Y  CPL-250,CPLI-481
arb_accept                        5W  LMA-29,AR-30,AR-31,AR-80
arb_answer                        10W LMA-30,AR-33,AR-80,AR-10,AR-36,AR-58
arb_recusal_decide                3W  AR-11,AR-80
arb_award                         45N LMA-43,AR-45,AR-80
arb_service_by_posting            3W  AR-20,AR-80
arb_final_award_worker_sue        15N LMA-48
arb_final_award_employer_annul    30N LMA-49
arb_nonenforcement_sue            30N JI1-24
court_file                        7N  CPL-126
court_answer                      15N CPL-128
court_first_instance_ordinary     6M  CPL-152
court_first_instance_summary      3M  CPL-164
court_first_instance_small        2M  CPL-168,CPL-165
court_appeal_judgment             15N CPL-171
court_appeal_ruling               10N CPL-171
court_second_instance             3M  CPL-183
court_public_notice               30N CPL-95
preservation_decide               48H CPL-103,CPL-104
preservation_enforce              3M  JI1-49
missed_period_relief              10N CPL-86
legal_aid_objection_decide        5N  LAL-49
legal_aid_bj_decide               5W  BJLA-21
union_demand_reply_bj             15N BJTU-26.1
dept_result_to_union_bj           15W BJTU-26.2,BJTU-51.2
contract_written                  1M  LCL-10
termination_papers_transfer       15N LCL-50
worker_resign                     30N LCL-37
worker_resign_probation           3N  LCL-37
layoff_rehire                     6M  LCL-41.3
work_injury_employer              30N WII-17.1,WII-17.4
work_injury_worker                1Y  WII-17.2
work_injury_decide                60N WII-20,WII-20.3
work_injury_decide_clear          15N WII-20
disability_grade                  60N WII-25,LCA-10
disability_reappraisal            15N WII-26,LCA-19
injury_leave                      12M WII-33
labour_inspection                 60W LSR-17
wage_ledger_keep                  3Y  MWR-15
petition_register_route           15N PET-22,PET-23
petition_wrong_agency             5W  PET-23.3
petition_handle                   60N PET-34
petition_review_request           30N PET-35
pia_keep                          3Y  PIPL-56
"""
EXTENSIONS = {
    "arb_award": (15, "natural_days"),
    "court_first_instance_ordinary": (6, "months"),
    "court_first_instance_small": (1, "months"),
    "disability_grade": (30, "natural_days"),
    "injury_leave": (12, "months"),
    "labour_inspection": (30, "working_days"),
    "petition_handle": (30, "natural_days"),
    "court_second_instance": (None, "months"),
    "work_injury_employer": (None, "natural_days"),
}
BEFORE = {
    "arb_hearing_notice": "5个工作日",
    "arb_postpone_request": "3个工作日",
    "dismissal_notice_union_bj": "5个工作日",
    "layoff_notice_bj": "30日",
    "congress_agenda": "7日",
    "legal_aid_advance": "7日",
    "double_wage_limitation_bj": "1年",
}
SETTINGS = {
    "supervision_opinion_reply_national": ("15日", "D"),
    "supervision_hint_reply": ("15日", "D"),
    "union_legal_aid_decide": ("7日", "D"),
    "union_legal_aid_assign": ("3日", "D"),
    "arb_refusal_sue": ("15日", "M"),
    "legal_aid_close_report": ("30日", "P/M"),
    "legal_aid_file_review": ("30日", "P"),
    "wage_deferral_bj": ("30日", "B"),
    "hotline_12351_bj": ("2个工作日", "B"),
    "hotline_12345": ("7日", "P/M"),
    "cyber_incident_report": ("4小时", "P"),
    "cyber_incident_report_critical": ("1小时", "P"),
    "mediation_refusal_notice": ("3个工作日", "D"),
    "mediation_chaoyang_local": ("30日", "B"),
}


def now(book: LawBook, id: str) -> Period:
    return book.period(id, TODAY)


def test_each_table_has_all_its_rows() -> None:
    assert {group: len(ids.split()) for group, ids in TABLES.items()} == COUNTS


@pytest.mark.parametrize("line", FAITHFUL.strip().splitlines())
def test_a_row_says_what_the_law_says(book: LawBook, line: str) -> None:
    id, length, cites = line.split()
    period = now(book, id)
    assert period.span
    assert (period.span.length, period.span.unit) == (int(length[:-1]), UNITS[length[-1]])
    assert [cite.id for cite in period.cites] == cites.split(",")
    assert period.is_law
    assert period.who


@pytest.mark.parametrize(("id", "given"), EXTENSIONS.items())
def test_who_may_extend_and_by_how_much(book: LawBook, id: str, given: tuple[int | None, str]) -> None:
    extension = now(book, id).extension
    assert extension
    assert (extension.cap, extension.unit) == given
    assert extension.by


def test_only_these_rows_count_backwards(book: LawBook) -> None:
    found = {id: versions[-1] for id, versions in book.periods.items() if versions[-1].direction == "before"}
    law = {id: period for id, period in found.items() if not period.is_target}
    assert {id: period.span.text for id, period in law.items() if period.span} == BEFORE
    assert not any(period.roll for period in found.values())


def test_arbitration_counts_short_periods_in_working_days(book: LawBook) -> None:
    """AR 80: three, five and ten days are working days, fifteen and forty-five are not."""
    spans = [p.span for v in book.periods.values() for p in v if p.group == "1.D" and p.counting.id == "arbitration"]
    for span in filter(None, spans):
        assert span.unit == ("working_days" if span.length in (3, 5, 10) else "natural_days")


@pytest.mark.parametrize(("id", "given"), SETTINGS.items())
def test_a_number_without_a_verified_source_is_a_setting_of_the_office(
    book: LawBook, id: str, given: tuple[str, str]
) -> None:
    period = now(book, id)
    assert period.span is None
    assert period.proposed
    assert (period.proposed.span.text, period.proposed.source) == given
    assert not period.is_law
    assert period.is_setting
    assert "本单位设定（法律没有规定天数）" in length_text(period)


def test_a_setting_reckons_but_is_never_law(book: LawBook) -> None:
    found = book.reckon("supervision_hint_reply", date(2026, 9, 20))
    assert found.legal_due == date(2026, 10, 8)
    assert not found.statutory
    assert "不是法定期限" in found.reasons[0]
    assert "本单位设定" in found.reasons[0]
    assert any("只见到办法的开头" in reason for reason in found.reasons)


def test_every_unproven_length_is_a_setting(book: LawBook) -> None:
    for versions in book.periods.values():
        for period in versions:
            if period.span and not period.is_target:
                assert {"S", "L"} & set(period.source.split("/"))


@pytest.mark.parametrize(
    ("id", "start", "due"),
    [
        ("labour_inspection", date(2026, 7, 1), date(2026, 9, 22)),
        ("labour_inspection", date(2026, 9, 1), date(2026, 11, 30)),
        ("dept_result_to_union_bj", date(2026, 9, 21), date(2026, 10, 19)),
        ("arb_answer", date(2026, 9, 25), date(2026, 10, 15)),
        ("arb_accept", date(2026, 9, 30), date(2026, 10, 13)),
        ("union_demand_reply_bj", date(2026, 9, 20), date(2026, 10, 8)),
        ("legal_aid_objection_decide", date(2026, 9, 28), date(2026, 10, 8)),
        ("arb_hearing_notice", date(2026, 12, 8), date(2026, 12, 1)),
        ("arb_hearing_notice", date(2026, 10, 12), date(2026, 9, 29)),
        ("double_wage_window", date(2026, 3, 31), date(2027, 2, 28)),
        ("wage_record_keep", date(2024, 10, 3), date(2026, 10, 3)),
    ],
)
def test_worked_days_of_the_new_rows(book: LawBook, id: str, start: date, due: date) -> None:
    assert book.reckon(id, start).legal_due == due


def test_amounts_outside_their_years_are_refused(book: LawBook) -> None:
    assert book.amount("pay_divisor_hours", date(2020, 1, 1)).value == 174
    assert book.amount("injury_average_wage_monthly", date(2025, 12, 31)).value == 12116
    for key, day in (
        ("cap_wage_monthly", date(2024, 5, 31)),
        ("min_wage_monthly", date(2021, 7, 31)),
        ("injury_average_wage_monthly", date(2026, 1, 1)),
        ("pay_divisor_days", date(2008, 12, 31)),
    ):
        with pytest.raises(BadInput, match="施行"):
            book.amount(key, day)
    uncertain = {key for key, versions in book.amounts.items() for a in versions if not a.verified}
    assert uncertain == {"cap_wage_monthly", "injury_average_wage_monthly", "sick_pay_floor", "standby_floor"}
    assert all(a.unverified_because for v in book.amounts.values() for a in v if not a.verified)

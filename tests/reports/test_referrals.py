"""转办统计: what was handed over and what became of it always ties, and each figure opens to its list."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import BadInput, NotFound
from mediation.procedures.referrals import papers_counted, papers_listed
from mediation.reports.referrals import BY_TITLES, Report, listed, referrals
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

FROM, TO = date(2026, 1, 1), date(2026, 12, 31)
NOTHING = "无"


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def child(done: Any) -> int:
    return int(done.result["started"]["proceeding_id"])


def refer(office: Office, case: Registered, kind: str, body: str, papers: str | None = NOTHING) -> int:
    """A referral; with `papers` None it still waits for its papers, else they go over today, due in five days."""
    today = office.clock.today()
    told = {"referred_on": today.isoformat(), "referral_kind": kind, "referral_body": body, "referral_matter": "事项"}
    referral = child(office.fire(case.proceeding_id, "refer_case", told))
    if papers is not None:
        handed = {"handed_over_on": today.isoformat(), "papers_handed": papers, "handed_receipt": "签收"}
        office.fire(referral, "hand_over", {**handed, "answer_due": (today + timedelta(days=5)).isoformat()})
    return referral


def answer(office: Office, referral: int, back: str = NOTHING) -> None:
    told = {"answered_on": office.clock.today().isoformat(), "answer_note": "已办。", "papers_back": back}
    office.fire(referral, "record_answer", told)


def take_over(office: Office, case: Registered, source: str = "court_preaction", papers: str = NOTHING) -> int:
    told = {"taken_over_on": office.clock.today().isoformat(), "referral_source": source, "source_body": "来件单位"}
    return child(office.fire(case.proceeding_id, "take_over_referral", {**told, "papers_received": papers}))


def a_year(office: Office) -> None:
    """Seven referrals out, one in each place; ten papers went, four came back."""
    case = office.register()
    refer(office, case, "police", "东街派出所", None)
    refer(office, case, "inspection", "监察一队", "投诉书 2份")
    answer(office, refer(office, case, "justice", "法律援助中心", "劳动合同 1份\n工资条 3份"), "工资条 3份")
    gone = {"answered_on": office.clock.today().isoformat(), "refused_why": "无管辖权", "papers_back": NOTHING}
    office.fire(refer(office, case, "inspection", "监察二队"), "body_refuses", gone)
    taken = {"taken_back_why": "已付清", "papers_back": "情况说明 1份"}
    office.fire(refer(office, case, "union_up", "区总工会", "情况说明 1份"), "take_back", taken)
    late = refer(office, case, "court", "区法院", "起诉状 2份")
    refer(office, case, "court", "区法院", "证据 1份")
    office.fire(refer(office, case, "health", "卫健委"), "body_accepts", accepted(office))
    office.clock.move(days=6)
    sweep_once(office.runtime, ())
    office.fire(late, "close_unanswered", {"closed_why": "没有结果", "papers_back": NOTHING}, actor=office.supervisor)


def accepted(office: Office) -> dict[str, str]:
    today = office.clock.today()
    due = (today + timedelta(days=60)).isoformat()
    return {"body_accepted_on": today.isoformat(), "body_number": "8号", "answer_due": due}


def report(office: Office, by: str = "kind", direction: str = "out") -> Report:
    with office.database.read() as session:
        return referrals(session, office.runtime, office.supervisor, direction=direction, from_on=FROM, to_on=TO, by=by)


def opened(office: Office, by: str, key: str | None, place: str | None, direction: str = "out") -> tuple[Any, ...]:
    asked: dict[str, Any] = {"direction": direction, "from_on": FROM, "to_on": TO, "by": by, "key": key}
    with office.database.read() as session:
        return listed(session, office.runtime, office.supervisor, **asked, place=place)


@pytest.mark.parametrize("by", BY_TITLES)
def test_every_referral_is_in_one_place_and_every_figure_opens_to_its_list(office: Office, by: str) -> None:
    a_year(office)
    found = report(office, by)
    for row in (*found.rows, found.totals):
        key = row.key or None
        assert sum(row.counts) == row.total == len(opened(office, by, key, None))
        for place, count in zip(found.places, row.counts, strict=True):
            assert len(opened(office, by, key, place.name)) == count
        assert row.papers == row.papers_back + row.papers_kept
    assert [sum(counts) for counts in zip(*(row.counts for row in found.rows), strict=True)] == [*found.totals.counts]


def test_the_places_are_told_as_they_are(office: Office) -> None:
    a_year(office)
    found = report(office)
    counts = dict(zip((place.name for place in found.places), found.totals.counts, strict=True))
    silent = {"silent": 2, "unanswered": 1}
    assert counts == {"preparing": 1, "open": 1, "returned": 1, "refused": 1, "withdrawn": 1, **silent}
    assert (found.totals.total, found.totals.papers, found.totals.papers_back) == (8, 10, 4)
    assert [(row.title, row.total) for row in found.rows if row.key == "inspection"] == [("劳动保障监察机构", 2)]


def test_what_came_in_must_go_back_by_the_day_of_its_kind(office: Office) -> None:
    """Taken over on Friday 18 September. 30 days end on Sunday 18 October, hence the 19th.

    Working days: 20-24 September (5), 28-30 (8), 8 October (9), 9 (10), 10 and 12-15 (15)."""
    case = office.register()
    court = take_over(office, case, papers="委派函 1份\n起诉状副本 2份")
    take_over(office, case, "arbitration")
    take_over(office, case, "union_up")
    with office.database.read() as session:
        rows = session.execute(select(Deadline.period, Deadline.legal_due).where(Deadline.name == "report_back"))
        found = {row.period: row.legal_due for row in rows}
    assert found == {
        "mediation_court_preaction": date(2026, 10, 19),
        "mediation_commissioned_by_arbitration": date(2026, 10, 9),
        "referral_report_back": date(2026, 10, 15),
    }
    told = {"reported_back_on": "2026-09-18", "report_back_result": "agreed", "report_back_note": "达成协议。"}
    office.fire(court, "report_result", {**told, "papers_returned": "起诉状副本 2份", "report_receipt": "立案庭"})
    totals = report(office, direction="in").totals
    assert (totals.total, totals.counts, totals.papers, totals.papers_back) == (3, (2, 1, 0), 3, 2)


def test_a_colleague_elsewhere_counts_nothing(office: Office) -> None:
    a_year(office)
    with office.database.read() as session:
        asked: dict[str, Any] = {"direction": "out", "from_on": FROM, "to_on": TO}
        assert referrals(session, office.runtime, office.lawyer, **asked).totals.total == 0
        with pytest.raises(NotFound):
            listed(session, office.runtime, office.supervisor, **asked, place="nowhere")
        with pytest.raises(BadInput):
            referrals(session, office.runtime, office.supervisor, direction="out", from_on=TO, to_on=FROM)


def test_a_list_of_papers_is_read_line_by_line() -> None:
    assert papers_listed("劳动合同 1份\n工资条3份\n\n 工资条 2份 ") == {"劳动合同": 1, "工资条": 5}
    assert (papers_counted("无"), papers_counted(None), papers_counted("劳动合同")) == (0, 0, 0)
    with pytest.raises(ValueError, match="劳动合同"):
        papers_listed("工资条 3份\n劳动合同")

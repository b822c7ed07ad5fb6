"""The report of referrals as a page, as a sheet and for programs: the same figures everywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter

RANGE = {"from": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


@pytest.fixture
def number(counter: Counter) -> str:
    """The number of a case with one referral, handed over with two papers."""
    office = counter.office
    case = office.register()
    told = {"referred_on": "2026-09-18", "referral_kind": "police", "referral_body": "东街<派出所>"}
    referral = office.fire(case.proceeding_id, "refer_case", {**told, "referral_matter": "逃匿"})
    handed = {"handed_over_on": "2026-09-18", "papers_handed": "情况说明 2份", "handed_receipt": "值班员"}
    started = referral.result["started"]["proceeding_id"]
    office.fire(started, "hand_over", {**handed, "answer_due": "2026-09-30"})
    return case.number


def page(counter: Counter, path: str, **query: str) -> str:
    return counter.client(counter.office.supervisor).get(path, params=query).text


def test_each_figure_leads_to_its_list(counter: Counter, number: str) -> None:
    report = page(counter, "/referrals")
    assert "转办统计" in report
    assert "公安机关" in report
    assert "place=open" in report
    assert "每件转办同一时刻只在一栏" in report
    shown = page(counter, "/referrals/list", **RANGE, direction="out", by="kind", key="police", place="open")
    assert number in shown
    assert "东街&lt;派出所&gt;" in shown
    assert "共1件" in shown
    assert number not in page(counter, "/referrals/list", **RANGE, place="returned")


def test_the_sheet_and_the_interface_tell_the_same(counter: Counter, number: str) -> None:
    sheet = page(counter, "/referrals.csv", **RANGE)
    assert "公安机关,1,0,1,0,0,0,0,0,2,0,2" in sheet
    office = counter.office
    told = counter.get(office.supervisor, "/reports/referrals", **RANGE).json()
    assert told["totals"] | {"key": "", "title": ""} == told["rows"][0] | {"key": "", "title": ""}
    assert (told["totals"]["total"], told["totals"]["counts"]["open"], told["totals"]["papers"]) == (1, 1, 2)
    lines = counter.get(office.supervisor, "/reports/referrals/lines", **RANGE, place="open").json()
    assert [line["number"] for line in lines] == [number]


def test_wrong_ranges_are_told_and_others_may_not_look(counter: Counter) -> None:
    client = counter.client(counter.office.supervisor)
    assert client.get("/referrals", params={"from": "2026-12-31", "to": "2026-01-01"}).status_code == 422
    assert client.get("/referrals/list", params={**RANGE, "place": "nowhere"}).status_code == 404
    assert counter.client(counter.office.lawyer).get("/referrals").status_code == 403

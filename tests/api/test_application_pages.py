"""申请书 on pages and for programs: one click where it comes next, all on one page, many in one archive."""

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.legal_aid.proposals import proposed_aid, scope_of
from mediation.sweeping.missed import fire_missed
from tests.api.counter import Counter, open_counter
from tests.api.desk import Desk, fields_of, open_desk


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as found:
        yield found


def failed(desk: Desk) -> int:
    case = desk.office.accepted()
    failure = next(iter(desk.office.runtime.codes["failures"]))
    told = {"failure": failure, "failed_on": desk.office.clock.today().isoformat()}
    desk.office.fire(case.proceeding_id, "declare_failed", told)
    return case.case_id


def test_one_click_on_the_failed_case_makes_the_application(desk: Desk) -> None:
    case_id = failed(desk)
    with desk.browser() as browser:
        page = browser.get(f"/cases/{case_id}").text
        assert "接下来可以：一键生成申请书" in page
        action = f"/cases/{case_id}/applications/arbitration_application"
        done = browser.post(action, data=fields_of(page, action))
        assert done.status_code == 303
        after = browser.get(done.headers["location"]).text
        assert "已生成《仲裁申请书（张三）》" in after
        assert "申请书草稿" in after
        again = browser.post(action, data=fields_of(page, action))
        assert again.status_code == 303
        assert browser.get(f"/cases/{case_id}").text.count("仲裁申请书（张三）</strong>") == 1


def test_the_page_says_why_a_way_is_closed_and_the_post_is_refused_alike(desk: Desk) -> None:
    case_id = failed(desk)
    with desk.browser() as browser:
        page = browser.get(f"/cases/{case_id}/applications").text
        assert "没有已经生效的调解协议" in page
        assert "单独的调解协议不是执行依据" in page
        fields = fields_of(page, f"/cases/{case_id}/applications/arbitration_application")
        refused = browser.post(f"/cases/{case_id}/applications/review_application", data=fields)
        assert refused.status_code == 409
        assert "现在不能起草《仲裁审查申请书》" in refused.text


def test_a_late_payment_offers_its_papers_on_the_case_and_on_the_routes(desk: Desk) -> None:
    case = desk.office.signed()
    desk.office.clock.move(days=11)
    fire_missed(desk.office.runtime)
    with desk.browser() as browser:
        page = browser.get(f"/cases/{case.case_id}").text
        assert "生成《支付令申请书》" in page
        assert "最迟2026-10-08提出" in page
        routes = browser.get(f"/cases/{case.case_id}/routes").text
        for title in ("支付令申请书", "仲裁申请书", "民事起诉状", "仲裁审查申请书", "司法确认申请书"):
            assert f"生成《{title}》" in routes


def test_a_group_gets_one_each_in_one_archive(desk: Desk) -> None:
    workers = [{"name": f"工人{n}"} for n in range(7)]
    case = desk.office.register(workers=workers)
    path = f"/cases/{case.case_id}/applications/arbitration_application"
    with desk.browser() as browser:
        page = browser.get(f"/cases/{case.case_id}/applications").text
        assert "合写一份，附名单" in page
        done = browser.post(path, data={**fields_of(page, path), "together": "no"})
        assert "共7份，查看和打包下载全部" in browser.get(done.headers["location"]).text
        file = browser.get(f"{path}.docx.zip")
        assert file.headers["content-type"] == "application/zip"
        assert len(ZipFile(io.BytesIO(file.content)).namelist()) == 7
        assert browser.get(f"{path}.exe.zip").status_code == 404
        assert browser.get(f"/cases/{case.case_id}/applications/civil_complaint.docx.zip").status_code == 404


def test_programs_ask_and_draft(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    told = {one["template"]: one for one in counter.get(office.mediator, f"/cases/{case.case_id}/applications").json()}
    assert told["arbitration_application"]["state"] != "closed"
    assert told["review_application"]["state"] == "closed"
    made = counter.post(
        office.mediator, f"/cases/{case.case_id}/applications", {"template": "arbitration_application"}
    ).json()
    paper = made["result"]["documents"][0]
    assert paper["title"] == "仲裁申请书（张三）"
    assert counter.get(office.mediator, f"/documents/{paper['id']}.docx").status_code == 200
    late = counter.post(office.mediator, f"/cases/{case.case_id}/applications", {"template": "review_application"})
    assert late.status_code == 409


def test_legal_aid_needs_one_click_and_no_name_goes_into_the_queue(desk: Desk) -> None:
    worker = {"name": "张三", "phone": "13800138000", "migrant_worker": True}
    case = desk.office.register(
        workers=[worker], demands=[{"party": 0, "head": "wages", "item": "拖欠张三的工资", "amount": "24000"}]
    )
    with desk.office.database.read() as session:
        proposed = proposed_aid(session, desk.office.runtime, case.case_id)
    assert proposed["aid_matter"] == "拖欠工资争议。请求：拖欠工资24,000.00元。"
    assert (proposed["aid_scope"], proposed["aid_means"]) == ("pay", "migrant_pay")
    path = f"/cases/{case.case_id}/events/{case.proceeding_id}/open_legal_aid"
    with desk.browser() as browser:
        fields = fields_of(browser.get(path).text, path)
        assert "张三" not in fields["aid_matter"]
        assert browser.post(path, data=fields).status_code == 303


def test_the_class_of_aid_follows_from_the_cause(desk: Desk) -> None:
    scopes = desk.office.runtime.codes["aid_scopes"]
    expected = {"A1": "relation", "B1": "pay", "D1": "social_insurance", "E1": "injury", "C2": "union"}
    assert {cause: scope_of(scopes, cause) for cause in expected} == expected

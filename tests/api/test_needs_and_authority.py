"""What a worker needs and how far a representative may act: on the pages, in the queue, for programs."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import Desk, fields_of, open_desk


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def test_intake_asks_and_the_case_shows(desk: Desk) -> None:
    with desk.browser() as browser:
        page = browser.get("/intake").text
        assert "须手语翻译" in page
        form = fields_of(page, "/intake") | {
            "workers.0.name": "张三",
            "workers.0.birth_date": "2009-05-01",
            "workers.0.needs": ["sign_language", "injured"],
            "employers.0.name": "北京某餐饮有限公司",
            "cause": "B1",
            "demands.0.head": "wages",
            "summary": "拖欠工资",
        }
        answer = browser.post("/intake", data=form)
        assert answer.status_code == 303, answer.text
        shown = browser.get("/cases/1").text
        assert "须手语翻译" in shown
        assert '<span class="tag">工伤' not in shown
        assert "健康等敏感情况1项" in shown
        assert "按出生日期有1项情况待确认" in shown
        address = "/cases/1/parties/1/needs"
        page = browser.get("/cases/1/parties/1").text
        assert "有一项情况待确认" in page
        assert "不勾选也会保留" in page
        form = fields_of(page, address) | {"needs": ["minor", "sign_language"], "replace_hidden": "true"}
        assert browser.post(address, data=form).status_code == 303
        shown = browser.get("/cases/1").text
        assert "待确认" not in shown
        assert "健康等敏感情况1项" in shown
        assert "登记需要特别照顾的情况" in shown


def test_the_lawyers_see_what_is_needed_without_a_name(desk: Desk) -> None:
    case = desk.office.register(workers=[{"name": "张三丰", "needs": ["dialect"]}])
    desk.office.queued(case)
    with desk.browser(desk.office.lawyer) as browser:
        page = browser.get("/queue").text
    assert "说方言" in page
    assert "张三丰" not in page


def test_a_letter_that_has_run_out_warns_and_bars_nothing(desk: Desk) -> None:
    case = desk.office.accepted()
    address = f"/cases/{case.case_id}"
    with desk.browser() as browser:
        form = fields_of(browser.get(f"{address}/add/party").text, f"{address}/add/party") | {
            "side": "worker",
            "name": "王律师",
            "role": "representative",
            "represents": "1",
            "authority": "special",
            "powers": ["settle"],
            "authority_until": "2026-09-30",
        }
        assert browser.post(f"{address}/add/party", data=form).status_code == 303
        page = browser.get(address).text
        assert "代理授权到期：王律师（代理张三）" in page
        assert "和解、调解并签署协议" in page
    desk.office.clock.set(desk.office.clock.now().replace(month=10, day=2))
    with desk.browser() as browser:
        page = browser.get(address).text
        assert "授权已到期" in page
        party = "/parties/3"
        save = f"{address}{party}/authority"
        form = fields_of(browser.get(address + party).text, save) | {"powers": ["settle"]}
        form |= {"authority_until": "2026-12-31", "authority": "special"}
        assert browser.post(save, data=form).status_code == 303
        assert "授权已到期" not in browser.get(address).text


def test_the_form_that_names_parties_warns(desk: Desk) -> None:
    case = desk.office.register()
    office = desk.office
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    with desk.browser() as browser:
        address = f"/cases/{case.case_id}"
        form = fields_of(browser.get(f"{address}/add/party").text, f"{address}/add/party")
        form |= {"side": "employer", "name": "赵经理", "role": "representative", "represents": "2"}
        form |= {"authority": "general", "authority_until": "2026-09-17"}
        assert browser.post(f"{address}/add/party", data=form).status_code == 303
        office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": "2026-09-18"})
        page = browser.get(f"{address}/events/{case.proceeding_id}/record_consent").text
    assert "赵经理的授权已于2026-09-17到期" in page


def test_for_programs(counter: Counter) -> None:
    office = counter.office
    case = office.register(workers=[{"name": "张三", "birth_date": "2010-01-01"}])
    file = counter.get(office.mediator, f"/cases/{case.case_id}").json()
    assert (file["parties"][0]["needs"], file["parties"][0]["needs_proposed"]) == ([], [])
    assert file["parties"][0]["unconfirmed"] == 1
    body = {"revision": 1, "change": {"needs": ["minor", "dialect"]}}
    done = counter.post(office.mediator, f"/cases/{case.case_id}/parties/1/needs", body, method="PUT")
    assert done.status_code == 200, done.text
    file = counter.get(office.mediator, f"/cases/{case.case_id}").json()
    assert (file["parties"][0]["needs"], file["parties"][0]["needs_hidden"]) == (["dialect"], 1)
    agent = {"name": "李代理", "role": "representative", "represents": 1}
    added = counter.post(
        office.mediator, f"/cases/{case.case_id}/parties", {"revision": 2, "side": "worker", "party": agent}
    ).json()
    path = f"/cases/{case.case_id}/parties/{added['result']['party']}/authority"
    change = {"authority": "special", "powers": ["settle"], "authority_until": date(2026, 12, 1).isoformat()}
    done = counter.post(office.mediator, path, {"revision": added["revision"], "change": change}, method="PUT")
    assert done.status_code == 200, done.text
    file = counter.get(office.mediator, f"/cases/{case.case_id}").json()
    (expiry,) = [one for one in file["deadlines"] if one["name"] == "authority_expiry"]
    assert (expiry["due_on"], expiry["kind"]) == ("2026-12-01", "agreed")
    stranger = counter.get(office.lawyer, f"/cases/{case.case_id}")
    assert stranger.status_code == 404

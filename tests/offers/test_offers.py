"""Offers are told to the mediator; the other side hears of one when its author agrees; the accepted one is drafted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import fields_of
from tests.cases.test_queries import newcomer

SECRET = "分两期也行"


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as opened:
        yield opened


def test_from_the_first_offer_to_the_draft(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    at, today = f"/cases/{case.case_id}/offers", office.clock.today().isoformat()
    worker, firm = office.parties(case.case_id, "worker")[0], office.parties(case.case_id, "employer")[0]

    def offered(party: int, amount: str, **more: Any) -> int:
        body = {"party": party, "amount": amount, "made_on": today, **more}
        answer = counter.post(office.mediator, at, body)
        assert answer.status_code == 200, answer.text
        number: int = answer.json()["result"]["offer"]
        return number

    offered(worker, "24000")
    offered(worker, "20000", terms=SECRET)
    low = offered(firm, "15000")
    log = counter.get(office.mediator, at).json()
    assert log["gap"] == "5000.00"
    assert [one["state"] for one in log["offers"]] == ["open", "open", "superseded"]
    clerk = newcomer(office, "clerk")
    for told in (counter.get(clerk, at).json(), counter.client(clerk).get(at).text):
        assert SECRET not in str(told)
        assert "15000" not in str(told).replace(",", "")
    assert SECRET not in counter.client(clerk).get(f"/cases/{case.case_id}?history=all").text
    assert SECRET in counter.client(office.mediator).get(f"/cases/{case.case_id}?history=all").text
    early = counter.post(office.mediator, f"{at}/{low}/end", {"state": "accepted"})
    assert "对方还不知道这项出价" in early.text
    assert counter.post(clerk, f"{at}/{low}/release", {"agreed": True}).status_code == 403
    assert counter.post(office.mediator, f"{at}/{low}/release", {"agreed": False}).status_code == 422
    assert counter.post(office.mediator, f"{at}/{low}/release", {"agreed": True}).status_code == 200
    assert [one["id"] for one in counter.get(clerk, at).json()["offers"]] == [low]
    assert counter.get(clerk, at).json()["gap"] is None
    assert counter.post(office.mediator, f"{at}/{low}/end", {"state": "accepted"}).status_code == 200
    form = counter.client(office.mediator).get(f"/cases/{case.case_id}/events/{case.proceeding_id}/draft_agreement")
    fields = fields_of(form.text, f"/cases/{case.case_id}/events/{case.proceeding_id}/draft_agreement")
    assert (fields["promises.0.party"], fields["promises.0.amount"]) == (str(worker), "15000.00")
    assert SECRET not in form.text


def test_what_cannot_be_recorded_is_told_in_a_sentence(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    browser, at = counter.client(office.mediator), f"/cases/{case.case_id}/offers"
    form = {"party": "999", "made_on": "2027-01-01", "valid_until": "2026-01-01", "_key": "bad-offer"}
    page = browser.post(at, data=form)
    assert page.status_code == 422
    for sentence in ("请从本案的劳动者和用人单位中选择", "请填写金额或者其他条件", "不能晚于今天", "不能早于提出日期"):
        assert sentence in page.text
    firm = str(office.parties(case.case_id, "employer")[0])
    given = {"party": firm, "amount": "1万", "made_on": "2026-09-01", "valid_until": "2026-09-10", "_key": "good-offer"}
    assert browser.post(at, data=given).status_code == 303
    assert "已过有效期" in browser.get(at).text
    assert counter.get(office.mediator, at).json()["gap"] is None
    assert browser.post(f"{at}/1/end", data={"state": "withdrawn", "_key": "withdraw-it"}).status_code == 303
    assert "已撤回" in browser.get(at).text
    assert browser.post(f"{at}/99/end", data={"state": "withdrawn", "_key": "withdraw-99"}).status_code == 404

"""Numbers, addresses and health are masked everywhere; one at a time is revealed with a reason, and written down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.access_models import Reading
from mediation.cases.models import Party
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.fields import FIELDS, LIST, SIGHTS, masked_answers, sight
from mediation.people.masking import masked_address, masked_email, masked_number, masked_phone, scrubbed
from tests.access.test_emergency import WHY, somebody
from tests.api.counter import Counter, open_counter
from tests.api.desk import fields_of

PHONE, NUMBER, PLACE = "13812340001", "110101199003070011", "示范区东街9号院3号楼"
WORKER = {
    "name": "张三",
    "phone": PHONE,
    "id_kind": "resident_id",
    "id_number": NUMBER,
    "address": PLACE,
    "needs": ["dialect", "pregnant_or_nursing"],
}


@pytest.fixture
def counter(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(database, clock, tmp_path) as counter:
        yield counter


def looks(counter: Counter) -> list[tuple[Any, ...]]:
    with counter.office.database.read() as session:
        query = select(Reading).where(Reading.kind == "field").order_by(Reading.id)
        return [(r.person_id, r.what, r.why) for r in session.scalars(query)]


@pytest.mark.parametrize(
    ("mask", "clear", "shown"),
    [
        (masked_phone, "13800000001", "138****0001"),
        (masked_phone, "010-12345678", "010-****5678"),
        (masked_phone, "12351", "*****"),
        (masked_number, "110101199003070011", "**************0011"),
        (masked_number, "AB1234", "******"),
        (masked_email, "zhang@example.com", "z****@example.com"),
        (masked_address, "北京市示范区东街9号", "北京市示范区****"),
        (masked_address, "东街9号", "****"),
        (scrubbed, "转至6222020200112233445，电13800000001，证11010119900307001X", None),
        (scrubbed, "案号〔2026〕12号，2026-09-18，24000.00元", "案号〔2026〕12号，2026-09-18，24000.00元"),
    ],
)
def test_masks(mask: Any, clear: str, shown: str | None) -> None:
    expected = shown or "转至***************3445，电138****0001，证**************001X"
    assert mask(clear) == expected


def test_the_list_of_classes_names_known_sights_and_roles(counter: Counter) -> None:
    codes = counter.office.runtime.codes
    roles = {*codes["roles"], "emergency"}
    for code in codes[LIST]:
        assert set(codes[LIST].about(code)) <= roles
        assert set(codes[LIST].about(code).values()) <= set(SIGHTS)
    assert {field.data_class for field in FIELDS.values()} <= set(codes[LIST])
    assert sight(codes[LIST], "contact", {"administrator"}) == "none"
    assert sight(codes[LIST], "contact", {"administrator", "mediator"}) == "masked"
    page = counter.client(counter.office.supervisor).get("/permissions").text
    assert 'data-role="mediator" data-sight="masked"' in page
    assert masked_answers({"workers": [{"phone": PHONE, "needs": ["minor"], "name": "张三"}]}) == {
        "workers": [{"phone": "138****0001", "needs": "****", "name": "张三"}]
    }


def test_no_page_and_no_answer_holds_a_clear_number(counter: Counter) -> None:
    office = counter.office
    case = office.accepted(workers=[WORKER])
    page = f"/cases/{case.case_id}"
    worker = office.parties(case.case_id, "worker")[0]
    for actor in (office.mediator, office.supervisor):
        browser = counter.client(actor)
        paths = [page, f"{page}?history=all", f"{page}/group", f"{page}/change/party/{worker}", f"{page}/related"]
        paths += [f"{page}/parties/{worker}", f"{page}/reveal/party/{worker}", "/cases?whose=all&text=张三"]
        paths += [f"/api/v1/cases/{case.case_id}", f"/api/v1/cases/{case.case_id}/group"]
        for path in paths:
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert not [secret for secret in (PHONE, NUMBER, PLACE) if secret in answer.text], path
    shown = counter.client(office.mediator).get(page).text
    assert "138****0001" in shown
    assert "**************0011" in shown
    assert "说方言" in shown
    assert "健康等敏感情况1项" in shown
    file = counter.get(office.mediator, f"/cases/{case.case_id}").json()["parties"][0]
    assert (file["phone"], file["needs"], file["needs_hidden"]) == ("138****0001", ["dialect"], 1)


def test_a_field_is_revealed_with_a_reason_and_the_look_is_written_down(counter: Counter) -> None:
    office = counter.office
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    address = f"/cases/{case.case_id}/reveal/party/{worker}"
    browser = counter.client(office.mediator)
    form = fields_of(browser.get(f"{address}?field=phone").text, address)
    refused = browser.post(address, data=form)
    assert (refused.status_code, PHONE in refused.text) == (422, False)
    assert looks(counter) == []
    shown = browser.post(address, data=form | {"reason": "contact"})
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert f'href="tel:{PHONE}"' in shown.text
    assert NUMBER not in shown.text
    assert PHONE not in browser.get(address).text
    needs = browser.post(address, data=form | {"field": "needs", "reason": "accommodation"})
    assert "孕期、产期、哺乳期" in needs.text
    me = office.mediator.person_id
    assert looks(counter) == [(me, "张三：电话", "联系当事人"), (me, "张三：健康和特殊需要", "安排翻译、陪同等照顾")]
    boss = counter.client(office.supervisor)
    assert "张三：电话" in boss.get(f"/cases/{case.case_id}/readings").text
    assert "查看完整号码" in boss.get(f"/cases/{case.case_id}/readings/answer").text


def test_who_is_not_at_work_on_it_says_in_words_why(counter: Counter) -> None:
    office = counter.office
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    path = f"/cases/{case.case_id}/parties/{worker}/reveal"
    body = {"field": "id_number", "why": {"reason": "identity"}}
    assert counter.post(office.supervisor, path, body).status_code == 422
    told = counter.post(office.supervisor, path, {**body, "why": {"reason": "identity", "words": "复核签收人身份"}})
    assert (told.status_code, told.json()["value"]) == (200, NUMBER)
    assert counter.post(office.mediator, path, {**body, "why": {"reason": "other"}}).status_code == 422
    assert counter.post(office.mediator, path, {**body, "why": {"reason": "没有"}}).status_code == 422
    assert counter.post(office.mediator, path, body).json()["value"] == NUMBER
    neighbour = somebody(office, "mediator", "孙邻街", street="示范区西街总工会")
    assert counter.post(neighbour, path, body).status_code == 404
    sent = {"number": case.number, "reason": WHY, "_key": "emergency-01"}
    assert counter.client(neighbour).post("/emergency", data=sent).status_code == 303
    assert counter.post(neighbour, path, body).status_code == 422
    urgent = {"reason": "contact", "words": "本人在工地遭威胁"}
    assert counter.post(neighbour, path, {"field": "phone", "why": urgent}).json()["value"] == PHONE
    assert [why for _, _, why in looks(counter)] == [
        "核对身份：复核签收人身份",
        "核对身份",
        "联系当事人：本人在工地遭威胁",
    ]


def test_leaving_the_mask_keeps_what_is_stored(counter: Counter) -> None:
    office = counter.office
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    address = f"/cases/{case.case_id}/change/party/{worker}"
    browser = counter.client(office.mediator)
    form = fields_of(browser.get(address).text, address)
    assert (form["phone"], form["address"]) == ("138****0001", "示范区****")
    assert browser.post(address, data=form | {"phone": "139****0001", "reason": "改号"}).status_code == 422
    assert browser.post(address, data=form | {"reason": "核对", "name": "张三丰"}).status_code == 303
    with office.database.read() as session:
        party = session.get_one(Party, worker)
        assert (party.name, party.phone, party.address) == ("张三丰", PHONE, PLACE)
    needs = f"/cases/{case.case_id}/parties/{worker}/needs"
    form = fields_of(browser.get(f"/cases/{case.case_id}/parties/{worker}").text, needs)
    assert browser.post(needs, data=form | {"needs": ["dialect", "injured"]}).status_code == 303
    with office.database.read() as session:
        assert session.get_one(Party, worker).needs == ["dialect", "pregnant_or_nursing", "injured"]
    form = fields_of(browser.get(f"/cases/{case.case_id}/parties/{worker}").text, needs)
    assert browser.post(needs, data=form | {"needs": ["dialect"], "replace_hidden": "true"}).status_code == 303
    with office.database.read() as session:
        assert session.get_one(Party, worker).needs == ["dialect"]


def test_a_paper_that_prints_a_number_is_a_look(counter: Counter) -> None:
    counter.office.signed(workers=[WORKER])
    ((reader, what, why),) = looks(counter)
    assert reader == counter.office.mediator.person_id
    assert "调解协议书：印有证件号码、电话、地址" in what
    assert why == "制作文书"

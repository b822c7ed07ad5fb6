"""What people were told, agreed to and took back; and the paper for who asks who has looked."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from mediation.access.asked import QuestionIn, answer, ask, questions
from mediation.cases.intake import Registered
from mediation.clock import TestClock
from mediation.consents.models import Consent
from mediation.consents.notice import CITES, current_notice, notices
from mediation.consents.record import AnswerIn, WithdrawalIn, record_answer, withdraw
from mediation.consents.standing import consents_of, missing, withdrawn
from mediation.db import Database
from mediation.documents.models import Document
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.reminders.models import Delivery
from tests.api.counter import Counter, open_counter
from tests.api.desk import fields_of
from tests.office import Office, open_office

WORKER = {"name": "张三", "phone": "13812340001", "needs": ["injured"]}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def said(
    office: Office, case: Registered, party: int, *purposes: str, key: str | None = None, **more: object
) -> list[int]:
    told = {"party": party, "purposes": list(purposes), "answer": "given", "way": "counter", **more}
    with office.database.write() as session:
        data = AnswerIn.model_validate(told)
        done = record_answer(
            session, office.runtime, case.case_id, data, key=key or office.key(), actor=office.mediator
        )
        found: list[int] = (done.repeated or done.result)["consents"]
        return found


def open_purposes(office: Office, case: Registered) -> list[tuple[str, ...]]:
    with office.database.read() as session:
        return [one.purposes for one in missing(session, office.runtime, case.case_id)]


def test_what_is_in_the_file_and_nobody_answered_for_is_named(office: Office) -> None:
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    assert open_purposes(office, case) == [("notice", "mediation", "health")]
    first = said(office, case, worker, "notice", "mediation", key="consent-0001")
    assert said(office, case, worker, "notice", "mediation", key="consent-0001") == first
    assert open_purposes(office, case) == [("health",)]
    reason = "伤情是认定工资标准所必需"
    said(office, case, worker, "health", answer="based", ground="duty", note=reason)
    assert open_purposes(office, case) == []
    with office.database.read() as session:
        rows = consents_of(session, office.runtime, case.case_id)
    assert [(row.purpose, row.answer, row.notice, row.live) for row in rows] == [
        ("health", "based", "v1", False),
        ("mediation", "given", "v1", True),
        ("notice", "told", "v1", False),
    ]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"answer": "told"}, "answer"),
        ({"answer": "based"}, "ground"),
        ({"ground": "duty", "note": "理由"}, "ground"),
        ({"answer": "based", "ground": "duty"}, "note"),
        ({"way": "smoke"}, "way"),
        ({"given_on": "2026-12-01"}, "given_on"),
        ({"evidence": 77}, "evidence"),
        ({"purposes": ["fun"]}, "purposes"),
        ({"party": 2}, "party"),
    ],
)
def test_an_answer_that_is_none_is_refused_by_field(office: Office, told: dict[str, object], field: str) -> None:
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    raw = {"party": worker, "purposes": ["health"], "answer": "given", "way": "paper", **told}
    with office.database.write() as session, pytest.raises(BadInput) as wrong:
        now = {"key": office.key(), "actor": office.mediator}
        record_answer(session, office.runtime, case.case_id, AnswerIn.model_validate(raw), **now)  # type: ignore[arg-type]
    assert field in wrong.value.fields


def test_a_guardian_answers_for_a_child(office: Office) -> None:
    case = office.accepted(workers=[{"name": "小明", "birth_date": "2013-09-19"}])
    worker = office.parties(case.case_id, "worker")[0]
    assert "minor" in open_purposes(office, case)[0]
    with pytest.raises(BadInput) as wrong:
        said(office, case, worker, "mediation")
    assert "监护人" in wrong.value.fields["guardian"]
    said(office, case, worker, "mediation", "minor", guardian="张父")
    assert open_purposes(office, case) == [("notice",)]


def test_a_withdrawal_says_what_stops_and_what_is_kept(office: Office) -> None:
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    (row,) = said(office, case, worker, "sharing")
    data, now = WithdrawalIn(way="phone", reason="不想让单位知道"), {"actor": office.mediator}
    with office.database.write() as session:
        done = withdraw(session, office.runtime, case.case_id, row, data, key="withdraw-1", **now)
        assert "不再向本案还没有提供过的机关提供" in done.result["stops"]
        assert "保留提供记录" in done.result["keeps"]
    with office.database.write() as session:
        again = withdraw(session, office.runtime, case.case_id, row, data, key="withdraw-1", **now)
        assert again.repeated is not None
    with office.database.write() as session, pytest.raises(BadInput):
        withdraw(session, office.runtime, case.case_id, row, data, key="withdraw-2", **now)
    with office.database.write() as session, pytest.raises(NotFound):
        withdraw(session, office.runtime, case.case_id, row + 99, data, key="withdraw-3", **now)
    with office.database.read() as session:
        assert [one[:2] for one in withdrawn(session, case.case_id)] == [("张三", "sharing")]
        letters = session.scalars(select(Delivery.text).where(Delivery.person_id == office.mediator.person_id)).all()
        assert any("撤回同意" in letter for letter in letters)
        assert session.scalars(select(Consent.withdrawn_why)).one() == "不想让单位知道"
    said(office, case, worker, "sharing")
    with office.database.read() as session:
        assert withdrawn(session, case.case_id) == []


def test_every_version_of_the_notice_stays_and_rests_on_known_articles(office: Office) -> None:
    found = notices(office.runtime)
    assert current_notice(office.runtime, office.clock.today()) == found[-1]
    assert found[0].parts[0][0] == "谁处理"
    articles = office.runtime.law.statutes
    cited = {
        cite
        for code in office.runtime.codes["consent_purposes"]
        for cite in office.runtime.codes["consent_purposes"].about(code)["cites"].split(",")
    }
    assert {*CITES, *cited} <= set(articles)
    with pytest.raises(NotFound):
        current_notice(office.runtime, date(2020, 1, 1))


def test_a_question_has_a_day_and_the_answer_names_everybody_and_every_reveal(counter: Counter) -> None:
    office = counter.office
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    browser = counter.client(office.mediator)
    body = {"field": "phone", "why": {"reason": "contact"}}
    assert counter.post(office.mediator, f"/cases/{case.case_id}/parties/{worker}/reveal", body).status_code == 200
    data = QuestionIn(party=worker, way="counter")
    with office.database.write() as session:
        done = ask(session, office.runtime, case.case_id, data, key=office.key(), actor=office.mediator)
        assert done.result["due_on"] == "2026-10-15"
        request = done.result["request"]
    with office.database.write() as session, pytest.raises(Forbidden):
        answer(session, office.runtime, case.case_id, request, key=office.key(), actor=office.mediator)
    boss = counter.client(office.supervisor)
    page = f"/cases/{case.case_id}/consents"
    assert "等待答复" in browser.get(page).text
    save = f"/cases/{case.case_id}/questions/{request}/answer"
    assert boss.post(save, data=fields_of(boss.get(page).text, save)).status_code == 303
    with office.database.read() as session:
        (one,) = questions(session, office.runtime, case.case_id)
        text = session.get_one(Document, one.paper).text
    assert "李调解" in text
    assert "查看完整号码" in text
    assert "13812340001" not in text
    shown = boss.get(page).text
    assert "已答复" in shown
    assert boss.get(f"/cases/{case.case_id}/documents/{one.paper}.pdf").status_code == 200


def test_the_page_records_and_withdraws_without_javascript(counter: Counter) -> None:
    office = counter.office
    case = office.accepted(workers=[WORKER])
    worker = office.parties(case.case_id, "worker")[0]
    browser = counter.client(office.mediator)
    page = f"/cases/{case.case_id}/consents"
    shown = browser.get(page).text
    assert "还没有登记告知" in shown
    assert "单独同意" in browser.get("/privacy-notice").text
    form = fields_of(shown, page) | {"party": str(worker), "purposes": ["health"], "answer": "given"}
    refused = browser.post(page, data=form)
    assert refused.status_code == 422
    assert browser.post(page, data=form | {"way": "paper"}).status_code == 303
    with office.database.read() as session:
        row = session.scalars(select(Consent.id)).one()
    save = f"{page}/{row}/withdraw"
    form = fields_of(browser.get(page).text, save)
    assert browser.post(save, data=form).status_code == 422
    assert browser.post(save, data=form | {"way": "counter"}).status_code == 303
    shown = browser.get(page).text
    assert "已撤回" in shown
    assert "可以保留：" in shown
    assert "撤回了对“伤病、孕期、残疾等健康情况”的同意" in browser.get(f"/cases/{case.case_id}").text
    listed = counter.get(office.mediator, f"/cases/{case.case_id}/consents").json()
    assert (listed[0]["purpose"], listed[0]["withdrawn_on"]) == ("health", "2026-09-18")
    assert counter.get(office.mediator, "/privacy-notices").json()[0]["version"] == "v1"
    assert "登记撤回同意" in browser.get(f"/cases/{case.case_id}").text

"""A case whose period is over: two people, then nothing of it is left but figures, and the trail still verifies."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mediation.cases.access_models import ReadingRequest
from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.models import Case, Party, Proceeding, StoredFile
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Base, Database, make_engine
from mediation.documents.files import file_of
from mediation.documents.models import Document
from mediation.errors import Forbidden, NotFound, Refused
from mediation.findings.verify import verify_all
from mediation.people.actor import Actor, Grant, load_actor
from mediation.people.models import Person
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reports.employers import find_employers
from mediation.reports.outcomes import outcomes
from mediation.reports.recovered import recovered
from mediation.reports.referrals import referrals
from mediation.retention.deciding import DeclineIn, approve, decline, propose
from mediation.retention.due import Standing, find_due, standing
from mediation.retention.emptied import codes_only, empty_chains
from mediation.retention.erase import scrub
from mediation.retention.models import Deletion
from mediation.retention.requests import (
    AnswerIn,
    HoldIn,
    RequestIn,
    answer_request,
    hold,
    record_request,
    release,
    requests_of,
)
from mediation.retention.restored import keep_list, reapply
from mediation.sealing.keys import ring_of
from mediation.settings import Settings
from mediation.sweeping.missed import fire_missed
from tests.office import Office, open_office

NOBODY = Actor(None, "报表", (Grant("supervisor", 0, "/"),))
YEARS = timedelta(days=366 * 11)
MARKS = (
    "张三",
    "13800138000",
    "110101199001011237",
    "多次催要",
    "工资条照片",
    "银行回单甲",
    "天通苑",
    "电话里说愿意和解",
)


@pytest.fixture
def office(database: Database, clock: TestClock, tmp_path: Path) -> Office:
    return open_office(database, clock, settings_in(tmp_path))


def settings_in(folder: Path) -> Settings:
    return Settings(data_folder=folder)


def closed(office: Office, **changes: Any) -> int:
    """A case with evidence, a private note, a paid agreement, closed today."""
    worker = {"name": "张三", "phone": "13800138000", "address": "天通苑3号", "id_number": "110101199001011237"}
    case = office.signed(workers=[{**worker, "id_kind": "resident_id"}], **changes)
    once: dict[str, Any] = {"actor": office.mediator}
    with office.database.write() as session:
        said = EvidenceIn(name="工资条照片", category="wage_record")
        upload = Upload(f"工资条照片{case.case_id}".encode(), "text/plain")
        add_evidence(session, office.runtime, case.case_id, said, upload, key=office.key(), **once)
        note = ActivityIn(kind="call", text="电话里说愿意和解", private=True)
        add_activity(session, office.runtime, case.case_id, note, key=office.key(), **once)
    party = office.parties(case.case_id, "worker")[0]
    paid = {"party": party, "amount": "20000", "paid_on": office.clock.today().isoformat(), "proof": "银行回单甲"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    told = {"revisit_on": office.clock.today().isoformat(), "revisit_note": "张三说已收到。"}
    office.fire(case.proceeding_id, "close_fulfilled", told)
    return case.case_id


def later(office: Office, by: timedelta = YEARS) -> None:
    office.clock.set(office.clock.now() + by)
    fire_missed(office.runtime)
    find_due(office.runtime)


def second(office: Office) -> Actor:
    """Another supervisor of the district, and the first one with the roles of the day."""
    with office.database.write() as session:
        person = register_person(session, PersonData(name="刘主管"), at=office.clock.now())
        grant_role(session, person.id, office.district_id, "supervisor", date(2026, 1, 1))
        return load_actor(session, person.id, office.clock.today())


def waiting(office: Office) -> list[Deletion]:
    with office.database.read() as session:
        return list(session.scalars(select(Deletion).where(Deletion.state != "done").order_by(Deletion.id)))


def proposed(office: Office) -> int:
    (row,) = waiting(office)
    with office.database.write() as session:
        propose(session, office.runtime, [row.id], actor=office.supervisor)
    return row.id


def destroyed(office: Office, other: Actor) -> int:
    id = proposed(office)
    with office.database.write() as session:
        approve(session, office.runtime, id, key=office.key(), actor=other)
    return id


def everything(office: Office) -> str:
    """All that is in the database, sealed columns opened, and files."""
    found: list[Any] = []
    with office.database.read() as session:
        for table in Base.metadata.sorted_tables:
            found += [(table.name, *row) for row in session.execute(select(table))]
    return "\n".join(str([v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in row]) for row in found)


def figures(office: Office) -> Any:
    """Every report of the year of the case, but for the moment it was made."""
    span: dict[str, Any] = {"from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}
    with office.database.read() as session:
        money = [
            recovered(session, office.runtime, *span.values(), by, NOBODY, as_of=as_of)
            for by in ("month", "street", "cause")
            for as_of in (None, datetime(2026, 9, 18, 9, 0, 30, tzinfo=SHANGHAI))
        ]
        ends = outcomes(session, office.runtime, NOBODY, **span)
        sent = referrals(session, office.runtime, NOBODY, direction="out", **span)
        firms = find_employers(session, NOBODY, "餐饮", offset=0)
    return [replace(one, as_of=None) if hasattr(one, "as_of") else one for one in (*money, ends, sent)], firms


def faults(office: Office) -> list[str]:
    with office.database.read() as session:
        return [fault.sentence for fault in verify_all(session)]


def test_nothing_of_the_person_is_left_and_every_figure_stays(office: Office) -> None:
    case_id = closed(office)
    later(office)
    other, before = second(office), figures(office)
    assert [mark for mark in MARKS if mark not in everything(office)] == []
    destroyed(office, other)
    assert [line for line in everything(office).splitlines() if any(mark in line for mark in MARKS)] == []
    assert figures(office) == before
    assert faults(office) == []
    with office.database.read() as session:
        assert session.scalars(select(StoredFile)).all() == []
        number = session.scalars(select(Case.number)).one()
        done = session.scalars(select(Deletion)).one()
        paper = session.scalars(select(Document).where(Document.id == done.document_id)).one()
    assert done.state == "done"
    assert done.counts["files"] == 1
    assert done.counts["papers"] == 3
    assert number in paper.text
    assert "王主管" in paper.text
    assert "刘主管" in paper.text
    assert "最迟至" in paper.text
    assert done.backups_until == office.clock.today() + timedelta(days=90)
    assert file_of(paper, "pdf").content[:4] == b"%PDF"
    assert standing_of(office, case_id).ripe(office.clock.today()) == []


def standing_of(office: Office, case_id: int) -> Standing:
    with office.database.read() as session:
        return standing(session, office.runtime, case_id)


def test_whoever_proposed_it_cannot_approve_it(office: Office) -> None:
    closed(office)
    later(office)
    id = proposed(office)
    with pytest.raises(Forbidden, match="两个人"), office.database.write() as session:
        approve(session, office.runtime, id, key=office.key(), actor=office.supervisor)
    with pytest.raises(NotFound), office.database.write() as session:
        approve(session, office.runtime, id, key=office.key(), actor=office.mediator)
    other = second(office)
    with office.database.write() as session:
        decline(session, office.runtime, id, DeclineIn(reason="先问档案室。"), actor=other)
    (row,) = waiting(office)
    assert (row.state, row.declined, row.proposed_by_id) == ("due", "先问档案室。", None)
    assert "张三" in everything(office)


def test_contact_and_health_go_first_and_the_certificate_says_what_stays(office: Office) -> None:
    case_id = closed(office)
    later(office, timedelta(days=366 * 4))
    (row,) = waiting(office)
    assert row.classes == ["contact", "health"]
    destroyed(office, second(office))
    found = standing_of(office, case_id)
    assert found.gone == {"contact", "health"}
    assert found.due["narrative"] == date(2036, 9, 18)
    with office.database.read() as session:
        party = session.scalars(select(Party).where(Party.case_id == case_id, Party.side == "worker")).one()
        person = session.get(Person, party.person_id)
        paper = session.scalars(select(Document).where(Document.template == "deletion_certificate")).one()
    assert person is not None
    assert (person.phone, person.phone_blind, person.address) == (None, None, None)
    assert person.id_number == "110101199001011237"
    assert party.name == "张三"
    assert "案情内容至2036-09-18" in paper.text
    assert faults(office) == []
    later(office, timedelta(days=366 * 7))
    destroyed(office, second(office))
    with office.database.read() as session:
        papers = session.scalars(select(Document).where(Document.template == "deletion_certificate")).all()
    assert [bool(one.text) for one in papers] == [True, True]
    assert faults(office) == []


def test_what_keeps_a_case(office: Office) -> None:
    """Open proceedings, a hold, an unanswered question, a restriction; each goes away again."""
    case_id = closed(office)
    office.register(workers=[{"name": "李四", "phone": "13900139000"}])
    later(office)
    assert [row.case_id for row in waiting(office)] == [case_id]
    once: dict[str, Any] = {"actor": office.supervisor}
    with office.database.write() as session:
        hold(session, office.runtime, case_id, HoldIn(reason="法院调卷。"), key=office.key(), **once)
    find_due(office.runtime)
    assert waiting(office) == []
    with office.database.write() as session:
        release(session, office.runtime, case_id, HoldIn(reason="已还卷。"), key=office.key(), **once)
        asked = {"party": office.parties(case_id, "worker")[0], "kind": "copy", "received_on": office.clock.today()}
        made = record_request(session, office.runtime, case_id, RequestIn(**asked), key=office.key(), **once)
    find_due(office.runtime)
    assert waiting(office) == []
    with office.database.write() as session:
        said = AnswerIn(request=made.result["request"], answer="granted", reason="已打印。")
        answer_request(session, office.runtime, case_id, said, key=office.key(), **once)
        session.execute(update(Case).where(Case.id == case_id).values(restricted_at=office.clock.now()))
    find_due(office.runtime)
    assert waiting(office) == []
    with office.database.write() as session:
        session.execute(update(Case).where(Case.id == case_id).values(restricted_at=None))
        question = ReadingRequest(case_id=case_id, party_id=asked["party"], asker="张三", way="paper")
        question.asked_on = question.due_on = office.clock.today()
        question.at = office.clock.now()
        session.add(question)
    find_due(office.runtime)
    assert waiting(office) == []
    with office.database.write() as session:
        session.execute(update(ReadingRequest).values(answered_at=office.clock.now()))
    find_due(office.runtime)
    id = proposed(office)
    office.fire(dispute(office, case_id), "reopen", {"reopen_reason": "发现漏算。"}, actor=office.supervisor)
    other = second(office)
    with pytest.raises(Refused, match="没有办结"), office.database.write() as session:
        approve(session, office.runtime, id, key=office.key(), actor=other)


def dispute(office: Office, case_id: int) -> int:
    with office.database.read() as session:
        return session.scalars(select(Proceeding.id).where(Proceeding.case_id == case_id)).one()


def test_somebody_who_is_in_another_case_stays_there(office: Office) -> None:
    closed(office)
    number = {"id_kind": "resident_id", "id_number": "110101199001011237"}
    later(office)
    office.register(workers=[{"name": "张三", "phone": "13800138000", **number}])
    destroyed(office, second(office))
    with office.database.read() as session:
        persons = session.scalars(select(Person.name).where(Person.name == "张三")).all()
        names = session.scalars(select(Party.name).where(Party.side == "worker").order_by(Party.id)).all()
    assert persons == ["张三"]
    assert names == ["（已删除）", "张三"]


def test_a_request_to_delete_is_answered_and_needs_two_as_well(office: Office) -> None:
    case_id = closed(office)
    fire_missed(office.runtime)
    office.clock.move(days=40)
    fire_missed(office.runtime)
    once: dict[str, Any] = {"actor": office.supervisor}
    asked = {"party": office.parties(case_id, "worker")[0], "kind": "delete", "received_on": office.clock.today()}
    with office.database.write() as session:
        made = record_request(session, office.runtime, case_id, RequestIn(**asked), key=office.key(), **once)
        said = AnswerIn(request=made.result["request"], answer="granted", reason="没有法定保存期限，同意。")
        answer_request(session, office.runtime, case_id, said, key=office.key(), **once)
    (row,) = waiting(office)
    assert (row.state, row.ground, len(row.classes)) == ("proposed", "request", 5)
    other = second(office)
    with office.database.write() as session:
        approve(session, office.runtime, row.id, key=office.key(), actor=other)
    assert "张三" not in everything(office)
    assert faults(office) == []


def test_a_request_that_the_file_keeps_is_refused_with_the_reason(office: Office) -> None:
    case = office.accepted()
    once: dict[str, Any] = {"actor": office.supervisor}
    asked = {"party": office.parties(case.case_id, "worker")[0], "kind": "delete", "received_on": office.clock.today()}
    with office.database.write() as session:
        made = record_request(session, office.runtime, case.case_id, RequestIn(**asked), key=office.key(), **once)
    said = {"request": made.result["request"], "answer": "granted", "reason": "同意。"}
    with pytest.raises(Refused, match="没有办结"), office.database.write() as session:
        answer_request(session, office.runtime, case.case_id, AnswerIn(**said), key=office.key(), **once)
    with office.database.write() as session:
        no = AnswerIn(**{**said, "answer": "refused", "reason": "案件正在办理，依法保存。"})
        answer_request(session, office.runtime, case.case_id, no, key=office.key(), **once)
        (row,) = requests_of(session, case.case_id)
    assert (row.answer, row.reason) == ("refused", "案件正在办理，依法保存。")
    assert row.due_on > row.received_on


def test_after_a_restore_the_list_destroys_again(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> None:
    office = open_office(sqlite_database, clock, settings_in(tmp_path))
    closed(office)
    later(office)
    other, backup = second(office), tmp_path / "backup.db"
    with sqlite3.connect(sqlite_database.engine.url.database or "") as live, sqlite3.connect(backup) as copy:
        live.backup(copy)
    destroyed(office, other)
    assert keep_list(office.runtime) == 1
    assert keep_list(office.runtime) == 0
    assert not any(mark in (tmp_path / "deletions.jsonl").read_text() for mark in MARKS)
    scrub(office.database)
    ring = ring_of(sqlite_database.engine.dialect)
    back = Database(make_engine(f"sqlite:///{backup}", keys=ring))
    restored = replace(office, runtime=replace(office.runtime, database=back))
    assert "张三" in everything(restored)
    assert [needed for _, needed in reapply(restored.runtime)] == [True]
    assert [needed for _, needed in reapply(restored.runtime)] == [False]
    left = everything(restored)
    assert [mark for mark in MARKS if mark in left] == []
    assert faults(restored) == []
    back.engine.dispose()


def test_an_emptied_entry_that_no_destruction_tells_is_a_fault(office: Office) -> None:
    """Whoever empties a trail around the program is found out."""
    case_id = closed(office)
    with office.database.write() as session:
        empty_chains(session.connection(), case_id, codes_only(office.runtime))
    assert any("没有销毁记录" in sentence for sentence in faults(office))

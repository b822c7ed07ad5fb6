"""The checklist of evidence: every cause and every head of demand has one; it is ticked off by what was handed in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation.cases.checklist import checklist
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.evidence_rows import evidence_of
from mediation.clock import TestClock
from mediation.db import Database
from mediation.documents.models import Document
from mediation.engine.checklists import load_checklists
from mediation.errors import BrokenDefinition
from mediation.settings import Settings
from tests.api.counter import Counter, open_counter
from tests.office import shipped

LIST = Settings().workflows_folder / "checklists" / "evidence.yaml"


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as opened:
        yield opened


def test_every_cause_and_every_head_has_its_list_and_every_burden_an_article() -> None:
    room = shipped()
    found = room.checklists
    assert set(found.causes) == set(room.codes["causes"])
    assert set(found.heads) == set(room.codes["demand_heads"])
    used = {name for names in (*found.causes.values(), *found.heads.values(), found.general) for name in names}
    assert set(found.items) - used == {"authority"}
    for item in found.items.values():
        assert item.where
        assert item.burden is None or all(article.id in room.law.statutes for article in item.burden.cites)
    assert found.items["wage_slip"].burden is not None
    assert found.items["wage_slip"].burden.who == "用人单位"


def test_an_unknown_cause_falls_back_to_the_general_list() -> None:
    found = shipped().checklists
    assert [item.name for item in found.wanted("未知", ["没有"])] == list(found.general)
    assert [item.name for item in found.wanted("B1", ["wages"])][:2] == ["wage_flow", "wage_slip"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("cites: LCL-50 LMA-6", "cites: LCL-999", "“LCL-999”不在 law/statutes 中"),
        ("  Z9: []\n", "", "缺少“Z9”的清单"),
        ("  other: []\n", "  others: []\n", "缺少“other”的清单"),
        ("categories: [identity], where: 身份证、", "categories: [papers], where: 身份证、", "“papers”不在"),
        ("general: [identity,", "general: [nothing,", "general 里没有定义的“nothing”"),
    ],
)
def test_a_broken_list_is_told_with_its_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    room, path = shipped(), tmp_path / "evidence.yaml"
    text = LIST.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BrokenDefinition) as told:
        load_checklists(path, room.codes, room.law.statutes)
    assert any(fault in one and "evidence.yaml:" in one for one in told.value.faults)


def test_it_is_ticked_off_on_the_page_and_on_the_paper_for_the_worker(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    browser, page = counter.client(office.mediator), f"/cases/{case.case_id}/checklist"
    worker, firm = office.parties(case.case_id, "worker")[0], office.parties(case.case_id, "employer")[0]
    for name, visibility, party in (("流水", "both_sides", worker), ("内部工资表", "own_side", firm)):
        with office.database.write() as session:
            data = EvidenceIn(name=name, category="wage_record", visibility=visibility, submitted_by=party)
            once: Any = {"key": office.key(), "actor": office.mediator}
            add_evidence(session, office.runtime, case.case_id, data, Upload(name.encode(), ""), **once)
    before = browser.get(page).text
    assert "按种类对上" in before
    assert "用人单位" in before[before.index('id="i-wage_slip"') :]
    done = browser.post(page, data={"item": "wage_flow", "evidence": "1", "_key": "link-evidence"})
    assert (done.status_code, done.headers["location"]) == (303, f"{page}#i-wage_flow")
    with office.database.read() as session:
        mine = evidence_of(session, case.case_id, {"mediator"})
        lines = {line.item.name: line for line in checklist(session, office.runtime, case.case_id, mine)}
    assert [row.name for row in lines["wage_flow"].linked] == ["流水"]
    assert [row.name for row in lines["wage_slip"].likely] == ["内部工资表"]
    assert not lines["identity"].there
    assert "还缺" in browser.get(f"/cases/{case.case_id}").text
    made = browser.post(f"/cases/{case.case_id}/applications/evidence_checklist", data={"_key": "print-list"})
    assert made.status_code == 303
    with office.database.read() as session:
        paper = session.query(Document).order_by(Document.id.desc()).first()
        assert paper is not None
        printed = paper.text
    assert "已有：流水" in printed
    assert "内部工资表" not in printed
    assert "工资支付暂行规定" in printed
    assert browser.get(f"/cases/{case.case_id}/documents/{paper.id}.docx").status_code == 200

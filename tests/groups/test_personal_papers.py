"""One paper for each person: numbered without gaps, resumable, about nobody else."""

import io
import zipfile

import pypdfium2
import pytest
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry
from mediation.cases.undo import undo
from mediation.documents.models import Document
from mediation.errors import BadInput
from mediation.findings.verify import verify_all
from mediation.groups import personal
from mediation.groups.bundle import merged_pdf, zipped
from mediation.groups.personal import Batch, PapersIn, batch_of, issue_papers
from mediation.groups.subgroups import SubgroupIn, create_subgroup
from tests.groups.sheets import crowd, do, draft, drafted
from tests.office import Office


def batch(office: Office, case: Registered) -> Batch:
    with office.database.read() as session:
        return batch_of(session, case.case_id)


def issued(office: Office, case: Registered, key: str | None = None, **told: int) -> dict[str, object]:
    with office.database.write() as session:
        at = (session, office.runtime, case.case_id, PapersIn(**told))
        done = issue_papers(*at, key=key or office.key(), actor=office.mediator)
        return dict(done.repeated or done.result)


def test_everybody_covered_gets_one_and_only_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "CHUNK", 4)
    case = drafted(office)
    key = office.key()
    first = issued(office, case, key)
    assert issued(office, case, key)["documents"] == first["documents"]
    assert (batch(office, case).issued, batch(office, case).covered) == (4, 10)
    assert [issued(office, case)["waiting"] for _ in range(2)] == [2, 0]
    with pytest.raises(BadInput, match="都已有确认书"):
        issued(office, case)
    done = batch(office, case)
    assert [paper.number for paper in done.papers] == [f"示东工调确字〔2026〕{n}号" for n in range(1, 11)]
    with office.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.event == "personal_papers")).all()
        numbers = [paper.number for paper in done.papers]
        assert len(entries) == 3
        assert all(any(number in entry.payload for entry in entries) for number in numbers)
        names = {paper.name for paper in done.papers}
        for paper in done.papers:
            text = session.get_one(Document, paper.document_id).text
            assert [name for name in names if name in text] == [paper.name]
            assert "2,000.00" in text
            assert "1,000.01" in text
            assert "协议涉及劳动者10人" in text
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_a_new_draft_makes_the_old_papers_void(office: Office) -> None:
    case = drafted(office)
    issued(office, case)
    office.fire(case.proceeding_id, "drop_draft", {"drop_reason": "金额有误"})
    with pytest.raises(BadInput, match="还没有协议稿"):
        issued(office, case)
    draft(office, case, office.parties(case.case_id, "worker")[:2])
    issued(office, case)
    assert (batch(office, case).issued, batch(office, case).waiting) == (2, 0)
    with office.database.read() as session:
        papers = session.scalars(select(Document).where(Document.template == personal.TEMPLATE)).all()
        assert [paper.voided_at is not None for paper in papers] == [True] * 10 + [False] * 2


def papers(office: Office) -> list[str | None]:
    """Why each confirmation is void, in the order of numbers; None: it counts."""
    with office.database.read() as session:
        query = select(Document.voided_why).where(Document.template == personal.TEMPLATE)
        return list(session.scalars(query.order_by(Document.id)))


def test_the_event_that_changes_a_draft_voids_its_papers_and_its_undo_restores_them(office: Office) -> None:
    case = drafted(office, covered=2)
    issued(office, case)
    workers = office.parties(case.case_id, "worker")
    rows = [{"party": workers[0], "amount": "1500", "due_on": "2026-10-20", "head": "wages"}]
    for event, told in (
        ("revise_draft", {"agreement_scope": "partial", "promises": rows}),
        ("drop_draft", {"drop_reason": "金额有误"}),
        ("withdraw", {"withdrawal_reason": "given_up", "withdrawn_on": "2026-09-18"}),
    ):
        done = office.fire(case.proceeding_id, event, told)
        assert papers(office) == [personal.REPLACED] * 2
        with office.database.write() as session:
            once = {"revision": done.revision, "key": office.key(), "actor": office.mediator}
            undo(session, office.runtime, case.proceeding_id, reason=None, **once)
        assert papers(office) == [None, None]
        assert (batch(office, case).issued, batch(office, case).waiting) == (2, 0)
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_every_event_that_gives_up_a_draft_gives_up_its_papers(office: Office) -> None:
    events = office.runtime.machine("dispute").definition.events.values()
    voiding = [event for event in events if "void_draft" in event.effects]
    assert len(voiding) == 8
    for event in voiding:
        at = event.effects.index("void_draft")
        assert event.effects[at + 1] == "void_personal_papers"


def test_only_for_a_subgroup(office: Office) -> None:
    case = drafted(office)
    some = office.parties(case.case_id, "worker")[8:12]
    data = SubgroupIn(name="甲", workers=some, from_on=office.clock.today(), reason="先办")
    group = do(office, create_subgroup, case, data).result["subgroup"]
    issued(office, case, subgroup=group)
    assert [paper.party_id for paper in batch(office, case).papers] == some[:2]


def test_without_an_agreement_there_is_nothing_to_confirm(office: Office) -> None:
    case = crowd(office, 2)
    with pytest.raises(BadInput, match="还没有协议稿"):
        issued(office, case)
    assert batch(office, case) == Batch(None, False, 0, ())


def test_the_files_of_a_batch(office: Office) -> None:
    case = drafted(office, covered=3)
    issued(office, case)
    with office.database.read() as session:
        archive = zipfile.ZipFile(io.BytesIO(zipped(session, case.case_id)))
        assert len(archive.namelist()) == 3
        assert archive.namelist()[0] == "001-工一-个人调解协议确认书-示东工调确字〔2026〕1号.docx"
        pdf = pypdfium2.PdfDocument(merged_pdf(session, case.case_id, office.runtime.settings.font_folder))
    texts = [page.get_textpage().get_text_range() for page in pdf]
    firsts = [text for text in texts if "个人调解协议确认书" in text]
    assert len(firsts) == 3
    assert all("— 1 —" in text for text in firsts)

"""The files of a paper: from the frozen text, the same bytes every time, for those who may see the case."""

import io
import zipfile

import pytest
from sqlalchemy import select, update

from mediation.cases.paper_files import document_file
from mediation.clock import TestClock
from mediation.db import Database
from mediation.documents.files import PaperFile
from mediation.documents.models import Document
from mediation.errors import NotFound
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def papers(office: Office) -> list[Document]:
    with office.database.read() as session:
        return list(session.scalars(select(Document).order_by(Document.id)))


def file(office: Office, document_id: int, kind: str = "docx", actor: Actor | None = None) -> PaperFile:
    with office.database.read() as session:
        return document_file(session, office.runtime, document_id, kind, actor or office.mediator)


def test_every_paper_of_a_case_is_a_word_and_a_pdf_file(office: Office) -> None:
    office.signed()
    for paper in papers(office):
        word, pdf = file(office, paper.id), file(office, paper.id, "pdf")
        assert word.name == f"{paper.title}-{paper.number}.docx"
        assert pdf.name == f"{paper.title}-{paper.number}.pdf"
        assert (word.media_type[-8:], pdf.media_type) == ("document", "application/pdf")
        assert pdf.content.startswith(b"%PDF")
        with zipfile.ZipFile(io.BytesIO(word.content)) as archive:
            assert paper.number in archive.read("word/document.xml").decode()


def test_the_bytes_stay_the_same_whatever_becomes_of_the_case(office: Office) -> None:
    case = office.signed()
    before = {(p.id, k): file(office, p.id, k).content for p in papers(office) for k in ("docx", "pdf")}
    worker = office.parties(case.case_id, "worker")[0]
    office.clock.move(days=3)
    paid = {"party": worker, "amount": "20000", "paid_on": office.clock.today().isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    for (id, kind), content in before.items():
        assert file(office, id, kind, office.supervisor).content == content


def test_a_void_paper_says_so_in_its_name(office: Office) -> None:
    case = office.accepted()
    rows = [{"party": office.parties(case.case_id, "worker")[0], "amount": "20000", "due_on": "2026-09-28"}]
    office.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": rows})
    office.fire(case.proceeding_id, "drop_draft", {"drop_reason": "单位反悔。"})
    void = papers(office)[-1]
    assert file(office, void.id).name == f"作废-{void.title}-{void.number}.docx"


def test_a_changed_paper_is_never_given_out(office: Office) -> None:
    office.accepted()
    paper = papers(office)[0]
    with office.database.write() as session:
        session.execute(update(Document).where(Document.id == paper.id).values(text=paper.text + "另加一句。"))
    for kind in ("docx", "pdf"):
        with pytest.raises(NotFound, match="与出具时不一致"):
            file(office, paper.id, kind)


def test_only_those_who_may_see_the_case_get_its_papers(office: Office) -> None:
    office.accepted()
    paper = papers(office)[0]
    with office.database.write() as session:
        elsewhere = add_organisation(session, "别区总工会", "别", "district")
        person = register_person(session, PersonData(name="别区调解员"), at=office.clock.now())
        grant_role(session, person.id, elsewhere.id, "mediator", office.clock.today())
    with office.database.read() as session:
        stranger = load_actor(session, person.id, office.clock.today())
    for actor, id in ((stranger, paper.id), (office.lawyer, paper.id), (office.mediator, 9999)):
        with pytest.raises(NotFound) as refused:
            file(office, id, actor=actor)
        assert refused.value.sentence == "没有这个案件，或者您无权查看。"


def test_an_unknown_kind_is_answered_with_what_there_is(office: Office) -> None:
    office.accepted()
    with pytest.raises(NotFound, match="docx、pdf"):
        file(office, papers(office)[0].id, "odt")

"""The documents hold what the law wants, as PDF and as Word file, and the files are the same every time."""

import re
import subprocess
import threading
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from mediation.errors import BadInput
from mediation.papers.docx_file import docx_bytes
from mediation.papers.pdf_file import compiler, pdf_bytes
from mediation.papers.rendering import check_samples, render_text
from mediation.papers.templates import Templates
from mediation.settings import bundled
from tests.documents.rendering.mandatory import MANDATORY
from tests.programs import program

TEMPLATES = Templates.load(bundled("document_templates"))


def written(name: str, **changes: Any) -> str:
    """The frozen text of a document from its sample."""
    return render_text(TEMPLATES.get(name), {**TEMPLATES.sample(name), **changes}).text


def words(pdf: bytes) -> str:
    """The text layer of a PDF without spaces and page numbers."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return re.sub(r"\s", "", "".join(re.sub(r"—\s*\d+\s*—", "", page) for page in pages))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The Word files of all documents as LibreOffice prints them, in one run and a profile of its own."""
    folder = tmp_path_factory.mktemp("word")
    for name in TEMPLATES.names:
        (folder / f"{name}.docx").write_bytes(docx_bytes(written(name)))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(folder / f"{name}.docx") for name in TEMPLATES.names]
    command = [program("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {name: (folder / f"{name}.pdf").read_bytes() for name in TEMPLATES.names}


def test_every_template_has_a_sample_and_a_list_here() -> None:
    check_samples(TEMPLATES)
    assert set(TEMPLATES.names) == set(MANDATORY)


@pytest.mark.parametrize("name", MANDATORY)
def test_the_pdf_shows_what_the_law_wants(name: str) -> None:
    found = words(pdf_bytes(written(name)))
    assert [part for part in MANDATORY[name] if part not in found] == []


@pytest.mark.parametrize("name", MANDATORY)
def test_libreoffice_opens_the_word_file_and_shows_the_same(name: str, printed: Mapping[str, bytes]) -> None:
    found = words(printed[name])
    assert [part for part in MANDATORY[name] if part not in found] == []


@pytest.mark.parametrize("name", MANDATORY)
def test_no_document_goes_out_without_a_mandatory_fact(name: str) -> None:
    for path in TEMPLATES.get(name).labels():
        root = path.split(".")[0].removesuffix("[]")
        with pytest.raises(BadInput, match="缺少"):
            written(name, **{root: None})


@pytest.mark.parametrize("name", MANDATORY)
def test_the_same_text_gives_the_same_bytes(name: str) -> None:
    text = written(name)
    assert docx_bytes(text) == docx_bytes(text)
    here, there = pdf_bytes(text), []
    other = threading.Thread(target=lambda: there.append(pdf_bytes(text)))
    other.start()
    other.join()
    assert there == [here]


def test_a_bare_agreement_never_promises_enforcement() -> None:
    sentences = re.split("[。；]", written("mediation_agreement"))
    assert [s for s in sentences if "强制执行" in s and "不能直接" not in s] == []


def test_what_was_not_agreed_is_not_written() -> None:
    text = written("mediation_agreement", clauses=None, agreed_total=None, promises=[])
    for absent in ("无其他争议", "提前到期", "违约责任", "付款总额", "期次", "收款账户"):
        assert absent not in text


def test_a_group_has_a_row_and_a_place_to_sign_for_each_worker() -> None:
    workers = [
        {
            "name": f"工友{i:02}",
            "id_number": f"1100001990010100{i:02}",
            "agreed_items": "工资",
            "agreed_amount": i * 100,
        }
        for i in range(1, 25)
    ]
    found = words(pdf_bytes(written("mediation_agreement", workers=workers)))
    assert all(found.count(f"工友{i:02}") == 2 for i in range(4, 25))
    assert "工友01、工友02、工友03等24人" in found
    assert "24工友24110000********0024工资24.00" in found


def test_a_third_party_signs_and_gets_a_copy() -> None:
    text = written("mediation_agreement", third_parties=[{"name": "虚构总包公司", "role": "总承包单位"}], copies="四")
    for part in ("虚构总包公司（总承包单位）", "第三人（签名或盖章）", "一式四份，双方当事人、第三人和本组织各执一份"):
        assert part in text


def test_typed_code_is_printed_and_not_run() -> None:
    typed = "#panic() $x$ *a* <b> &amp; [c] \\ @ref"
    text = written("intake_receipt", cause=typed)
    assert re.sub(r"\s", "", typed) in words(pdf_bytes(text))
    document = docx.Document(BytesIO(docx_bytes(text)))
    assert typed in [cell.text for table in document.tables for row in table.rows for cell in row.cells]


@pytest.mark.parametrize("before", range(18, 25))
def test_no_page_holds_a_seal_or_a_closing_note_alone(before: int) -> None:
    body = "\n".join(["一行正文。"] * before)
    text = f"= 提示函\n\n{body}\n\n: 地址 | 示范路一号\n\n> 示范区总工会（盖章）\n> 2026年9月18日\n\n% 一式两份。\n"
    last = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf_bytes(text))][-1]
    assert "示范路一号" in last
    assert "一式两份" in last
    label = docx.Document(BytesIO(docx_bytes(text))).tables[0].rows[-1].cells[0].paragraphs[0]
    assert label.paragraph_format.keep_with_next


def test_the_word_file_is_an_official_paper_that_can_be_edited() -> None:
    document = docx.Document(BytesIO(docx_bytes(written("acceptance_notice"))))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 35, 28, 26]
    assert section.page_width is not None
    assert abs(section.page_width - Mm(210)) < 1000
    assert "PAGE" in section.footer.paragraphs[0]._p.xml
    fonts = {p.style.name: p.style.element.rPr.rFonts.get(qn("w:eastAsia")) for p in document.paragraphs if p.text}
    assert fonts["文书正文"] == "仿宋"
    assert fonts["一级标题"] == "黑体"
    assert fonts["文书标题"] == "宋体"
    assert document.core_properties.title == "劳动争议调解受理通知书"


def test_a_thread_keeps_its_compiler() -> None:
    others: list[Any] = []
    thread = threading.Thread(target=lambda: others.append(compiler()))
    thread.start()
    thread.join()
    assert compiler() is compiler()
    assert others[0] is not compiler()


def test_a_date_of_signing_fills_the_blanks() -> None:
    assert "2026年12月1日" not in written("mediation_agreement")
    assert written("mediation_agreement", signed_on=date(2026, 12, 1)).count("2026年12月1日") == 3


def test_a_character_without_a_glyph_is_named(tmp_path: Path) -> None:
    text = written("intake_receipt", cause="工资\U0001f600")
    with pytest.raises(BadInput, match=r"U\+1F600"):
        pdf_bytes(text)
    with pytest.raises(BadInput, match="找不到字体文件夹"):
        pdf_bytes(text, tmp_path / "none")

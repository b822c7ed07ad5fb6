"""The empty Word file that every paper starts from: paper, margins, named styles with East Asian fonts, page number.

It is made once per process by python-docx; a paper then only replaces the body and the properties.
"""

from functools import cache
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt


class Look(NamedTuple):
    """A paragraph style: Chinese name, font, size and fixed line height in pt, and how it stands on the page."""

    name: str
    font: str
    size: float
    height: float
    align: str = "left"
    indent: int = 0
    before: float = 0
    after: float = 0
    bold: bool = False
    keep: bool = False


LOOKS = {
    "letterhead": Look("发文机关", "宋体", 16, 28, "center", after=8),
    "title": Look("文书标题", "宋体", 22, 36, "center", after=8, bold=True),
    "number": Look("文号", "仿宋", 14, 25, "center", after=12),
    "heading": Look("一级标题", "黑体", 14, 25, "both", 2, before=8, keep=True),
    "subheading": Look("二级标题", "楷体", 14, 25, "both", 2, keep=True),
    "paragraph": Look("文书正文", "仿宋", 14, 25, "both", 2),
    "item": Look("文书条目", "仿宋", 14, 25, "both", 2),
    "flush": Look("抬头", "仿宋", 14, 25, "left"),
    "note": Look("附注", "仿宋", 12, 20, before=10),
    "cell": Look("表格文字", "仿宋", 12, 18),
    "small_cell": Look("表格小字", "仿宋", 10.5, 16.5),
    "head": Look("表头", "黑体", 12, 18, "center"),
    "small_head": Look("表头小字", "黑体", 10.5, 16.5, "center"),
    "signature": Look("签名", "仿宋", 14, 24),
    "closing": Look("落款", "仿宋", 14, 25, "center"),
}
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
BODY, PROPERTIES = "word/document.xml", "docProps/core.xml"


@cache
def base_parts() -> tuple[tuple[str, bytes], ...]:
    """Name and content of every part of the empty file, in order; the body part is to be filled."""
    document = Document()
    _paper(document.sections[0])
    for key, look in LOOKS.items():
        _style(document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH), key, look)
    _page_number(document.sections[0].footer.paragraphs[0])
    held = BytesIO()
    document.save(held)
    with ZipFile(held) as archive:
        return tuple((info.filename, archive.read(info)) for info in archive.infolist())


def _paper(section: Any) -> None:
    """A4 with the margins of official papers."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)


def _style(style: Any, key: str, look: Look) -> None:
    style.element.set(qn("w:styleId"), key)
    style.quick_style = True
    style.font.size, style.font.bold = Pt(look.size), look.bold
    _fonts(style, look.font)
    paragraph = style.paragraph_format
    paragraph.alignment = _ALIGN[look.align]
    paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(look.height)
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.keep_with_next = look.keep
    if look.indent:
        paragraph.first_line_indent = Pt(look.indent * look.size)
        style.element.pPr.ind.set(qn("w:firstLineChars"), str(look.indent * 100))


def _fonts(style: Any, font: str) -> None:
    """Chinese and western characters: Word chooses by slot, so the East Asian one must be named."""
    slots = style.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("w:ascii", "w:hAnsi", "w:cs"):
        slots.set(qn(slot), "Times New Roman")
    slots.set(qn("w:eastAsia"), font)


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run("— ")
    for kind in ("begin", None, "separate", "text", "end"):
        run._r.append(_field_part(kind))
    paragraph.add_run(" —")
    for part in paragraph.runs:
        part.font.size = Pt(12)


def _field_part(kind: str | None) -> Any:
    """One piece of the PAGE field, which Word and WPS work out themselves."""
    if kind == "text":
        element = OxmlElement("w:t")
        element.text = "1"
    elif kind is None:
        element = OxmlElement("w:instrText")
        element.text = "PAGE"
    else:
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
    return element

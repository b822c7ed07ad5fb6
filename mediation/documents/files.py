"""Word and PDF files of a paper, made from its frozen text whenever somebody wants one: the same bytes every time."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotFound
from .models import Document

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


@dataclass(frozen=True, slots=True)
class PaperFile:
    """One file to send: a name that people understand, the media type, the bytes."""

    name: str
    media_type: str
    content: bytes


def file_of(document: Document, kind: str, font_folder: Path | None = None) -> PaperFile:
    """The paper as `docx` or `pdf`. A void paper says so in its name.

    NotFound where there is no such kind, or where the text is no longer the one that was frozen: a changed paper is
    never given out.
    """
    if kind not in MEDIA_TYPES:
        raise NotFound(f"文书没有“{kind}”格式，可下载：{'、'.join(MEDIA_TYPES)}。")
    from ..papers.docx_file import docx_bytes  # heavy libraries: a program that makes no paper starts faster
    from ..papers.pdf_file import pdf_bytes

    text = frozen_text(document)
    content = docx_bytes(text) if kind == "docx" else pdf_bytes(text, font_folder)
    return PaperFile(file_name(document, kind), MEDIA_TYPES[kind], content)


def frozen_text(document: Document) -> str:
    """The text as it was issued; NotFound where it is no longer that."""
    if hashlib.sha256(document.text.encode()).hexdigest() != document.text_hash:
        raise NotFound(f"文书{document.number}的正文与出具时不一致，不能下载。请立即报告管理员，从备份恢复。")
    return document.text


def file_name(document: Document, kind: str) -> str:
    """作废-调解协议书-示东工调字〔2026〕1号.docx; nothing in it that a file system would not take."""
    parts = (["作废"] if document.voided_at else []) + [document.title, document.number]
    return f"{_NOT_IN_NAMES.sub('_', '-'.join(parts))}.{kind}"

"""PDF from the frozen text, by typst. The same text and fonts give the same bytes."""

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from mediation.errors import BadInput

from .blocks import Block, Code, blocks, title_of
from .codes import qr_svg
from .fonts import font_folders, missing_characters

PAPER = Path(__file__).with_name("paper.typ")
_kept = threading.local()


def pdf_bytes(text: str, font_folder: Path | None = None) -> bytes:
    """PDF/A-2b of a rendered paper. BadInput names the characters that no font has; nothing is left out silently."""
    return pdf_of_many([text], font_folder)


def pdf_of_many(texts: Sequence[str], font_folder: Path | None = None) -> bytes:
    """One PDF/A-2b of several papers; each begins on a new page, which is its page 1. The title is the first one's."""
    if missing := missing_characters("\n".join(texts), font_folder):
        named = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in missing)
        raise BadInput(
            f"现有字体没有下列字符，无法生成PDF：{named}。请更换写法，或在设置的字体文件夹里放入含有它们的字体。"
        )
    paper = json.dumps(_described([blocks(text) for text in texts]), ensure_ascii=False)
    result = compiler(font_folder).compile(format="pdf", sys_inputs={"paper": paper}, pdf_standards=["a-2b"])
    return bytes(result)


def compiler(font_folder: Path | None = None) -> Any:
    """The compiler of this thread for these fonts. It is kept, because scanning fonts costs more than setting pages."""
    made: dict[tuple[Path, ...], Any] = _kept.__dict__.setdefault("compilers", {})
    folders = font_folders(font_folder)
    if folders not in made:
        paths = [str(folder) for folder in folders]
        made[folders] = typst.Compiler(str(PAPER), font_paths=paths, ignore_system_fonts=True)
    return made[folders]


def _described(papers: Sequence[tuple[Block, ...]]) -> dict[str, Any]:
    shown = [[_block(block) for block in found] for found in papers]
    rest = (block for found in shown[1:] for block in [{"block": "NextPaper"}, *found])
    return {"title": title_of(papers[0]), "blocks": [*shown[0], *rest]}


def _block(block: Block) -> dict[str, Any]:
    drawn = {"svg": qr_svg(block.text)} if isinstance(block, Code) else {}
    return {"block": type(block).__name__, **asdict(block), **drawn}

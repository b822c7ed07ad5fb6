"""Every Chinese text that has to be in the catalogue, with the place where it stands."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "api" / "pages" / "templates"
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60]")
"""Chinese characters and their punctuation."""


def collected() -> dict[str, str]:
    """Text to place, in the order of the files."""
    found: dict[str, str] = {}
    for text, place in of_templates():
        found.setdefault(text, place)
    return found


def of_templates() -> Iterator[tuple[str, str]]:
    options = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "silent": "false"}
    for template in sorted(TEMPLATES.rglob("*.html")):
        with template.open("rb") as file:
            for line, text, _, _ in extract("jinja2.ext:babel_extract", file, options=options):
                yield text if isinstance(text, str) else text[0], _place(template, line)


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"

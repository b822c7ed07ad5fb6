"""Every Chinese text that has to be in the catalogue, with the place where it stands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract

from mediation.law.entitlements.registry import FORMULAS
from mediation.law.entitlements.shape import Wanted, wanted
from mediation.law.periods import GROUPS
from mediation.law.strict_yaml import MarkedDict, MarkedList, load

from .python_words import of_python

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "api" / "pages" / "templates"
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60]")
"""Chinese characters and their punctuation."""
LENGTHS = (
    *(
        "一",
        "二",
        "三",
        "四",
        "五",
        "六",
        "日",
        "周",
        "星期一",
        "星期二",
        "星期三",
        "星期四",
        "星期五",
        "星期六",
        "星期日",
    ),
    *(
        "提醒调解员",
        "提醒主管",
        "提醒志愿律师",
        "提醒书记员",
        "当事人约定的日期",
        "约定或指定的日期",
        "协议约定的履行日：{0} {1}元",
        "执行和解的履行日：{0} {1}元",
        "内部工作期限，不是法定期限",
        "未分组",
    ),
    *("{0}日", "{0}日（自然日）", "{0}个工作日", "{0}小时", "{0}个月", "{0}年", "当日", "没有天数", "按约定的日期"),
    *("{0}元/月", "{0}元/小时", "{0}元/年", "{0}元", "{0}天", "北京市", "全国", "市", "区", "{0}分钟", "{0}年{1}月"),
)
"""Days, lengths and amounts as the law book and the calendar put them together; others that no other place tells."""
WORKFLOWS = ROOT / "workflows"
KEYS = {
    "": ("title", "help", "confirm", "group", "default"),
    "versions": ("title", "help", "confirm", "group", "default"),
    "codes": ("title",),
    "oversight": ("title", "why"),
    "checklists": ("title", "where", "who"),
    "guides": ("now", "ask", "mistakes"),
    "law": ("title", "start", "who"),
}
"""Which texts of the definitions are words of the screen, by folder. What tells the law itself stays Chinese."""


def collected() -> dict[str, str]:
    """Text to place, in the order of the files."""
    found: dict[str, str] = {}
    for text, place in (*of_templates(), *of_definitions()):
        found.setdefault(text, place)
    for paper in sorted((ROOT / "document_templates").glob("*.j2")):
        if title := re.search(r"^title: (.+)$", paper.read_text(encoding="utf-8"), re.MULTILINE):
            found.setdefault(title[1].strip(), _place(paper, 3))
    for title in GROUPS.values():
        found.setdefault(title, "mediation/law/periods.py")
    found.update(dict.fromkeys(LENGTHS, "mediation/law/telling.py"))
    for text in of_formulas():
        found.setdefault(text, "mediation/law/entitlements")
    for text, path, line in of_python(ROOT):
        found.setdefault(text, _place(path, line))
    return found


def of_formulas() -> Iterator[str]:
    """What the calculator asks for; its steps tell the law and stay Chinese."""
    for formula in FORMULAS.values():
        yield from (formula.title, formula.group, formula.applies)
        yield from _asked(wanted(formula.inputs))


def _asked(fields: tuple[Wanted, ...]) -> Iterator[str]:
    for field in fields:
        told = (field.title, field.hint, *(title for _, title in field.options))
        yield from (text for text in told if CHINESE.search(text))
        if field.kind == "month":
            yield f"{field.title}（如2026-03）"
        yield from _asked(field.columns)


def of_templates() -> Iterator[tuple[str, str]]:
    options = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "silent": "false"}
    for template in sorted(TEMPLATES.rglob("*.html")):
        with template.open("rb") as file:
            for line, text, _, _ in extract("jinja2.ext:babel_extract", file, options=options):
                yield text if isinstance(text, str) else text[0], _place(template, line)


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def of_definitions() -> Iterator[tuple[str, str]]:
    """Titles, helps and questions of the workflows; titles of codes, harms, periods, amounts and routes."""
    for path in sorted(WORKFLOWS.rglob("*.yaml")):
        keys = KEYS.get(path.relative_to(WORKFLOWS).parts[0] if path.parent != WORKFLOWS else "", ())
        for text, line in _texts(load(path), keys):
            if CHINESE.search(text):
                yield text.strip(), _place(path, line)


def _texts(node: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """What stands under these keys, at any depth; under `codes` a text by itself is a title."""
    if isinstance(node, MarkedList):
        for item in node:
            yield from _texts(item, keys)
    if isinstance(node, MarkedDict):
        for key, value in node.items():
            if isinstance(value, str) and key in keys:
                yield value, node.lines[key]
            elif isinstance(value, MarkedList) and key in keys:
                yield from ((item, value.lines[number]) for number, item in enumerate(value) if isinstance(item, str))
            elif key == "codes" and isinstance(value, MarkedDict):
                yield from _titles(value)
            else:
                yield from _texts(value, keys)


def _titles(codes: MarkedDict) -> Iterator[tuple[str, int]]:
    for code, value in codes.items():
        title = value["title"] if isinstance(value, MarkedDict) else value
        if isinstance(title, str):
            yield title, codes.lines[code]

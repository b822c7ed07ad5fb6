"""`mediation calculate`: what the law gives for given facts, step by step. Needs no database."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..clock import Clock
from ..entitlements.calculate import Calculation, plain
from ..entitlements.calculate import calculate as calculated
from ..errors import BadInput, NotFound
from ..law.book import LawBook
from ..law.entitlements.registry import FORMULAS, formula
from ..law.entitlements.shape import Wanted, wanted
from ..law.entitlements.working import Formula
from ..law.plain import day
from ..settings import workflows_folder

KINDS = {
    "money": '元，如 "1234.50"',
    "date": '日期，如 "2026-03-05"',
    "month": '年月，如 "2026-03"',
    "number": '数字，如 "2.5"',
    "count": "整数",
    "yes_no": "true 或 false",
    "text": "文字",
    "rows": "列表，每行一组",
}


def calculate(
    id: Annotated[str, typer.Argument(metavar="FORMULA", help="公式编号，如 severance；不写就列出全部")] = "",
    given: Annotated[str, typer.Option("--input", help="JSON 文字；- 从标准输入读；@文件名 从文件读")] = "{}",
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天施行的标准，默认为事实发生之日")] = "",
    schema: Annotated[bool, typer.Option("--schema", help="说明这个公式要填什么")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """按法律规定计算金额或期间，逐步列出过程、依据和未定之处。算出的不等于应得的。"""
    try:
        if not id:
            typer.echo(_json([_about(f) for f in FORMULAS.values()]) if as_json else _listing())
        elif schema:
            chosen = formula(id)
            typer.echo(_json(chosen.inputs.model_json_schema()) if as_json else _wants(chosen))
        else:
            done = _calculated(id, given, as_of)
            typer.echo(_json(plain(done)) if as_json else _text(done))
    except (BadInput, NotFound) as error:
        typer.echo(error.sentence, err=True)
        for line in _wrong(id, error):
            typer.echo(line, err=True)
        raise typer.Exit(2) from None


def _calculated(id: str, given: str, as_of: str) -> Calculation:
    formula(id)
    law, today = LawBook.load(workflows_folder()), Clock().today()
    return calculated(law, id, _read(given), today=today, as_of=day(as_of) if as_of else None)


def _read(given: str) -> dict[str, Any]:
    """The JSON object; numbers with decimals stay text, so that no cent is lost."""
    try:
        text = sys.stdin.read() if given == "-" else Path(given[1:]).read_text("utf-8") if given[:1] == "@" else given
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"读不到“{given[1:]}”：{error}") from None
    try:
        found = json.loads(text, parse_float=str)
    except ValueError as error:
        raise BadInput(f"--input 不是有效的 JSON：{error}") from None
    if not isinstance(found, dict):
        raise BadInput('--input 应为一组“名称: 值”，如 {"start": "2020-03-16"}')
    return found


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _about(f: Formula) -> dict[str, Any]:
    return {"id": f.id, "version": f.version, "title": f.title, "group": f.group, "applies": f.applies, "head": f.head}


def _listing() -> str:
    groups: dict[str, list[str]] = {}
    for f in FORMULAS.values():
        groups.setdefault(f.group, []).append(f"  {f.id}  {f.title}")
    blocks = [[f"【{group}】", *lines] for group, lines in groups.items()]
    return "\n".join([*(line for block in blocks for line in block), "要填什么：mediation calculate 编号 --schema"])


def _wants(f: Formula) -> str:
    return "\n".join([f"{f.id}  {f.title}", f"适用：{f.applies}", *_fields(wanted(f.inputs), "  ")])


def _fields(fields: Iterable[Wanted], indent: str) -> Iterable[str]:
    for field in fields:
        kind = "、".join(f"{code} {title}" for code, title in field.options) or KINDS[field.kind]
        need = "必填" if field.required else f"可不填，默认 {field.default}" if field.default else "可不填"
        hint = f"；{field.hint}" if field.hint else ""
        yield f"{indent}{field.name}  {field.title}（{need}；{kind}{hint}）"
        yield from _fields(field.columns, indent + "    ")


def _text(done: Calculation) -> str:
    worked = done.worked
    blocks = [
        [f"{worked.title}：{worked.answer}"],
        ["计算过程：", *(f"{n}. {step.text}" for n, step in enumerate(worked.steps, 1)), worked.rounding],
        ["依据：", *(f"  {c.text}（来源标记{c.source}）" for c in worked.articles)] if worked.articles else [],
        ["未定之处：", *(f"  {doubt}" for doubt in worked.uncertain)] if worked.uncertain else [],
        [worked.caution],
    ]
    return "\n".join(line for block in blocks for line in block)


def _wrong(id: str, error: BadInput | NotFound) -> Iterable[str]:
    """One line for each wrong field, under its Chinese title."""
    if not isinstance(error, BadInput) or id not in FORMULAS:
        return
    titles = {field.name: field for field in wanted(FORMULAS[id].inputs)}
    for place, sentence in error.fields.items():
        name, *rest = place.split(".")
        field = titles.get(name)
        told = [field.title] if field else []
        if len(rest) > 1 and field:
            told += [f"第{int(rest[0]) + 1}行", *(c.title for c in field.columns if c.name == rest[1])]
        yield f"  {place}{'（' + ' '.join(told) + '）' if told else ''}：{sentence}"

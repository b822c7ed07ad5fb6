"""`mediation law`: list the law as data, show one row with all that rests on it, check the whole. Needs no database."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from ..clock import Clock
from ..engine import resting
from ..engine.law_check import check_law
from ..engine.resting import Resting, Room
from ..errors import BadInput, BrokenDefinition
from ..law.amounts import Amount
from ..law.book import LawBook
from ..law.doubts import Doubt
from ..law.periods import GROUPS, Period
from ..law.plain import day
from ..law.statutes import Instrument, Statute
from ..law.telling import (
    amount_text,
    extension_text,
    kind_text,
    length_text,
    plain_amount,
    plain_doubt,
    plain_period,
    plain_statute,
    touched_text,
)
from ..settings import Settings

T = TypeVar("T")

app = typer.Typer(help="法律数据：列出、查看、检查", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("list")
def list_(
    group: Annotated[str, typer.Option("--group", help=f"只列一组：{'、'.join(GROUPS)}")] = "",
    unverified: Annotated[bool, typer.Option("--unverified", help="只列待核实的，附缘由")] = False,
    as_json: AsJson = False,
) -> None:
    """列出期限（按组）、数额和待核实事项。"""
    law = _law()
    if group and group not in GROUPS:
        _refuse(f"没有“{group}”这一组，可选：{'、'.join(GROUPS)}")
    periods = [
        period
        for period in resting.every(law.periods)
        if (not group or period.group == group) and (not unverified or period.unverified_because)
    ]
    amounts = [a for a in resting.every(law.amounts) if not group and (not unverified or not a.verified)]
    doubts = () if group else tuple(law.doubts.values())
    if as_json:
        told = {"periods": map(plain_period, periods), "amounts": map(plain_amount, amounts)}
        _json({key: list(rows) for key, rows in {**told, "unverified": map(plain_doubt, doubts)}.items()})
        return
    _say(_listing(periods, amounts, doubts, unverified))


def _listing(periods: Iterable[Period], amounts: Iterable[Amount], doubts: Iterable[Doubt], why: bool) -> Iterator[str]:
    group = ""
    for period in periods:
        if period.group != group:
            group = period.group
            yield f"\n# {group} {GROUPS[group]}"
        yield f"{period.id}  {period.title}：{length_text(period)}{_mark(period.unverified_because)}"
        yield from (f"    {reason}" for reason in period.unverified_because if why)
    for number, amount in enumerate(amounts):
        yield from ("\n# 数额",) if number == 0 else ()
        mark = _mark(amount.unverified_because)
        yield f"{amount.key}  {amount.title}：{amount_text(amount)}（{_days(amount)}）{mark}"
        yield from (f"    {reason}" for reason in amount.unverified_because if why)
    for number, doubt in enumerate(doubts):
        yield from ("\n# 待核实事项",) if number == 0 else ()
        yield f"{doubt.id}  {doubt.number}. {doubt.title}{'（只需留意）' if doubt.mark == 'watch' else ''}"


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="期限、条文、法律文件、数额或待核实事项的编号，如 mediation_finish、ER-29")],
    as_json: AsJson = False,
) -> None:
    """看一项，以及依靠它的一切：期限、流程、数额、公式、代码、文书。"""
    room = _room()
    law = room.law
    if id in law.periods:
        versions, rests = law.periods[id], resting.on_period(room, id)
        _tell([plain_period(v) for v in versions], (line for v in versions for line in _period(v)), rests, as_json)
    elif id in law.statutes:
        statute = law.statutes[id]
        _tell(plain_statute(statute), _statute(statute), resting.on_article(room, id), as_json)
    elif id in law.amounts:
        rows = law.amounts[id]
        _tell(
            [plain_amount(a) for a in rows], (x for a in rows for x in _amount(a)), resting.on_amount(room, id), as_json
        )
    elif id in law.doubts:
        doubt = law.doubts[id]
        _tell(plain_doubt(doubt), _doubt(doubt), resting.on_doubt(room, id), as_json)
    elif id in law.instruments:
        found = law.instruments[id]
        _tell([plain_statute(s) for s in found.articles], _instrument(found), Resting(), as_json)
    else:
        _refuse(f"没有编号为“{id}”的期限、条文、数额或待核实事项。{_near(law, id)}")


def _near(law: LawBook, id: str) -> str:
    known = (*law.periods, *law.statutes, *law.amounts, *law.doubts, *law.instruments)
    near = [name for name in known if id and id.casefold() in name.casefold()]
    return f"相近的有：{'、'.join(near[:12])}" if near else "用 mediation law list 查看全部编号"


def _tell(plain: Any, lines: Iterable[str], rests: Resting, as_json: bool) -> None:
    if as_json:
        _json({"row": plain, "resting": rests.named()})
    else:
        _say(lines)
        _say(_resting(rests))


def _period(period: Period) -> Iterator[str]:
    yield f"{period.title}（{period.id}，{period.group} {GROUPS[period.group]}）"
    yield f"  多长：{length_text(period)}，自{period.start}；{kind_text(period)}"
    yield f"  怎么数：{period.counting.title}{'，末日为休息日的顺延' if period.roll else ''}"
    for label, text in (
        ("谁负责", period.who),
        ("延长", extension_text(period.extension) if period.extension else None),
        ("中止", period.suspension),
        ("过期怎样", period.consequence),
        ("由来", period.basis),
        ("说明", None if period.note in period.unverified_because else period.note),
    ):
        if text:
            yield f"  {label}：{text}"
    yield from (f"  外地规定（对本市没有约束力）：{text}" for text in period.comparators)
    yield from (f"  依据：{cite.text}（{cite.id}）{cite.gist}" for cite in period.cites)
    yield f"  施行：{period.in_force_from or '不明'} 起；来源标记 {period.source}"
    yield from (f"  待核实：{reason}" for reason in period.unverified_because)


def _statute(statute: Statute) -> Iterator[str]:
    yield f"{statute.text}（{statute.id}）"
    yield f"  要旨：{statute.gist}"
    yield f"  施行：{statute.in_force_from or '不明'} 起；{statute.reviewed_on} 核对；来源标记 {statute.source}"
    yield from (f"  待核实：{reason}" for reason in statute.unverified_because)


def _amount(amount: Amount) -> Iterator[str]:
    yield f"{amount.title}（{amount.key}）：{amount_text(amount)}，{amount.place}，{_days(amount)}"
    yield f"  来源标记 {amount.source}"
    yield from (f"  依据：{cite.text}（{cite.id}）" for cite in amount.cites)
    yield from (f"  说明：{amount.note}",) if amount.note and amount.verified else ()
    yield from (f"  待核实：{reason}" for reason in amount.unverified_because)


def _doubt(doubt: Doubt) -> Iterator[str]:
    yield f"待核实事项{doubt.number}：{doubt.title}（{doubt.id}）"
    yield f"  缘由：{doubt.reason}"
    yield f"  牵涉：{touched_text(doubt)}"


def _instrument(found: Instrument) -> Iterator[str]:
    yield f"{found.name}（{found.id}）{found.number or ''}，{found.in_force_from or '不明'} 起施行"
    yield from (f"  说明：{found.note}",) if found.note else ()
    yield from (f"  {s.id}  {s.article}：{s.gist}{_mark(s.unverified_because)}" for s in found.articles)


def _resting(rests: Resting) -> Iterator[str]:
    """What would be touched by a change, in words."""
    yield from (f"  ← 期限 {p.id} {p.title}" for p in rests.periods)
    yield from (f"  ← 期间规则 {c.id} {c.title}" for c in rests.countings)
    yield from (f"  ← 数额 {a.key} {a.title} {amount_text(a)}" for a in rests.amounts)
    yield from (f"  ← 途径 {r.id} {r.title}" for r in rests.routes)
    yield from (f"  ← 公式 {f.id} {f.title}" for f in rests.formulas)
    yield from (f"  ← 流程 {u.workflow} 的期限 {u.deadline} {u.title}（{u.period}）" for u in rests.uses)
    yield from (f"  ← {r.list_title} {r.code} {r.title}" for r in rests.rows)
    yield from (f"  ← 文书 {p.code} {p.title}" for p in rests.papers)
    yield from (f"  ← 待核实事项 {d.id} {d.title}" for d in rests.doubts)


@app.command()
def check(on: Annotated[str, typer.Option("--on", help="按哪一天检查，默认今天")] = "") -> None:
    """检查法律数据。有问题时逐条列出“文件:行号: 问题”，退出码为 1。"""
    try:
        today = day(on) if on else Clock().today()
    except BadInput as error:
        _refuse(error.sentence)
    settings = Settings()
    room = _room()
    found = check_law(room, settings.workflows_folder, settings.templates_folder, today)
    for fault in found.faults:
        typer.echo(fault, err=True)
    if found.faults:
        raise typer.Exit(1)
    law = room.law
    typer.echo(f"没有问题：{len(law.statutes)}条条文，{len(law.periods)}个期限，{len(law.amounts)}项数额（按{today}）")
    _say(f"提示：{hint}" for hint in found.hints)


def _law() -> LawBook:
    return _loaded(lambda: LawBook.load(Settings().workflows_folder))


def _room() -> Room:
    from ..assembly import assemble_definitions  # the top of the house: importing it early would be a circle

    found = _loaded(assemble_definitions)
    current = [versions[max(versions)] for versions in found.definitions.values()]
    return Room(found.law, current, found.codes, [found.templates.get(name) for name in found.templates.names])


def _loaded(load: Callable[[], T]) -> T:
    try:
        return load()
    except BrokenDefinition as broken:
        for fault in broken.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(1) from None


def _mark(reasons: Iterable[str]) -> str:
    return "【待核实】" if tuple(reasons) else ""


def _days(amount: Amount) -> str:
    return f"{amount.in_force_from} 至 {amount.in_force_to}" if amount.in_force_to else f"{amount.in_force_from} 起"


def _json(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)

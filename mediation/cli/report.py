"""`mediation report`: figures on the command line, for the whole installation."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Annotated, Any

import typer

from ..clock import SHANGHAI
from ..errors import BadInput
from ..money import yuan, yuan_grouped
from ..people.actor import Actor, Grant
from ..reports.recovered import BY_TITLES, Report
from ..reports.recovered import recovered as report_recovered

app = typer.Typer(help="统计报表", no_args_is_help=True)

EVERYTHING = Actor(None, "命令行", (Grant("supervisor", 0, "/"),))
"""Whoever can run the command can read the database itself: nothing is held back."""


@app.callback()
def report() -> None:
    """统计报表。"""


@app.command()
def recovered(
    from_: Annotated[str, typer.Option("--from", help="起始日期，如 2026-01-01")],
    to: Annotated[str, typer.Option("--to", help="截止日期（含），如 2026-12-31")],
    by: Annotated[str, typer.Option(help="分组：month 月份、street 组织、cause 事由")] = "month",
    as_of: Annotated[str, typer.Option("--as-of", help="按这一天结束时已登记的内容统计，如 2026-09-30")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，金额为“元”的文字")] = False,
) -> None:
    """挽回金额：请求、协议、裁决、到账四个数分列。"""
    from ..assembly import assemble  # the top of the house: importing it early would be a circle

    runtime = assemble()
    moment = datetime.combine(_day(as_of), time.max, SHANGHAI) if as_of else None
    with runtime.database.read() as session:
        found = report_recovered(session, runtime, _day(from_), _day(to), by, EVERYTHING, as_of=moment)
    runtime.database.engine.dispose()
    typer.echo(json.dumps(plain(found), ensure_ascii=False, indent=2) if as_json else text(found))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadInput(f"“{written}”不是有效的日期，请写成 2026-11-20") from None


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON: days in ISO, money as yuan text."""
    names = [column.name for column in report.columns]
    return {
        "formula": report.formula,
        "by": report.by,
        "from": report.from_on.isoformat(),
        "to": report.to_on.isoformat(),
        "as_of": report.as_of.isoformat(),
        "scope": report.scope,
        "columns": [asdict(column) for column in report.columns],
        "rows": [{"key": r.key, "title": r.title, **_sums(names, r.sums)} for r in report.rows],
        "totals": _sums(names, report.totals),
        "received_by_kind": {kind: yuan(amount) for kind, _, amount in report.by_kind},
        "definitions": list(report.definitions),
    }


def _sums(names: Sequence[str], sums: Sequence[int]) -> dict[str, str]:
    return {name: yuan(sum) for name, sum in zip(names, sums, strict=True)}


def text(report: Report) -> str:
    """The report as a table in columns of equal width, with its definitions below."""
    head = [BY_TITLES[report.by], *(f"{column.title}（元）" for column in report.columns)]
    body = [[row.title, *map(yuan_grouped, row.sums)] for row in report.rows]
    table = [head, *body, ["合计", *map(yuan_grouped, report.totals)]]
    widths = [max(_width(row[n]) for row in table) for n in range(len(head))]
    title = f"挽回金额 {report.from_on.isoformat()} 至 {report.to_on.isoformat()}（{report.scope}）"
    return "\n".join([title, *(_line(row, widths) for row in table), *report.definitions])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0] + " " * (widths[0] - _width(cells[0]))
    rest = (" " * (width - _width(cell)) + cell for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join([first, *rest])


def _width(cell: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)

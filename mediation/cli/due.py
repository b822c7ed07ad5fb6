"""`mediation due`: from a period and a day to the last day, with the reasons. Needs no database."""

import json
from typing import Annotated

import typer

from mediation.errors import BadInput, NotFound
from mediation.law.book import LawBook
from mediation.law.plain import day, moment, plain
from mediation.law.reckoning import Reckoning
from mediation.settings import workflows_folder


def due(
    period: Annotated[str, typer.Argument(help="期限编号，如 mediation_finish")],
    from_: Annotated[
        str, typer.Option("--from", help="起算的事实发生之日，如 2026-09-17；按小时的写 2026-09-17T09:30")
    ],
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天施行的规定，默认为起算之日")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """推算期限的最后一日，并说明理由。"""
    book = LawBook.load(workflows_folder())
    try:
        if period not in book.periods:
            raise NotFound(f"没有编号为“{period}”的期限。已有：\n{_listing(book)}")
        reckoning = book.reckon(period, moment(from_), day(as_of) if as_of else None)
    except (BadInput, NotFound) as error:
        typer.echo(error.sentence, err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(plain(book, reckoning), ensure_ascii=False, indent=2) if as_json else _text(book, reckoning))


def _listing(book: LawBook) -> str:
    return "\n".join(f"  {id}  {versions[0].title}" for id, versions in book.periods.items())


def _text(book: LawBook, reckoning: Reckoning) -> str:
    title = book.periods[reckoning.period][0].title
    last = f"{title}：{reckoning.legal_due.isoformat()}" + ("（暂定）" if reckoning.provisional else "")
    plain = f"未顺延的末日：{reckoning.nominal_due.isoformat()}"
    return "\n".join([last, plain, *(f"{n}. {reason}" for n, reason in enumerate(reckoning.reasons, 1))])

"""`mediation due`: from a period and a day to the last day, with the reasons. Needs no database."""

import json
from datetime import date, datetime
from typing import Annotated

import typer

from mediation.errors import BadInput, NotFound
from mediation.law.book import LawBook
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
        reckoning = book.reckon(period, _moment(from_), _day(as_of) if as_of else None)
    except (BadInput, NotFound) as error:
        typer.echo(error.sentence, err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(_plain(book, reckoning), ensure_ascii=False, indent=2) if as_json else _text(book, reckoning))


def _moment(text: str) -> date:
    """A day, or an instant for the periods that run in hours."""
    if "T" not in text:
        return _day(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}”不是有效的时刻，请写成 2026-11-20T09:30") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}”不是有效的日期，请写成 2026-11-20") from None


def _listing(book: LawBook) -> str:
    return "\n".join(f"  {id}  {versions[0].title}" for id, versions in book.periods.items())


def _plain(book: LawBook, reckoning: Reckoning) -> dict[str, object]:
    cites = [{"law": c.law, "article": c.article, "source": c.source} for c in reckoning.cites]
    own = {"law": None, "article": None, "source": book.periods[reckoning.period][0].source}
    plain: dict[str, object] = {
        "period": reckoning.period,
        "start": reckoning.start.isoformat(),
        "nominal_due": reckoning.nominal_due.isoformat(),
        "legal_due": reckoning.legal_due.isoformat(),
        "provisional": reckoning.provisional,
        "reasons": list(reckoning.reasons),
        "cite": cites[0] if cites else own,
    }
    return plain | ({"cites": cites} if len(cites) > 1 else {})


def _text(book: LawBook, reckoning: Reckoning) -> str:
    title = book.periods[reckoning.period][0].title
    last = f"{title}：{reckoning.legal_due.isoformat()}" + ("（暂定）" if reckoning.provisional else "")
    plain = f"未顺延的末日：{reckoning.nominal_due.isoformat()}"
    return "\n".join([last, plain, *(f"{n}. {reason}" for n, reason in enumerate(reckoning.reasons, 1))])

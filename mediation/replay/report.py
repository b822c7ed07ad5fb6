"""The replay as text for reading and as plain data for programs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..money import yuan, yuan_grouped
from .run import Ending, Replayed
from .story import Deed, Line
from .sums import Compared
from .vocabulary import TITLES

VERDICTS = {"equal": "一致", "unpublished": "未公布", "out_of_reach": "尚不能表达", "different": "不一致"}
UNUSED = ("difficulty", "category", "handling_body", "rule", "unusual", "demands", "wage", "employment")
"""Parts of every case that tell the reader something and the replay nothing; not worth a line for each case."""


def told(replayed: Replayed) -> Iterator[str]:
    """One case, line by line."""
    yield f"\n■ {replayed.case.id} {replayed.case.title}" + (f"（{replayed.number}）" if replayed.number else "")
    for position, line in enumerate(replayed.lines, 1):
        yield from _step(position, line)
    yield "  结果："
    for ending in replayed.endings:
        yield from _ending(ending)
    if not replayed.endings:
        yield "    没有登记案件"
    for compared in replayed.sums:
        yield f"  {_sum(compared)}"
    for note in replayed.notes:
        yield f"  说明：{note}"
    if unread := [name for name in replayed.case.unread if name not in UNUSED]:
        yield f"  说明：文件中还有重放不使用的内容：{'、'.join(unread)}"
    gaps = replayed.missing
    yield f"  尚不能表达{len(gaps)}步" + (f"：{'、'.join(line.code for line in gaps)}" if gaps else "")


def _step(position: int, line: Line) -> Iterator[str]:
    head = f"  {position:>2}. {line.code} {TITLES[line.code]}"
    if not line.expressed:
        yield f"{head} → 尚不能表达【{line.area}】：{line.reason}"
    elif not line.deeds:
        yield f"{head} → 无须另办"
    else:
        yield head
    for deed in line.deeds:
        yield f"      {deed.on.isoformat()} {'补足：' if deed.implied else ''}{deed.words}"


def _ending(ending: Ending) -> Iterator[str]:
    outcome = f"，结果：{ending.outcome_title}" if ending.outcome else ""
    yield f"    {ending.workflow_title}：{ending.state_title}{outcome}"
    same: dict[tuple[str, str], list[str]] = {}
    for title, day, provisional in ending.open_deadlines:
        when = day.isoformat() + ("（暂定）" if provisional else "")
        same.setdefault((title.partition("：")[0], when), []).append(title)
    for (kind, when), titles in same.items():
        yield f"      未结期限：{titles[0] if len(titles) == 1 else f'{kind}（{len(titles)}项）'} {when}"


def _sum(compared: Compared) -> str:
    published = "未公布" if compared.published is None else f"{yuan_grouped(compared.published)}元"
    words = f"{compared.title}：公布{published}，系统{yuan_grouped(compared.rows)}元"
    if compared.verdict == "unpublished":
        return words
    return f"{words} — {VERDICTS[compared.verdict]}" + (f"（{compared.reason}）" if compared.reason else "")


def total_line(all_: Sequence[Replayed]) -> str:
    """What came of the whole file, in one line."""
    steps = sum(len(one.lines) for one in all_)
    gaps = sum(len(one.missing) for one in all_)
    noted = sum(len(one.noted) for one in all_)
    faults = sum(len(one.faults) for one in all_)
    done = sum(one.complete for one in all_)
    return (
        f"合计：{len(all_)}个案例，{steps}步，已表达{steps - gaps}步（其中{noted}步只记入工作记录），"
        f"尚不能表达{gaps}步；"
        f"完整重放{done}个案例；金额不一致{faults}处"
    )


def as_data(all_: Iterable[Replayed]) -> dict[str, Any]:
    """The same as JSON. Sums are yuan text; null: not published."""
    listed = list(all_)
    return {
        "cases": [_case(one) for one in listed],
        "total": {
            "cases": len(listed),
            "steps": sum(len(one.lines) for one in listed),
            "expressed": sum(line.expressed for one in listed for line in one.lines),
            "not_yet": sum(len(one.missing) for one in listed),
            "noted": sum(len(one.noted) for one in listed),
            "complete": sum(one.complete for one in listed),
            "faults": sum(len(one.faults) for one in listed),
        },
    }


def _case(one: Replayed) -> dict[str, Any]:
    return {
        "id": one.case.id,
        "title": one.case.title,
        "number": one.number,
        "complete": one.complete,
        "steps": [_line(line) for line in one.lines],
        "proceedings": [
            {
                "workflow": ending.workflow,
                "state": ending.state,
                "outcome": ending.outcome,
                "open_deadlines": [
                    {"title": title, "due": day.isoformat(), "provisional": provisional}
                    for title, day, provisional in ending.open_deadlines
                ],
            }
            for ending in one.endings
        ],
        "sums": [
            {
                "name": found.name,
                "title": found.title,
                "published": None if found.published is None else yuan(found.published),
                "rows": yuan(found.rows),
                "verdict": found.verdict,
                "reason": found.reason,
            }
            for found in one.sums
        ],
        "notes": list(one.notes),
        "unread": list(one.case.unread),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "expressed": line.expressed,
        "area": line.area,
        "reason": line.reason,
        "noted": line.noted,
        "done": [_deed(deed) for deed in line.deeds],
    }


def _deed(deed: Deed) -> dict[str, Any]:
    return {"on": deed.on.isoformat(), "words": deed.words, "implied": deed.implied}

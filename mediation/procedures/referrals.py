"""转办: papers handed to another body and what came back of them, as lists that can be counted."""

import re
from collections import Counter
from typing import Any

from ..engine.guards import GuardBook

GUARDS = GuardBook()

_LINE = re.compile(r"(?P<name>.*\S)\s*(?P<copies>[1-9][0-9]{0,3})\s*(?:份|件|张|页|册|套|本)")
_NONE = "无"


def papers_listed(text: str | None) -> Counter[str]:
    """Copies by name of paper: one paper a line, as 工资条 3份. ValueError names the first line that is none.

    An empty text, or the word 无, is an empty list.
    """
    found: Counter[str] = Counter()
    for line in (text or "").splitlines():
        if line.strip() in ("", _NONE):
            continue
        if (read := _LINE.fullmatch(line.strip())) is None:
            raise ValueError(line.strip())
        found[read["name"]] += int(read["copies"])
    return found


def papers_counted(text: str | None) -> int:
    """How many papers a list names; 0 where it cannot be read."""
    return papers_listed(text).total() if _is_list(text) else 0


def _is_list(text: str | None) -> bool:
    try:
        papers_listed(text)
    except ValueError:
        return False
    return True


def _lists(facts: Any) -> list[str | None]:
    return [facts.told(name) for name in ("papers_handed", "papers_back", "papers_received", "papers_returned")]


@GUARDS.guard("材料清单请每行写一种并注明份数，例如“工资条 3份”；没有材料的写“无”。", answers=True)
def the_papers_are_counted(facts: Any) -> bool:
    return all(_is_list(text) for text in _lists(facts))


@GUARDS.guard("退回的材料比移交的多，请与移交清单核对名称和份数。", answers=True)
def no_paper_comes_back_that_never_went(facts: Any) -> bool:
    """What went out or came in is the sum of what was given back and what stayed."""
    gone = facts.said.get("papers_received" if facts.workflow == "referral_in" else "papers_handed")
    back = facts.told("papers_back") or facts.told("papers_returned")
    return not _is_list(back) or papers_listed(back) <= papers_listed(gone)


@GUARDS.guard("对方答复的日期不能早于今天（{facts.today}），请填写约定的日期。", answers=True)
def the_answer_day_is_ahead(facts: Any) -> bool:
    return bool(facts.told("answer_due") >= facts.today)

"""Agreements: one run of AGREE_ and CLAUSE_ steps is one paper, drafted and signed at its first step."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ...cases.parties import PartyIn
from ...money import split, yuan
from ..cast import worker_names
from ..pace import due_day, instalment_days
from ..story import NotYet, Story
from ..sums import AGREEING, PAYING, owed, rows_of
from .book import StepBook
from .mediating import come_to, see_to_mediator

STEPS = StepBook()

UNKNOWN_SUM = "按协议支付（来源未公布金额）"
USUAL_DAYS = 7
"""Days from signing to payment where the source does not say."""
_PAPER = (*AGREEING, "CLAUSE_ACCEL", "CLAUSE_CONDITION", "CLAUSE_INDEMNITY")
"""Steps that stand in one paper where they follow each other."""


@STEPS.step("AGREE_FULL", "AGREE_PARTIAL", "AGREE_INSTAL", "AGREE_EXTENSION", "AGREE_NONMONEY", "CLAUSE_ACCEL")
def agree(story: Story) -> None:
    if story.position and story.case.steps[story.position - 1] in _PAPER and _signed_in_run(story):
        story.activity("note", "约定写入同一份协议")
        story.did("写入同一份协议")
        return
    come_to(story, "mediation")
    see_to_mediator(story)
    if story.state not in ("mediation", "signing", "performance", "default", "fulfilled"):
        raise NotYet("再次达成协议", "案件不在可以签协议的阶段")
    anew = story.state in ("performance", "default")
    rows = _with_clauses(story, what_remains(story) if anew else promises(story))
    _draft(story, rows)
    _sign(story)
    what = "重新约定履行并签署" if anew else "签署调解协议"
    money = sum(row["fen"] or 0 for row in rows)
    story.did(f"{what}：{len(rows)}项，" + (f"合计{yuan(money)}元" if money else "没有载明金额"))


def _with_clauses(story: Story, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The clauses that stand in the same paper: a condition, somebody who stands behind the debt."""
    codes = _run(story)
    if "CLAUSE_CONDITION" in codes:
        story.implied("来源未载条件由谁控制，按不由付款一方控制登记")
        rows = [{**row, "condition": "来源所载的付款条件", "controlled_by": "nobody"} for row in rows]
    if "CLAUSE_INDEMNITY" in codes:
        name = next(iter(story.case.parties.others), "兜底的第三人（来源未载名称）")
        third = story.party("third", PartyIn(name=name, role="indemnifier"))
        rows = [{**row, "indemnifier": third} for row in rows]
    return rows


def _run(story: Story) -> list[str]:
    """The codes of the paper that the present step belongs to."""
    steps, first, last = story.case.steps, story.position, story.position
    while first and steps[first - 1] in _PAPER:
        first -= 1
    while last + 1 < len(steps) and steps[last + 1] in _PAPER:
        last += 1
    return list(steps[first : last + 1])


def _signed_in_run(story: Story) -> bool:
    """Whether the paper of this run has been signed at an earlier step of it."""
    for line in reversed(story.lines[:-1]):
        if line.code not in _PAPER:
            return False
        if any("签署" in deed.words for deed in line.deeds):
            return True
    return False


def _draft(story: Story, rows: Sequence[dict[str, Any]]) -> None:
    codes = _run(story)
    told = {
        "agreement_scope": "partial" if "AGREE_PARTIAL" in codes else "full",
        "promises": [{k: v for k, v in row.items() if k != "fen"} for row in rows],
        "acceleration": "CLAUSE_ACCEL" in codes,
        "no_other_disputes": False,
        "injury_waiver_known": True,
    }
    events = {"signing": "revise_draft", "fulfilled": "draft_for_rest", "mediation": "draft_agreement"}
    event = events.get(story.state, "agree_anew")
    story.fire(event, told)
    story.implied("起草调解协议书")


def _sign(story: Story) -> None:
    told = {
        "signed_on": story.today.isoformat(),
        "signed_by": [*story.parties("worker"), *story.parties("employer"), *story.parties("third")],
        "mediator_signed": True,
        "sealed": True,
    }
    story.fire("sign_agreement", told)


def promises(story: Story) -> list[dict[str, Any]]:
    """The rows of a first agreement; `fen` is the sum for telling."""
    rows: list[dict[str, Any]] = []
    whole = total_to_agree(story)
    if whole is not None:
        rows += _money(story, dict(zip(story.parties("worker"), shares(story, whole), strict=True)))
    codes = [code for code in _run(story) if code in AGREEING]
    money_asked = not story.case.claims or any(claim.kind != "non_monetary" for claim in story.case.claims)
    if whole is None and codes != ["AGREE_NONMONEY"] and money_asked:
        story.implied("协议金额未公布，登记为一项待履行的义务")
        rows += _duties(story, story.parties("worker"), UNKNOWN_SUM)
    if "AGREE_NONMONEY" in codes or not rows:
        rows += _duties(story, story.parties("worker"), _duty_words(story))
    return rows


def what_remains(story: Story) -> list[dict[str, Any]]:
    """The rows of a later agreement: what is still open of the earlier one, under new dates."""
    open_of: dict[int, int] = {}
    duties: list[int] = []
    for row in owed(story):
        if row.rest is None:
            duties.append(row.party_id)
        else:
            open_of[row.party_id] = open_of.get(row.party_id, 0) + row.rest
    rows = _money(story, open_of) if open_of else []
    if duties or "AGREE_NONMONEY" in _run(story):
        words = _duty_words(story) if "AGREE_NONMONEY" in _run(story) else UNKNOWN_SUM
        rows += _duties(story, list(dict.fromkeys(duties)) or story.parties("worker"), words)
    return rows


def total_to_agree(story: Story) -> int | None:
    """The sum that this paper fixes, in fen: the published total, as far as no earlier paper has fixed it."""
    amounts, fixed = story.case.amounts, rows_of(story)["agreed"]
    if amounts.agreed.value is not None:
        if amounts.agreed.q not in (None, "exact"):
            story.implied("公布的协议金额是约数，按公布的数字登记")
        return max(0, amounts.agreed.value - fixed) or None
    if amounts.recovered.value and not fixed and any(code in PAYING for code in story.ahead):
        story.implied("协议金额未公布，按公布的到账金额登记，以便登记到账")
        return amounts.recovered.value
    return None


def _after_run(story: Story) -> Iterator[str]:
    inside = True
    for code in story.ahead:
        inside = inside and code in _PAPER
        if not inside:
            yield code


def shares(story: Story, whole: int) -> list[int]:
    """The total split over the workers: as published for each, else in equal parts that tie to the cent."""
    each = story.case.amounts.per_person
    if each and sum(part or 0 for part in each.values()) == whole and tuple(each) == worker_names(story.case):
        return [part or 0 for part in each.values()]
    workers = story.parties("worker")
    if len(workers) > 1:
        story.implied("按人均分，来源未公布逐人金额")
    return split(whole, [1] * len(workers))


def _money(story: Story, parts_of: Mapping[int, int]) -> list[dict[str, Any]]:
    """One row for each worker and day; `parts_of` is what each worker gets."""
    days, weights = _days(story)
    payer = story.parties("employer")[-1]
    rows = []
    for worker, share in parts_of.items():
        for day, part in zip(days, split(share, weights), strict=True):
            if part:
                row = {"party": worker, "payer": payer, "amount": yuan(part), "due_on": day.isoformat(), "fen": part}
                rows.append(row)
    return rows


def _days(story: Story) -> tuple[list[date], list[int]]:
    """When it is due, and in which proportions."""
    if "AGREE_INSTAL" not in _run(story):
        return [_one_day(story)], [1]
    days = instalment_days(story.case, story.meta, story.today)
    amounts = [row.amount or 0 for row in story.case.instalments]
    if len(days) < 2:
        story.implied("分期的期数和日期未公布，按每月一期、共两期登记")
        return [story.today + timedelta(days=30), story.today + timedelta(days=60)], [1, 1]
    if len(days) == len(amounts) and all(amounts):
        return days, amounts
    story.implied("各期金额未公布，按期均分")
    return days, [1] * len(days)


def _one_day(story: Story) -> date:
    found = due_day(story.case, story.meta, story.today)
    if found is not None:
        return found
    if next(_after_run(story), "") == "PAY_SPOT":
        return story.today
    story.implied(f"履行日未公布，按签署后{USUAL_DAYS}日登记")
    return story.today + timedelta(days=USUAL_DAYS)


def _duties(story: Story, workers: Sequence[int], words: str) -> list[dict[str, Any]]:
    day, payer = _one_day(story).isoformat(), story.parties("employer")[-1]
    return [{"party": worker, "payer": payer, "duty": words, "due_on": day, "fen": None} for worker in workers]


def _duty_words(story: Story) -> str:
    items = [claim.item for claim in story.case.claims if claim.kind == "non_monetary"]
    return "；".join(items)[:500] or "约定的非金钱义务（内容见来源）"

"""The four sums of a case: as published, and as the rows say after the replay. They are compared, never derived."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ..cases.facts import total
from ..cases.models import Demand, Party
from ..recovery.models import Agreement, Award, Promise, Receipt
from ..recovery.owed import AGREED, COUNTED
from .cast import worker_names
from .story import Story

TITLES = {"claimed": "请求", "agreed": "协议", "awarded": "裁判", "received": "到账"}
AGREEING = ("AGREE_FULL", "AGREE_PARTIAL", "AGREE_INSTAL", "AGREE_EXTENSION", "AGREE_NONMONEY")
PAYING = ("PAY_SPOT", "PAY_PART", "PAY_FULL", "PAY_THIRD")
MAKING = {"claimed": ("CLAIM_CHANGED",), "agreed": (*AGREEING, *PAYING), "received": (*AGREEING, *PAYING)}
"""Steps that make a sum here; one that could not be expressed leaves the sum short."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One published figure against the rows, in fen. `verdict`: equal, unpublished, out_of_reach, different."""

    name: str
    title: str
    published: int | None
    rows: int
    verdict: str
    reason: str = ""


def compare(story: Story) -> tuple[Compared, ...]:
    """The four sums of the case, then what each worker was published to get."""
    amounts, held = story.case.amounts, rows_of(story)
    published = {
        "claimed": amounts.claimed.value,
        "agreed": amounts.agreed.value,
        "awarded": amounts.awarded.value,
        "received": amounts.recovered.value,
    }
    found = [_judge(story, name, TITLES[name], figure, held[name]) for name, figure in published.items()]
    return (*found, *_each(story))


def _judge(story: Story, name: str, title: str, published: int | None, rows: int) -> Compared:
    if published is None:
        return Compared(name, title, None, rows, "unpublished")
    if published == rows:
        return Compared(name, title, published, rows, "equal")
    reason = _out_of_reach(story, name)
    return Compared(name, title, published, rows, "out_of_reach" if reason else "different", reason)


def _out_of_reach(story: Story, name: str) -> str:
    """Why this version cannot hold the sum; empty where it should have."""
    if name in story.short:
        return story.short[name]
    codes = [line.code for line in story.lines if not line.expressed and line.code in MAKING.get(name, ())]
    if codes:
        return f"来自尚不能表达的步骤：{'、'.join(dict.fromkeys(codes))}"
    return _no_step(story, name)


def _no_step(story: Story, name: str) -> str:
    """The source gives a sum, and none of its steps makes one."""
    if not story.registered:
        return "来源的步骤都尚不能表达，没有登记案件"
    wanted = {"agreed": MAKING["agreed"], "received": PAYING}.get(name)
    if wanted is not None and not any(code in wanted for code in story.case.steps):
        return f"来源的步骤中没有{'达成协议' if name == 'agreed' else '付款'}一步，无从登记"
    return ""


def rows_of(story: Story, worker: int | None = None) -> dict[str, int]:
    """The four sums of the rows of this case, or of one worker of it."""
    if not story.registered:
        return dict.fromkeys(TITLES, 0)
    live = (Agreement.signed_on.is_not(None), Agreement.replaced_at.is_(None))
    statements = {
        "claimed": select(total(Demand.amount))
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id == story.case_id, Demand.withdrawn_on.is_(None), Party.side == "worker"),
        "agreed": select(total(Promise.amount))
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == story.case_id, Agreement.kind.in_(AGREED), *live),
        "awarded": select(total(Award.amount)).where(Award.case_id == story.case_id, Award.superseded_at.is_(None)),
        "received": select(total(Receipt.amount)).where(Receipt.case_id == story.case_id, Receipt.kind.in_(COUNTED)),
    }
    owners: dict[str, Any] = {
        "claimed": Demand.party_id,
        "agreed": Promise.party_id,
        "awarded": Award.party_id,
        "received": Receipt.party_id,
    }
    if worker is not None:
        statements = {name: query.where(owners[name] == worker) for name, query in statements.items()}
    return {name: int(story.read(query)[0]) for name, query in statements.items()}


def _each(story: Story) -> Iterable[Compared]:
    """Where the source gives a sum for each worker: what was agreed with, and reached, each of them."""
    each = story.case.amounts.per_person
    if not each or not story.registered:
        return
    workers = dict(zip(worker_names(story.case), story.parties("worker"), strict=False))
    for name, published in each.items():
        rows = rows_of(story, workers[name]) if name in workers else dict.fromkeys(TITLES, 0)
        for sum_name, whole in (("agreed", story.case.amounts.agreed), ("received", story.case.amounts.recovered)):
            if whole.value is not None:
                yield _judge(story, sum_name, f"{name} {TITLES[sum_name]}", published, rows[sum_name])


@dataclass(frozen=True, slots=True)
class Owed:
    """One promise that is open: fen for money, None for a duty."""

    promise_id: int
    party_id: int
    rest: int | None


def owed(story: Story) -> list[Owed]:
    """What is open of the agreements in force, the earliest due first."""
    paid = select(func.coalesce(func.sum(Receipt.amount), 0)).where(Receipt.promise_id == Promise.id).scalar_subquery()
    query = (
        select(Promise.id, Promise.party_id, Promise.amount, paid)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(
            Promise.case_id == story.case_id,
            Promise.done_on.is_(None),
            Promise.taken_over_at.is_(None),
            Agreement.signed_on.is_not(None),
            Agreement.replaced_at.is_(None),
        )
        .order_by(Promise.due_on, Promise.id)
    )
    with story.runtime.database.read() as session:
        rows = [
            Owed(id, party, None if amount is None else amount - int(done))
            for id, party, amount, done in session.execute(query)
        ]
    return [row for row in rows if row.rest is None or row.rest > 0]

"""A tiny vocabulary and a small, sound definition that the engine tests bend and break."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from mediation.engine.ask_types import BUILT_IN, Day, Money
from mediation.engine.definition import Definition
from mediation.engine.guards import GuardBook
from mediation.engine.loader import load_definition
from mediation.engine.vocabulary import AskType, Vocabulary
from mediation.errors import BrokenDefinition
from mediation.law.periods import Counting, Period, Span
from mediation.law.statutes import Statute


@dataclass(frozen=True)
class Facts:
    """What the guards of these tests look at."""

    signed: bool = True
    sealed: bool = True
    owed: int = 0
    overdue: bool = False
    answers: Any = None


class Row(BaseModel):
    """One row of the table type `promises`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due_on: Day
    amount: Money


book = GuardBook()


@book.guard("双方当事人尚未全部签字。")
def all_have_signed(facts: Facts) -> bool:
    return facts.signed


@book.guard("调解组织尚未盖章。")
def organisation_has_sealed(facts: Facts) -> bool:
    return facts.sealed


@book.guard("还欠 {facts.owed} 分。")
def nothing_is_owed(facts: Facts) -> bool:
    return facts.owed == 0


@book.guard("到账金额必须大于零。", answers=True)
def amount_is_positive(facts: Facts) -> bool:
    return bool(facts.answers.amount > 0)


@book.guard("已经逾期。")
def not_late(facts: Facts) -> bool:
    return not any(facts.overdue for _ in range(1))


def statute(reviewed_on: date = date(2026, 11, 1)) -> Statute:
    since = date(2008, 5, 1)
    return Statute(
        "T-14", "T", "测试法", "测试法", "第十四条", 14, "十五日内办结", since, None, reviewed_on, "S", verified=True
    )


def period(id: str, title: str, days: int | None = 15, kind: str = "duty", cites: tuple[Statute, ...] = ()) -> Period:
    return Period(
        id=id,
        group="test",
        title=title,
        kind=kind,
        start="受理日",
        span=Span(days, "natural_days") if days else None,
        direction="after",
        roll=True,
        counting=Counting("civil", "民事", (), (), (), (), (), "", "", ""),
        cites=cites,
        source="S",
        verified=True,
        in_force_from=date(2008, 5, 1),
        basis="办公室目标" if kind == "design" else None,
    )


PERIODS = [
    period("fifteen_days", "调解期限", cites=(statute(),)),
    period("answer", "受理答复", 5, cites=(statute(),)),
    period("office_goal", "内部目标", 3, kind="design"),
    period("uncited", "没有依据"),
    period("unreviewed", "没有核对", cites=(statute(date.min),)),
    period("endless", "没有天数", None, cites=(statute(),)),
]

VOCABULARY = Vocabulary(
    guards=book,
    effects=frozenset({"book_receipt"}),
    ask_types={**BUILT_IN, "promises": AskType(list[Row], "table", columns=("due_on", "amount"))},
    periods={period.id: (period,) for period in PERIODS},
    documents=frozenset({"agreement"}),
    roles={"mediator": "调解员", "clerk": "登记员", "lawyer": "援助律师"},
    codes={"outcomes": {"settled": "调解成功", "withdrawn": "撤回"}, "causes": {"wages": "劳动报酬", "injury": "工伤"}},
    facts=frozenset({"received_on"}),
    workflows=frozenset({"dispute", "legal_aid"}),
)

SOUND = """\
workflow: dispute
version: 1
title: 劳动争议调解
initial: intake
opens_at_start: [answer_applicant]
states:
  intake: { title: 登记, acts_next: clerk, within: answer_applicant }
  mediation: { title: 调解中, acts_next: mediator, within: finish, help: 约见双方 }
  settlement: { title: 履行中, acts_next: lawyer, within: promise_due }
  closed: { title: 结案, final: true }
events:
  accept:
    title: 受理
    by: [clerk]
    from: intake
    to: mediation
    asks:
      accepted_on: { type: date, title: 受理日期 }
      cause: { type: choice, title: 案由, choices: causes, required: false }
    closes: [answer_applicant]
    opens: [finish]
  settle:
    title: 达成调解协议
    help: 双方签字盖章后填写
    by: [mediator]
    from: mediation
    to: settlement
    asks:
      signed_on: { type: date, title: 签署日期 }
      promises: { type: promises, title: 履行义务 }
    guards: [all_have_signed, organisation_has_sealed]
    closes: [finish]
    opens: [promise_due]
    issues: [agreement]
    starts: legal_aid
    confirm: 协议生成后不能修改，确定吗？
  postpone:
    title: 延长调解
    by: [mediator]
    from: mediation
    to: same
    asks:
      agreed_on: { type: date, title: 约定日期 }
    extends: [{ deadline: finish, until: agreed_on }]
  record_receipt:
    title: 登记到账
    by: [mediator, lawyer]
    from: settlement
    asks:
      amount: { type: money, title: 到账金额 }
    guards: [amount_is_positive]
    effects: [book_receipt]
    to:
      - { state: closed, guards: [nothing_is_owed], outcome: settled }
      - { state: same }
  run_out:
    title: 调解期满
    by: [mediator, clock]
    from: mediation
    to: closed
    on_end: [legal_aid]
  withdraw:
    title: 撤回
    by: [clerk, mediator]
    from: any
    to: closed
deadlines:
  answer_applicant: { period: answer, from: received_on, owner: clerk }
  finish:
    period: fifteen_days
    from: accepted_on
    target: -2d
    remind: { mediator: [-5d, -2d, 0d], lawyer: [1d] }
    on_missed: run_out
  promise_due: { title: 履行日, each: promises, on: due_on, owner: lawyer }
"""


def write(folder: Path, text: str = SOUND, name: str = "dispute.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str = SOUND) -> Definition:
    return load_definition(write(folder, text), VOCABULARY)


def faults(folder: Path, text: str, previous: Definition | None = None) -> list[str]:
    """The faults of a definition as "line: sentence"; empty when it is accepted."""
    path = write(folder, text)
    try:
        load_definition(path, VOCABULARY, previous)
    except BrokenDefinition as broken:
        return [fault.removeprefix(f"{path}:") for fault in broken.faults]
    return []

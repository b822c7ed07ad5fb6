"""What can be seen of a late deadline that hurts a worker; workflows/oversight/harms.yaml says how much each weighs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, literal
from sqlalchemy.orm import aliased

from ..cases.models import Case, Party
from ..deadlines.models import Deadline
from ..engine.oversight import Harm, Oversight

MONEY = ("promise_due", "default_action")
"""Deadlines behind which a worker waits for money that was already agreed."""
ORDER = "order_answer"
MANY = 10
LIMITATION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Judged:
    """The sum of the weights, to sort by, and a 0/1 column for each harm in `names`."""

    score: ColumnElement[int]
    names: tuple[str, ...]
    columns: tuple[ColumnElement[int], ...]

    def told(self, oversight: Oversight, flags: Sequence[int]) -> tuple[Harm, ...]:
        """The harms that hold, the heaviest first."""
        holding = {name for name, flag in zip(self.names, flags, strict=True) if flag}
        return tuple(harm for harm in oversight.harms if harm.name in holding)


def judged(oversight: Oversight, now: datetime, *, outside: bool) -> Judged:
    """`outside`: late before the law or the other side; otherwise only behind the office's own targets."""
    holds = _holds(now, outside)
    flags = {harm.name: case((holds[harm.name], 1), else_=0) for harm in oversight.harms}
    score: Any = literal(0)
    for harm in oversight.harms:
        score = score + case((holds[harm.name], harm.weight), else_=0)
    return Judged(score, tuple(flags), tuple(column.label(f"harm_{name}") for name, column in flags.items()))


def _holds(now: datetime, outside: bool) -> Mapping[str, ColumnElement[bool]]:
    worker, clock = aliased(Party), aliased(Deadline)
    needs = cast(worker.needs, String)
    order: Any = Deadline.name == ORDER
    rest: Any = ~order
    never: Any = literal(1) == 0
    return {
        "danger": Case.risk_level == "red",
        "money": Deadline.name.in_(MONEY),
        "limitation": exists().where(
            clock.case_id == Case.id,
            clock.name == "limitation",
            clock.closed_at.is_(None),
            clock.legal_due <= now.date() + LIMITATION,
        ),
        "vulnerable": exists().where(
            worker.case_id == Case.id,
            worker.side == "worker",
            worker.left_on.is_(None),
            and_(needs != "[]", needs != "null"),
        ),
        "many": Case.workers_count >= MANY,
        "right": rest if outside else never,
        "order": order,
        "office": never if outside else rest,
    }

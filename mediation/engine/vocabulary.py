"""All the names a definition may use. The caller gathers them once at start; the loader refuses every other name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..law.periods import Period
from .definition import CLOCK
from .guards import GuardBook


@dataclass(frozen=True, slots=True)
class AskType:
    """A kind of answer: the pydantic `annotation` that reads it, the form `widget` that asks for it.

    A table (a list of rows) names its `columns`, so that deadlines can be opened for each row. `carried`: an earlier
    answer may be proposed again; never where the answer asserts something, is a file or is money that was paid.
    """

    annotation: Any
    widget: str
    columns: tuple[str, ...] = ()
    carried: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """`roles` and `codes` carry Chinese titles; `facts` are the dates a deadline may start from besides asks,
    `choosers` what may choose another period (`instead`) besides asks.

    `periods` are those of the law book: every dated version of each period, oldest first.
    """

    guards: GuardBook
    effects: frozenset[str]
    ask_types: Mapping[str, AskType]
    periods: Mapping[str, Sequence[Period]]
    documents: frozenset[str]
    roles: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    facts: frozenset[str]
    workflows: frozenset[str]
    kept_tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tables that a feature keeps itself, with the columns their deadlines count from; no event need open those."""
    choosers: frozenset[str] = frozenset({"cause", "gravity"})
    known: Mapping[str, str] = field(default_factory=dict)
    """What the case file itself tells, by name: the ask type it is told as. Forms propose it."""

    def role_title(self, role: str) -> str:
        return self.roles.get(role, "系统时钟" if role == CLOCK else role)

    def period(self, name: str | None) -> Period | None:
        """The newest version of a period; which one counts on a given day, the law book decides."""
        versions = self.periods.get(name or "")
        return versions[-1] if versions else None

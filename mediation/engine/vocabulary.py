"""All the names a definition may use. The caller gathers them once at start; the loader refuses every other name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .definition import CLOCK
from .guards import GuardBook


class LegalPeriod(Protocol):
    """What the engine needs to know of a legal period; the reckoning itself belongs to `mediation.law`."""

    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AskType:
    """A kind of answer: the pydantic `annotation` that reads it, the form `widget` that asks for it.

    A table (a list of rows) names its `columns`, so that deadlines can be opened for each row.
    """

    annotation: Any
    widget: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """`roles` and `codes` carry Chinese titles; `facts` are the dates a deadline may start from besides asks."""

    guards: GuardBook
    effects: frozenset[str]
    ask_types: Mapping[str, AskType]
    periods: Mapping[str, LegalPeriod]
    documents: frozenset[str]
    roles: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    facts: frozenset[str]
    workflows: frozenset[str]

    def role_title(self, role: str) -> str:
        return self.roles.get(role, "系统时钟" if role == CLOCK else role)

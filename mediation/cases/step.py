"""One event while it happens: what effects and paper facts may look at and add to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ..deadlines.run import Course
from ..documents.issue import Issuer
from ..people.actor import Actor
from ..runtime import Runtime
from .facts import Facts


@dataclass(slots=True)
class Step:
    """The transaction's session, who acts, the facts before the event, and what effects leave behind.

    Effects may fill `changed` (columns of the proceeding), `tables` (rows that deadlines with `each` are opened for),
    `results` (goes into the audit entry) and `ended` (deadlines of one subject to close: (name, subject)).
    """

    session: Session
    connection: Connection
    runtime: Runtime
    actor: Actor
    facts: Facts
    event: str
    at: datetime
    changed: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    ended: list[tuple[str, str]] = field(default_factory=list)
    courses: dict[str, Course] = field(default_factory=dict)
    """The deadlines opened by this event, by name, with their reasons."""
    paper_extras: dict[str, Any] = field(default_factory=dict)
    """Facts that only the papers of this event print."""
    before: dict[str, Any] = field(default_factory=dict)
    """What was there before and is not in the trail already, as far as an undo needs it; kept with the entry."""
    issuer: Issuer | None = None
    """In whose name this event's papers are numbered; None: the organisation of the case."""

    @property
    def today(self) -> date:
        return self.facts.today

    @property
    def case_id(self) -> int:
        return int(self.facts.case_id)

    @property
    def proceeding_id(self) -> int:
        return int(self.facts.proceeding_id)

    @property
    def answers(self) -> Any:
        """The typed answers of this event."""
        return self.facts.answers

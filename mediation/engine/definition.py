"""A workflow definition as frozen values: what may happen, by whom, by when. The loader makes these, nobody else.

Definitions and events are compared by identity, so that what is compiled from an event can be cached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLOCK = "clock"
"""The role under which the engine itself fires events: missed deadlines and ends of other proceedings."""

TODAY = "today"
"""As `from:` of a deadline: the day on which the opening event happens."""


@dataclass(frozen=True, slots=True)
class State:
    """A state answers who acts next, by when. Final states have neither."""

    name: str
    title: str
    final: bool
    acts_next: str | None
    within: str | None
    help: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that must (or may) be told when the event happens; `choices` names a code list.

    `today`: today's date stands in the form at first (file: `default: today`). `fresh`: what was told earlier is never
    proposed again. `same_as`: other asks, or facts of the case, that tell the same.
    """

    name: str
    type: str
    title: str
    required: bool
    help: str
    choices: str | None
    default: Any
    many: bool
    today: bool = False
    fresh: bool = False
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Where an event leads when all `guards` hold; the first such branch wins. `to` None keeps the state.

    `closes` and `opens` are the deadlines of this branch, in addition to those of the event.
    """

    to: str | None
    guards: tuple[str, ...]
    outcome: str | None
    closes: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()

    def lands_in(self, from_state: str) -> str:
        return self.to or from_state


@dataclass(frozen=True, slots=True)
class Extension:
    """Moves an open deadline: to the agreed date in ask or fact `until`, or by the number in ask `days`; never both."""

    deadline: str
    until: str | None
    days: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """Everything about one event. `from_` is spelled out; `anywhere` says that the file had `from: any`.

    `starts` is the workflow this event opens, `on_end` the workflows whose end fires this event.
    """

    name: str
    title: str
    help: str
    by: tuple[str, ...]
    from_: tuple[str, ...]
    anywhere: bool
    branches: tuple[Branch, ...]
    asks: Mapping[str, Ask]
    guards: tuple[str, ...]
    effects: tuple[str, ...]
    closes: tuple[str, ...]
    opens: tuple[str, ...]
    extends: tuple[Extension, ...]
    suspends: tuple[str, ...]
    resumes: tuple[str, ...]
    issues: tuple[str, ...]
    starts: str | None
    on_end: tuple[str, ...]
    confirm: str | None
    group: str | None

    def ever_opens(self, deadline: str) -> bool:
        """Whether the event opens this deadline, always or on one of its branches."""
        return deadline in self.opens or any(deadline in branch.opens for branch in self.branches)


@dataclass(frozen=True, slots=True, eq=False)
class DeadlineRule:
    """How a deadline is reckoned: a legal `period` counted from `from_`, or the agreed date in `on`.

    `each` names a table ask: one deadline per row, `on`/`from_` are then columns. `target` is the internal aim, in
    whole days BEFORE the due day (file "-2d" gives 2); `remind` holds days relative to it (file "-5d" gives -5).
    `legal` is true when the due day follows from the law, false for a day the people agreed on. `instead` names other
    periods for certain values of a fact or an answer: {"cause": {"J1": "mediation_finish_nef"}}.
    """

    name: str
    title: str
    period: str | None
    on: str | None
    from_: str | None
    each: str | None
    owner: str
    target: int | None
    remind: Mapping[str, tuple[int, ...]]
    on_missed: str | None
    legal: bool
    instead: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def other_periods(self) -> tuple[str, ...]:
        """Every period that may stand in for the usual one."""
        return tuple(dict.fromkeys(period for table in self.instead.values() for period in table.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One version of one workflow. `renamed` maps states of the previous version to states of this one.

    `digest` is the short sha256 of the file, stamped on what the definition decided.
    """

    name: str
    version: int
    title: str
    initial: str
    states: Mapping[str, State]
    events: Mapping[str, Event]
    deadlines: Mapping[str, DeadlineRule]
    renamed: Mapping[str, str]
    digest: str
    path: Path
    opens_at_start: tuple[str, ...] = ()
    issues_at_start: tuple[str, ...] = ()
    about: str | None = None
    """The answer that tells several procedures of this kind in one case apart: to whom, before whom."""

    def events_from(self, state: str) -> tuple[Event, ...]:
        """The events that `state` knows, in the order of the file, whoever may fire them."""
        return tuple(event for event in self.events.values() if state in event.from_)

"""What a use case needs besides its session: made once at start by `mediation.assembly`, shared by all threads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from .clock import Clock
from .db import Database
from .engine.checklists import Checklists
from .engine.codes import CodeList
from .engine.guides import Guide, Guides
from .engine.machine import Machine
from .engine.oversight import Oversight
from .engine.vocabulary import Vocabulary
from .errors import NotFound
from .law.book import LawBook
from .papers.templates import Templates
from .settings import Settings

Effect = Callable[[Any], None]
"""What an event does beyond moving the state; gets the `mediation.cases.step.Step` of that event."""

Follow = Callable[[Any, Any], None]
"""What follows any event; gets its `Step` and its `mediation.engine.machine.Decision`, before the trail is written."""

Inverse = Callable[[Any, Mapping[str, Any]], None] | str
"""Takes back what an effect did: gets the `Step` of the undo and what was kept as it was before. A text: it cannot be
taken back, and what to do instead."""

PaperFacts = Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]
"""Adds facts that documents may print; gets the same `Step` and the facts gathered so far."""


class Loads(Protocol):
    """Reads one proceeding as a mapping, or None."""

    def row(
        self, connection: Connection, proceeding_id: int, now: datetime, key: str | None = None
    ) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class Runtime:
    settings: Settings
    clock: Clock
    database: Database
    law: LawBook
    vocabulary: Vocabulary
    codes: Mapping[str, CodeList]
    machines: Mapping[tuple[str, int], Machine]
    """One per definition version: (workflow, version)."""
    current: Mapping[str, int]
    """The version that new proceedings of a workflow start on."""
    templates: Templates
    oversight: Oversight
    guides: Guides
    checklists: Checklists
    loading: Loads
    """Loads and locks one proceeding; its facts follow as they are looked at (`mediation.cases.facts`)."""
    reading: Loads
    """The same without the lock, for pages that show what may be done."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    undoes: Mapping[str, Inverse] = field(default_factory=dict)
    """By the name of the effect. Activities, deadlines, papers and the proceeding's own columns need none."""
    paper_facts: tuple[PaperFacts, ...] = ()
    follows: tuple[Follow, ...] = ()
    keeps: tuple[Effect, ...] = ()
    """What follows every change of a case file that is no workflow event, and every case that is registered."""

    def machine(self, workflow: str, version: int | None = None) -> Machine:
        """The machine of a workflow's version (None: the current one)."""
        found = self.machines.get((workflow, version or self.current.get(workflow, 0)))
        if found is None:
            raise NotFound(f"没有“{workflow}”第{version}版的流程定义，请联系管理员。")
        return found

    def guide(self, workflow: str, state: str) -> Guide | None:
        """What to do now in a state; None where no version of the workflow knows it any longer."""
        return self.guides.get(workflow, {}).get(state)

    def title(self, code_list: str, code: str | None) -> str:
        """The Chinese title of a code; the code itself where a list no longer knows it."""
        if code is None:
            return ""
        return self.codes[code_list].titles.get(code, code)

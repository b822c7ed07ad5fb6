"""Decides events. The only door to `transitions`: one shared machine per definition version, nothing held, thread-safe.

`decide` judges the click and `options` draws the buttons through the same code, so the two cannot disagree.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import transitions

from ..errors import Forbidden, NotFound, Refusal, Refused
from .definition import Branch, Definition, Event
from .guards import Guard
from .vocabulary import Vocabulary

WRONG_STATE = "state"
"""The `guard` of the refusal that the event is not possible in the present state."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An event that may happen, and where it leads."""

    event: Event
    from_state: str
    to_state: str
    branch: Branch


@dataclass(frozen=True, slots=True)
class Option:
    """One button: allowed, or grey with every reason."""

    event: Event
    refusals: tuple[Refusal, ...]
    allowed: bool


class _Attempt:
    """One try of one event: carries the state for `transitions` and collects what it hears on the way."""

    __slots__ = ("branch", "branch_refusals", "facts", "path_open", "refusals", "state")

    def __init__(self, state: str, facts: Any, refusals: list[Refusal]) -> None:
        self.state = state
        self.facts = facts
        self.refusals = refusals
        self.branch_refusals: list[Refusal] = []
        self.path_open = False
        self.branch: Branch | None = None

    def why(self) -> list[Refusal]:
        """The event's own refusals, and those of the branches when every branch is barred; each reason once."""
        return self.refusals if self.path_open else list(dict.fromkeys(self.refusals + self.branch_refusals))


class Machine:
    """The compiled rules of one definition version. Build it once at start and share it between threads."""

    def __init__(self, definition: Definition, vocabulary: Vocabulary) -> None:
        self.definition = definition
        self._vocabulary = vocabulary
        self._guards = {
            event.name: tuple(vocabulary.guards[name] for name in event.guards) for event in definition.events.values()
        }
        self._needs_answers = frozenset(
            event.name for event in definition.events.values() if self._reads_answers(event)
        )
        self._machine = transitions.Machine(
            model=None,
            states=[transitions.State(state.name, final=state.final) for state in definition.states.values()],
            transitions=[row for event in definition.events.values() for row in self._rows(event)],
            initial=definition.initial,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )

    def decide(self, state: str, event: str, roles: Collection[str], facts: Any) -> Decision:
        """The decision that `event` happens now, or Forbidden, Refused (every reason), NotFound (unknown name).

        Guards that judge answers need them: ValueError when `facts.answers` is None for such an event.
        """
        self._known_state(state)
        wanted = self._event(state, event, roles)
        if not may_fire(wanted, roles):
            by = "、".join(self._vocabulary.role_title(role) for role in wanted.by)
            raise Forbidden(f"“{wanted.title}”只能由{by}办理。")
        if facts.answers is None and event in self._needs_answers:
            raise ValueError(f"{event} has guards that judge its answers, but no answers were given")
        attempt = self._try(wanted, state, facts)
        if attempt.branch is None:
            raise Refused(attempt.why())
        return Decision(wanted, state, attempt.state, attempt.branch)

    def options(self, state: str, roles: Collection[str], facts: Any) -> tuple[Option, ...]:
        """Every event these roles may ever fire, those of the present state first, each with what stands against it."""
        self._known_state(state)
        mine = [event for event in self.definition.events.values() if may_fire(event, roles)]
        mine.sort(key=lambda event: state not in event.from_)
        return tuple(self.option(state, event, facts) for event in mine)

    def option(self, state: str, event: Event, facts: Any) -> Option:
        """One event with what stands against it, whoever may fire it."""
        attempt = self._try(event, state, facts)
        allowed = attempt.branch is not None
        return Option(event, () if allowed else tuple(attempt.why()), allowed)

    def _try(self, event: Event, state: str, facts: Any) -> _Attempt:
        """Guards that judge answers may rely on what was said on the way to the event's states; elsewhere they rest."""
        guards = self._guards[event.name]
        if state not in event.from_:
            refusals = _refusals((guard for guard in guards if not guard.answers), facts)
            return _Attempt(state, facts, [Refusal(WRONG_STATE, self._wrong_state(event, state)), *refusals])
        attempt = _Attempt(state, facts, _refusals(guards, facts))
        self._machine.events[event.name].trigger(attempt)
        return attempt

    def _rows(self, event: Event) -> Iterable[dict[str, Any]]:
        """One row of `transitions` per branch: one condition that judges and collects, one `before` that remembers."""
        for branch in event.branches:
            guards = tuple(self._vocabulary.guards[name] for name in branch.guards)
            yield {
                "trigger": event.name,
                "source": list(event.from_),
                "dest": branch.to or "=",
                "conditions": _judge(guards),
                "before": _remember(branch),
            }

    def _reads_answers(self, event: Event) -> bool:
        names = {*event.guards, *(name for branch in event.branches for name in branch.guards)}
        return any(self._vocabulary.guards[name].answers for name in names)

    def _known_state(self, state: str) -> None:
        if state not in self.definition.states:
            where = f"{self.definition.title}（第{self.definition.version}版）"
            raise NotFound(f"{where}没有“{state}”这个状态，请联系管理员迁移本程序。")

    def _event(self, state: str, name: str, roles: Collection[str]) -> Event:
        if (event := self.definition.events.get(name)) is not None:
            return event
        possible = [e for e in self.definition.events_from(state) if may_fire(e, roles)]
        listed = "、".join(f"{e.title}（{e.name}）" for e in possible) or "无"
        raise NotFound(f"没有“{name}”这个事项。现在可以办理的事项：{listed}。")

    def _wrong_state(self, event: Event, state: str) -> str:
        now = self.definition.states[state]
        if now.final and event.anywhere:
            return f"现在是“{now.title}”，已经办结，不能再办理“{event.title}”。"
        where = "、".join(f"“{self.definition.states[name].title}”" for name in event.from_)
        return f"现在是“{now.title}”，只有在{where}时才能办理“{event.title}”。"


def may_fire(event: Event, roles: Collection[str]) -> bool:
    """Deny by default: one of the roles must stand in the event's `by`."""
    return any(role in roles for role in event.by)


def _refusals(guards: Iterable[Guard], facts: Any) -> list[Refusal]:
    return [refusal for guard in guards if (refusal := guard.refusal(facts)) is not None]


def _judge(guards: tuple[Guard, ...]) -> Callable[[Any], bool]:
    def judge(data: Any) -> bool:
        attempt: _Attempt = data.model
        if barred := _refusals(guards, attempt.facts):
            attempt.branch_refusals += barred
            return False
        attempt.path_open = True
        return not attempt.refusals

    return judge


def _remember(branch: Branch) -> Callable[[Any], None]:
    def remember(data: Any) -> None:
        data.model.branch = branch

    return remember

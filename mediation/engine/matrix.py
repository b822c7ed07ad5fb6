"""Who may do what in which state: the page to print and sign for the chair of the union."""

from collections.abc import Mapping
from dataclasses import dataclass

from .definition import Definition, Event, State


@dataclass(frozen=True, slots=True)
class Permission:
    """One row: the event, and for each role that may fire it the states in which it may."""

    event: Event
    states: Mapping[str, tuple[State, ...]]


def matrix(definition: Definition) -> tuple[Permission, ...]:
    """One row an event, in the order of the file; a role that is not in a row may never fire that event."""
    return tuple(
        Permission(event, {role: tuple(definition.states[name] for name in event.from_) for role in event.by})
        for event in definition.events.values()
    )


def roles(definition: Definition) -> tuple[str, ...]:
    """All roles of the definition in order of appearance: the columns of the page."""
    return tuple(dict.fromkeys(role for event in definition.events.values() for role in event.by))

"""What can be known of a definition as a graph: which states are reached, which lead to an end, which deadlines run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .definition import Branch, Definition, Event


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """One way an event can take: from a state through a branch into a state."""

    source: str
    target: str
    event: Event
    branch: Branch

    @property
    def closes(self) -> tuple[str, ...]:
        return self.event.closes + self.branch.closes

    @property
    def opens(self) -> tuple[str, ...]:
        return self.event.opens + self.branch.opens


def edges(definition: Definition) -> tuple[Edge, ...]:
    """Every (state, event, branch) of the definition; unknown states are left out, another check reports them."""
    return tuple(
        Edge(source, branch.lands_in(source), event, branch)
        for event in definition.events.values()
        for source in event.from_
        for branch in event.branches
        if source in definition.states and branch.lands_in(source) in definition.states
    )


def reached(definition: Definition) -> frozenset[str]:
    """The states a proceeding can come into."""
    return _closure([definition.initial], [(edge.source, edge.target) for edge in edges(definition)])


def can_end(definition: Definition) -> frozenset[str]:
    """The states from which some final state can be reached."""
    finals = [state.name for state in definition.states.values() if state.final]
    return _closure(finals, [(edge.target, edge.source) for edge in edges(definition)])


def surely_open(definition: Definition) -> Mapping[str, frozenset[str]]:
    """For each state the deadlines that run there whichever way a proceeding came, by fixpoint over all ways.

    A deadline counts as running from the event that opens it until one that closes it. The greatest fixpoint starts
    from "everything runs" and takes away what some way in does not bring along.
    """
    everything = frozenset(definition.deadlines)
    running = dict.fromkeys(definition.states, everything)
    running[definition.initial] = frozenset(definition.opens_at_start)
    found = reached(definition)
    ways, changed = [edge for edge in edges(definition) if edge.source in found], True
    while changed:
        changed = False
        for edge in ways:
            brought = (running[edge.source] - set(edge.closes)) | set(edge.opens)
            if not running[edge.target] <= brought:
                running[edge.target] &= brought
                changed = True
    return running


def _closure(start: Iterable[str], pairs: list[tuple[str, str]]) -> frozenset[str]:
    seen = set(start)
    while fresh := {target for source, target in pairs if source in seen and target not in seen}:
        seen |= fresh
    return frozenset(seen)

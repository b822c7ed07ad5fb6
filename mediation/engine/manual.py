"""The manual page and the test list, made from the definition that makes the buttons; so neither can be out of date."""

from dataclasses import dataclass

from ..law.book import LawBook
from .definition import DeadlineRule, Definition, Event, State
from .graph import Edge, edges


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit as the manual tells it: how long in words, and the articles it rests on (none: agreed or own aim).

    `verified` is false when the source of a period has not been read in a reliable copy; it must be shown as such.
    """

    rule: DeadlineRule
    span: str
    cites: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Step:
    """An event as the manual tells it: the states it leads to and the limits that begin and end with it."""

    event: Event
    leads_to: tuple[State, ...]
    opens: tuple[Limit, ...]
    closes: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One state: what happens now, who acts, by when, and what can be done."""

    state: State
    acts_next: str | None
    within: Limit | None
    steps: tuple[Step, ...]


def manual(definition: Definition, book: LawBook) -> tuple[Section, ...]:
    """One section a state, in the order of the file; periods as the newest version in the law book has them."""
    return tuple(_section(definition, book, state) for state in definition.states.values())


def test_list(definition: Definition) -> tuple[Edge, ...]:
    """Every (state, event, branch): the ways that the tests of this definition must have gone."""
    return edges(definition)


test_list.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def _section(definition: Definition, book: LawBook, state: State) -> Section:
    within = definition.deadlines.get(state.within or "")
    return Section(
        state=state,
        acts_next=state.acts_next,
        within=limit(within, book) if within else None,
        steps=tuple(_step(definition, book, state, event) for event in definition.events_from(state.name)),
    )


def _step(definition: Definition, book: LawBook, state: State, event: Event) -> Step:
    targets = dict.fromkeys(branch.lands_in(state.name) for branch in event.branches)
    opens = dict.fromkeys([*event.opens, *(name for branch in event.branches for name in branch.opens)])
    closes = dict.fromkeys([*event.closes, *(name for branch in event.branches for name in branch.closes)])
    return Step(
        event=event,
        leads_to=tuple(definition.states[name] for name in targets),
        opens=tuple(limit(definition.deadlines[name], book) for name in opens),
        closes=tuple(limit(definition.deadlines[name], book) for name in closes),
    )


def limit(rule: DeadlineRule, book: LawBook) -> Limit:
    """The time limit as the newest version of its period has it."""
    if rule.period is None:
        return Limit(rule, "按约定的日期", (), verified=True)
    period = book.periods[rule.period][-1]
    length = period.working_span.text if period.working_span else ""
    cites = tuple(cited.text for cited in period.cites)
    return Limit(rule, length, cites, verified=not period.unverified_because)

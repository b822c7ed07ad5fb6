"""For any definition that the lint accepts: a walk stays inside it, and the buttons never disagree with the click."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mediation.engine.graph import can_end, reached
from mediation.engine.machine import Machine
from mediation.errors import Forbidden, Refusal, Refused

from .small_world import VOCABULARY, Facts, faults, load

GUARDS = ("all_have_signed", "organisation_has_sealed", "nothing_is_owed")
ROLES = ("mediator", "clerk", "lawyer")


@st.composite
def definitions(draw: st.DrawFn) -> str:
    """Up to six states in a row that can be gone along, with random events across; mostly sound, not always."""
    names = [f"s{n}" for n in range(draw(st.integers(2, 6)))]
    states = [f"  {name}: {{ title: {name}, acts_next: clerk, within: finish }}" for name in names[:-1]]
    events = [_event(f"go{n}", "[clerk]", name, names[n + 1], []) for n, name in enumerate(names[:-1])]
    for index in range(draw(st.integers(0, 8))):
        by = draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True))
        source = draw(st.sampled_from([*names, "any"]))
        guards = draw(st.lists(st.sampled_from(GUARDS), max_size=2, unique=True))
        events.append(_event(f"e{index}", f"[{', '.join(by)}]", source, draw(_targets(names)), guards))
    head = "workflow: dispute\nversion: 1\ntitle: 随机\ninitial: s0\nopens_at_start: [finish]\nstates:\n"
    final = f"  {names[-1]}: {{ title: 终点, final: true }}\n"
    rule = "deadlines:\n  finish: { period: answer, from: today, owner: clerk }\n"
    return head + "\n".join(states) + "\n" + final + "events:\n" + "".join(events) + rule


@st.composite
def _targets(draw: st.DrawFn, names: list[str]) -> str:
    target = st.sampled_from([*names, "same"])
    if draw(st.booleans()):
        return draw(target)
    guarded = [
        f"{{ state: {draw(target)}, guards: [{guard}] }}"
        for guard in draw(st.lists(st.sampled_from(GUARDS), min_size=1, max_size=2, unique=True))
    ]
    last = [f"{{ state: {draw(target)} }}"] if draw(st.booleans()) else []
    return f"[{', '.join([*guarded, *last])}]"


def _event(name: str, by: str, source: str, target: str, guards: list[str]) -> str:
    head = f"  {name}:\n    title: {name}\n    by: {by}\n    from: {source}\n"
    return head + f"    to: {target}\n    guards: [{', '.join(guards)}]\n"


def _facts() -> Iterator[Facts]:
    for seed in range(8):
        yield Facts(signed=bool(seed & 1), sealed=bool(seed & 2), owed=seed & 4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(text=definitions(), seed=st.integers(0, 2**16))
def test_walks_stay_inside_and_buttons_agree_with_clicks(
    tmp_path_factory: pytest.TempPathFactory, text: str, seed: int
) -> None:
    folder: Path = tmp_path_factory.getbasetemp() / "walks"
    assume(not faults(folder, text))
    definition = load(folder, text)
    machine, chance = Machine(definition, VOCABULARY), random.Random(seed)
    assert reached(definition) == can_end(definition) == set(definition.states)
    state = definition.initial
    for facts in [*_facts(), *_facts()]:
        _agree(machine, state, facts)
        possible = [option for option in machine.options(state, ROLES, facts) if option.allowed]
        if possible:
            decision = machine.decide(state, chance.choice(possible).event.name, ROLES, facts)
            assert decision.from_state == state
            state = decision.to_state
        assert state in definition.states


def _agree(machine: Machine, state: str, facts: Facts) -> None:
    for role in ROLES:
        drawn = {option.event.name: option for option in machine.options(state, [role], facts)}
        for name in machine.definition.events:
            clicked = _clicked(machine, state, name, role, facts)
            assert (name in drawn) == (clicked is not None)
            assert clicked is None or drawn[name].refusals == clicked
            assert clicked is None or drawn[name].allowed == (not clicked)


def _clicked(machine: Machine, state: str, name: str, role: str, facts: Facts) -> tuple[Refusal, ...] | None:
    """The refusals of the click; none of them when it goes through, None when the role may not even try."""
    try:
        machine.decide(state, name, [role], facts)
    except Forbidden:
        return None
    except Refused as refused:
        return refused.refusals
    return ()

"""The way of a procedure to the event that a step tells of: opened if it is not, brought on step by step.

What lies between is marked as implied: the source does not say it, the procedure cannot be without it.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ..cases.models import Party, Proceeding
from ..deadlines.models import Deadline
from ..engine.definition import CLOCK, Ask, Definition, Event
from ..people.actor import CLOCK as CLOCK_ACTOR
from ..people.actor import Actor
from .story import NotYet, Story

UNTOLD = "来源未载"
AHEAD = 15
"""Days from today for a day that must lie in the future and that no source gives."""
MOST = 14
"""Events on one way; a longer one is no way that a source could have left out."""

SIDEWAYS = frozenset(
    (
        *(
            "applicant_absent",
            "respondent_absent",
            "publish_notice",
            "suspend_arbitration",
            "cancel_case",
            "drop_letter",
            "return_letter",
        ),
        *("withdraw_arbitration", "withdraw_suit", "withdraw_order", "withdraw_complaint", "withdraw_petition"),
        *("withdraw_enforcement", "stay_trial", "plaintiff_absent", "stop_injury", "refuse_suit", "refuse_order"),
        *("refuse_arbitration", "refuse_enforcement", "refuse_to_enforce", "stop_enforcement", "remand"),
        *(
            "no_breach_found",
            "record_earlier_decision",
            "suspend_recognition",
            "commission_mediation",
            "commission_preaction",
        ),
        *("verify_rectification", "agree_to_rectify", "close_supervision", "refer_to_procuratorate"),
        *("petition_not_accepted", "not_accepted", "annul_award", "apply_annulment", "move_venue"),
    )
)
"""Events that lead off the usual way; taken only where a step tells of them."""

USUAL: Mapping[str, Any] = {
    "injury_challenge_result": "upheld",
    "injury_decision": "recognised",
    "injury_judgment_final": True,
    "trial_procedure": "ordinary",
    "award_finality": "unmarked",
    "decision_result": "part",
    "verification": "full",
    "supervision_infringement": "wages",
    "enforcement_title": "other",
    "payment_order_basis": "arrears",
    "suit_ground": "after_arbitration",
    "withdrawal_reason": "other",
    "injury_waits_for": "relation",
    "injury_applicant": "worker",
    "injury_grade": "none",
    "appealing_sides": ["employer"],
    "suing_sides": ["employer"],
    "only_some_workers": False,
    "complainant_secret": False,
}
"""Answers where a source gives none: the plainest code, told as implied with the event."""


def running(story: Story, workflow: str) -> int | None:
    """The newest open procedure of this kind in the case."""
    query = select(Proceeding.id).where(
        Proceeding.case_id == story.case_id, Proceeding.workflow == workflow, Proceeding.ended_at.is_(None)
    )
    return next(iter(story.read(query.order_by(Proceeding.id.desc()))), None)


def ended(story: Story, workflow: str) -> bool:
    query = select(Proceeding.id).where(Proceeding.case_id == story.case_id, Proceeding.workflow == workflow)
    return running(story, workflow) is None and bool(story.read(query))


def opened(story: Story, workflow: str, told: Mapping[str, Any] | None = None) -> int:
    """The open procedure, started now if there is none; as something the party has already done itself."""
    found = running(story, workflow)
    if found is not None:
        return found
    definition = story.runtime.machine("dispute").definition
    event = next(event for event in definition.events.values() if event.starts == workflow)
    filed = {name: True for name in event.asks if name.endswith("already_filed")}
    done = story.fire(event.name, answers(story, event, {**filed, **(told or {})}))
    return int(done.result["started"]["proceeding_id"])


def do(story: Story, workflow: str, event: str, told: Mapping[str, Any] | None = None) -> None:
    """Fire the event of this procedure, after whatever has to come before it."""
    was_open = running(story, workflow) is not None
    proceeding = opened(story, workflow)
    if not was_open:
        story.implied(f"启动程序“{_definition(story, proceeding).title}”（{UNTOLD}何时启动）")
    bring(story, proceeding, [event])
    _fire(story, proceeding, event, told)


def bring(story: Story, proceeding: int, events: Iterable[str]) -> None:
    """Go on until one of the events is possible; NotYet where no way leads there."""
    wanted = set(events)
    for _ in range(MOST):
        definition, state = _definition(story, proceeding), state_of(story, proceeding)
        if any(state in definition.events[name].from_ for name in wanted):
            return
        event, landing = _next(definition, state, wanted)
        _fire(story, proceeding, event.name, _leading(event, landing))
        story.implied(f"{definition.title}：{event.title}")
    raise NotYet("程序的进展", f"“{_definition(story, proceeding).title}”走不到这一步")


def end(story: Story, proceeding: int) -> None:
    """Lead a procedure to its end by the shortest way; a time limit that has to pass is waited for."""
    for _ in range(MOST):
        definition, state = _definition(story, proceeding), state_of(story, proceeding)
        if definition.states[state].final:
            return
        event, landing = _next(definition, state, None)
        _fire(story, proceeding, event.name, _leading(event, landing))
        story.implied(f"{definition.title}：{event.title}")
    raise NotYet("程序的终结", f"“{_definition(story, proceeding).title}”走不到终点")


def state_of(story: Story, proceeding: int) -> str:
    return str(story.read(select(Proceeding.state).where(Proceeding.id == proceeding))[0])


def _definition(story: Story, proceeding: int) -> Definition:
    workflow = story.read(select(Proceeding.workflow).where(Proceeding.id == proceeding))[0]
    return story.runtime.machine(workflow).definition


def _next(definition: Definition, state: str, wanted: set[str] | None) -> tuple[Event, str]:
    """The first event of the shortest way from here to a state where a wanted one is possible (None: to an end)."""
    goals = {
        name
        for name, one in definition.states.items()
        if (one.final if wanted is None else any(name in definition.events[event].from_ for event in wanted))
    }
    queue: deque[tuple[str, tuple[Event, str] | None]] = deque([(state, None)])
    seen = {state}
    while queue:
        here, first = queue.popleft()
        if here in goals and first is not None:
            return first
        for event in _ways(definition, here, wanted is None):
            for branch in event.branches:
                there = branch.lands_in(here)
                if there not in seen and (wanted is None or not definition.states[there].final):
                    seen.add(there)
                    queue.append((there, first or (event, there)))
    raise NotYet("程序的进展", f"从“{definition.title}”的“{definition.states[state].title}”没有路通向这一步")


def _ways(definition: Definition, state: str, homeward: bool) -> list[Event]:
    """What people do comes before what the clock does; what leads aside comes last, and only on the way to an end."""
    found = [e for e in definition.events_from(state) if e.starts is None and (homeward or e.name not in SIDEWAYS)]
    return sorted(found, key=lambda event: (event.name in SIDEWAYS, event.by == (CLOCK,)))


def _leading(event: Event, landing: str) -> Mapping[str, Any]:
    """Answers that make the branch go where the way leads."""
    if landing == "redeciding":
        return {"injury_challenge_result": "annulled"}
    if landing == "denied" and "injury_decision" in event.asks:
        return {"injury_decision": "not_recognised"}
    return {}


def _fire(story: Story, proceeding: int, name: str, told: Mapping[str, Any] | None) -> None:
    definition = _definition(story, proceeding)
    event = definition.events[name]
    if event.by == (CLOCK,):
        _let_pass(story, proceeding, name)
        if name in {e.name for e in definition.events_from(state_of(story, proceeding))}:
            story.fire(name, proceeding=proceeding, actor=CLOCK_ACTOR)
        return
    story.fire(name, answers(story, event, told or {}), proceeding=proceeding, actor=_actor(story, event))


def _actor(story: Story, event: Event) -> Actor:
    if "mediator" in event.by:
        return story.stage.mediator
    return story.stage.supervisor if "supervisor" in event.by else story.stage.lawyer


def _let_pass(story: Story, proceeding: int, name: str) -> None:
    """Until the day after the deadline that fires this event."""
    query = select(Deadline.legal_due).where(
        Deadline.proceeding_id == proceeding, Deadline.on_missed == name, Deadline.closed_at.is_(None)
    )
    last = max(story.read(query), default=None)
    if last is not None:
        story.go_to(last + timedelta(days=1))


def answers(story: Story, event: Event, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the step tells, and for everything else that must be said the plainest answer."""
    said = {name: value for name, value in told.items() if name in event.asks}
    if "represented_consent" in event.asks:
        said.setdefault("represented_consent", True)
    for name, ask in event.asks.items():
        if name not in said and ask.required and ask.default is None:
            one = _answer(story, name, ask)
            said[name] = [one] if ask.many and not isinstance(one, list) else one
    return said


def _answer(story: Story, name: str, ask: Ask) -> Any:
    if name in USUAL:
        return USUAL[name]
    day = story.today + (timedelta(days=AHEAD) if not name.endswith("_on") else timedelta(0))
    plain: Mapping[str, Any] = {
        "date": day.isoformat(),
        "datetime": f"{story.today.isoformat()}T09:00:00+08:00",
        "boolean": True,
        "integer": 1,
        "money": "0.01",
        "text": UNTOLD,
        "long_text": UNTOLD,
    }
    if ask.type in ("choice", "choices"):
        first = next(iter(story.runtime.codes[ask.choices or ""]))
        return [first] if ask.type == "choices" else first
    if ask.type == "party":
        side = "employer" if "employer" in name else "worker"
        return next(iter(story.parties(side)), None) or next(iter(story.parties("worker")), None)
    if ask.type == "person":
        return story.stage.mediator.person_id
    if ask.type == "evidence":
        return story.evidence(ask.title, "other")
    return plain.get(ask.type, UNTOLD)


def named(story: Story, party: int) -> str:
    return str(story.read(select(Party.name).where(Party.id == party))[0])

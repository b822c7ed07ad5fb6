"""Who might mediate this case: by language, load, absence, earlier work. A proposal with reasons; a person chooses."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..cases.models import Case, Party, Proceeding
from ..cases.step import Step
from ..people.models import Membership, Organisation, Person
from ..runtime import Runtime
from .conflicts import conflicts_of
from .suggesting import absent

SHOWN = 3
"""So many are proposed first."""
LOOKED_AT = 12
"""So many of the best are checked for conflicts."""
WEIGHTS = {"ordinary": 1, "major": 3}
URGENT = frozenset(("red", "orange"))
"""A case of this risk weighs one more."""


@dataclass(frozen=True, slots=True)
class Mediator:
    """One who may be named. `barred`: the law or a grave conflict forbids it; `last`: better somebody else."""

    id: int
    name: str
    load: int
    speaks: tuple[str, ...]
    last: bool
    barred: bool
    reasons: tuple[str, ...]


def mediators_for(session: Session, runtime: Runtime, case_id: int, path: str) -> tuple[Mediator, ...]:
    """Everybody who may mediate there today, the best first."""
    today = runtime.clock.today()
    people = _here(session, path, today)
    wanted, away = _wanted(session, case_id), absent(session, today)
    load, before = _load(session, people), _before(session, people, case_id)
    spoken = {id: languages for id, (_, languages) in people.items()}
    order = sorted(
        people,
        key=lambda id: (id in away, before[id] > 0, -len(wanted & set(spoken[id])), load[id], id),
    )
    found = []
    for place, id in enumerate(order):
        speaks = tuple(code for code in spoken[id] if code in wanted)
        conflicts = conflicts_of(session, id, case_id, today) if place < LOOKED_AT else ()
        told = [c for c in conflicts if c.kind != "mediator"]
        reasons = [*_languages(runtime, wanted, speaks), f"手上办理中的案件折合{load[id]}件（重大案件一件折三件）。"]
        if before[id]:
            reasons.append(f"曾办理涉及同一用人单位的案件{before[id]}件，可能影响中立，排在后面。")
        if id in away:
            reasons.append("已移交工作、尚未返岗，排在后面。")
        reasons += [c.sentence for c in told]
        barred = any(c.grave for c in told)
        last = bool(before[id] or id in away or told)
        found.append(Mediator(id, people[id][0], load[id], speaks, last, barred, tuple(reasons)))
    return tuple(sorted(found, key=lambda one: (one.barred, one.last)))


def _here(session: Session, path: str, today: date) -> Mapping[int, tuple[str, Sequence[str]]]:
    """Mediators of the place and of those above it: id → name, languages."""
    chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/"]
    query = (
        select(Person.id, Person.name, Person.languages)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Organisation.path.in_(chain),
            Membership.role == "mediator",
            Membership.from_on <= today,
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
    )
    return {row.id: (row.name, row.languages) for row in session.execute(query)}


def _wanted(session: Session, case_id: int) -> set[str]:
    query = (
        select(Person.languages)
        .join(Party, Party.person_id == Person.id)
        .where(Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None))
    )
    return {code for languages in session.scalars(query) for code in languages} - {"mandarin"}


def _load(session: Session, ids: Collection[int]) -> Counter[int]:
    query = (
        select(Proceeding.owner_id, Case.gravity, Case.risk_level)
        .join(Case, Case.id == Proceeding.case_id)
        .where(Proceeding.owner_id.in_(ids), Proceeding.ended_at.is_(None), Proceeding.workflow == "dispute")
    )
    found: Counter[int] = Counter()
    for owner, gravity, risk in session.execute(query):
        assert owner is not None
        found[owner] += WEIGHTS.get(gravity, 1) + (risk in URGENT)
    return found


def _before(session: Session, ids: Collection[int], case_id: int) -> Counter[int]:
    """How many other cases with one of these employers each has had."""
    employers = select(Party.employer_id).where(Party.case_id == case_id, Party.employer_id.is_not(None))
    query = (
        select(Proceeding.owner_id, Proceeding.case_id)
        .join(Party, Party.case_id == Proceeding.case_id)
        .where(
            Proceeding.owner_id.in_(ids),
            Proceeding.workflow == "dispute",
            Proceeding.case_id != case_id,
            Party.employer_id.in_(employers),
        )
        .distinct()
    )
    return Counter(owner for owner, _ in session.execute(query) if owner is not None)


def _languages(runtime: Runtime, wanted: Collection[str], speaks: Sequence[str]) -> list[str]:
    if not wanted:
        return []
    if speaks:
        return [f"会说{'、'.join(runtime.title('languages', code) for code in speaks)}，劳动者用得上。"]
    return [f"没有登记会说{'、'.join(sorted(runtime.title('languages', code) for code in wanted))}。"]


def note_suggestion(step: Step) -> None:
    """Into the audit entry: who was proposed first, and which of them was chosen (None: somebody else)."""
    proposed = [one.id for one in mediators_for(step.session, step.runtime, step.case_id, step.facts.path)[:SHOWN]]
    chosen = step.answers.mediator
    rank = proposed.index(chosen) + 1 if chosen in proposed else None
    step.results["suggested"] = {"people": proposed, "chosen": rank}

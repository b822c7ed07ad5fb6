"""加入在办案件: what was typed goes to the case that is there already, through the usual changes of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.activities import ActivityIn, add_activity
from ..cases.history import entry_of_key
from ..cases.intake import Intake, read_intake
from ..cases.models import Demand, Party, Proceeding
from ..cases.parties import DemandIn, PartyIn, add_demand, add_party
from ..db import connection_of
from ..errors import BadInput
from ..money import yuan
from ..people.actor import Actor
from ..people.fields import FIELDS
from ..people.identity import clean_name, compact
from ..people.models import Person
from ..runtime import Runtime


def join_case(session: Session, runtime: Runtime, case_id: int, raw: Any, *, key: str, actor: Actor) -> None:
    """Workers and demands that the case does not have are added; what was told stands in a note, word for word.

    NotFound for whoever may not see the case, Forbidden for whoever may not change it. The same key twice does
    nothing more.
    """
    if entry_of_key(connection_of(session), key) is not None:
        return
    intake = read_intake(raw)
    joining = _Joining(session, runtime, case_id, key, actor)
    for number, part in enumerate(_parts(_note(runtime, intake))):
        note = ActivityIn(kind="note", text=part)
        once = f"{key}/note{number}" if number else key
        add_activity(session, runtime, case_id, note, key=once, actor=actor)
    parties = [joining.worker(worker) for worker in intake.workers]
    for demand in intake.demands:
        if demand.party >= len(parties):
            raise BadInput("用人单位的请求不能这样并入，请在该案中登记。", {"demands": "请在该案中登记这项请求。"})
        joining.demand(parties[demand.party], demand)


class _Joining:
    """One walk through the typed workers and demands; each change has a key of its own below the form's."""

    def __init__(self, session: Session, runtime: Runtime, case_id: int, key: str, actor: Actor) -> None:
        self.at = (session, runtime, case_id)
        self.key, self.actor, self.count = key, actor, 0

    def now(self) -> dict[str, Any]:
        self.count += 1
        query = select(Proceeding.revision).where(
            Proceeding.case_id == self.at[2], Proceeding.workflow == "dispute", Proceeding.parent_id.is_(None)
        )
        revision = self.at[0].scalars(query).one()
        return {"revision": revision, "key": f"{self.key}/{self.count}", "actor": self.actor}

    def worker(self, told: PartyIn) -> int:
        """The worker's row in the case; a new one where nobody of that name, telephone or document is there."""
        session, _, case_id = self.at
        there = select(Party).where(
            Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None), Party.represents_id.is_(None)
        )
        rows = session.scalars(there.order_by(Party.id)).all()
        if found := next((row.id for row in rows if _same(session, row, told)), None):
            return found
        made = add_party(*self.at, "worker", told, **self.now())
        return int(made.result["party"])

    def demand(self, party_id: int, told: DemandIn) -> None:
        """Unless the same worker asks the same under this head already."""
        session, _, case_id = self.at
        same = select(Demand.id).where(
            Demand.case_id == case_id,
            Demand.party_id == party_id,
            Demand.head == told.head,
            Demand.withdrawn_on.is_(None),
        )
        if told.amount is not None:
            same = same.where(Demand.amount == told.amount)
        if session.scalars(same.limit(1)).first() is None:
            add_demand(*self.at, told.model_copy(update={"party": party_id}), **self.now())


def _same(session: Session, row: Party, told: PartyIn) -> bool:
    """The name, the telephone or the number of the document is the same."""
    person = session.get(Person, row.person_id) if row.person_id else None
    mine = {clean_name(told.name), compact(told.phone or ""), compact(told.id_number or "")} - {""}
    theirs = {clean_name(row.name), compact(row.phone or "")}
    if person is not None:
        theirs |= {compact(person.phone or ""), compact(person.id_number or "")}
    return bool(mine & theirs)


def _parts(text: str, size: int = 9000) -> list[str]:
    """A note holds ten thousand characters."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def _note(runtime: Runtime, intake: Intake) -> str:
    """Everything that was typed and has no place of its own in the case."""
    lines = [
        f"同一劳动者就同一用人单位再次来访（{runtime.title('channels', intake.channel)}），并入本案，不另立案。",
        f"事由：{runtime.title('causes', intake.cause)}。情况：{intake.summary}",
    ]
    if intake.request:
        lines.append(f"请求的原话：{intake.request}")
    if intake.since_on:
        lines.append(f"自{intake.since_on}起。")
    if intake.workplace:
        lines.append(f"工作地点：{intake.workplace}")
    lines += [f"劳动者：{_told(worker)}" for worker in intake.workers]
    lines += [f"用人单位：{_told(employer)}" for employer in intake.employers]
    for demand in intake.demands:
        amount = f"{yuan(demand.amount)}元" if demand.amount is not None else "金额未定"
        lines.append(f"请求：{runtime.title('demand_heads', demand.head)}，{amount}")
    lines += [f"收到材料：{paper.name} {paper.copies}份" for paper in intake.papers]
    if intake.reference:
        lines.append(f"其他机关文号：{intake.reference}")
    return "\n".join(lines)


def _told(party: PartyIn) -> str:
    """Telephone and address are masked: in clear they stand with the party, where each look is noted."""
    masked = (FIELDS[name].mask(value) for name in ("phone", "address") if (value := getattr(party, name)))
    return "，".join((party.name, *masked))

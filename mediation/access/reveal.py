"""One field of one person in clear, with a reason: for this answer only, and written down like every look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.access import EMERGENCY, seen
from ..cases.models import Party
from ..cases.needs import proposed_needs
from ..cases.proceedings import dispute_of
from ..db import connection_of
from ..engine.ask_types import LongText, Text
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.fields import FIELDS, LIST, Sight, sight
from ..people.models import Employer, Person
from ..people.rights import role_for
from ..recovery.models import Receipt
from ..runtime import Runtime

REASONS = "reveal_reasons"
SHORTEST = 4
EXPLAINS = frozenset(("supervisor", EMERGENCY))
"""Who does not deal with the person daily says in words why, whatever reason was chosen."""
OF: Mapping[str, tuple[str, ...]] = {
    "party": ("phone", "id_number", "address", "birth_date", "email", "needs"),
    "receipt": ("proof",),
}
"""What may be revealed of a party, and of a receipt."""


class RevealIn(BaseModel):
    """Why one has to see it."""

    model_config = ConfigDict(extra="forbid", title="查看完整内容")

    reason: Text = Field(title="理由")
    words: LongText | None = Field(default=None, title="说明", max_length=500)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of somebody as it is shown without a reason; `text` None: there is none."""

    name: str
    title: str
    text: str | None
    sight: Sight


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose fields they are. `explains`: a reason in words is asked for."""

    name: str
    fields: tuple[Shown, ...]
    explains: bool


@dataclass(frozen=True, slots=True)
class Revealed:
    name: str
    field: str
    title: str
    value: str
    dial: bool
    """Whether the value is a telephone number that can be called."""


def holder(session: Session, runtime: Runtime, case_id: int, of: str, row_id: int, actor: Actor) -> Holder:
    """The masked fields of a party or receipt; NotFound where the case, or the row in it, is not there."""
    roles = _roles(session, runtime, case_id, actor)
    name, clear = _clear(session, runtime, case_id, of, row_id)
    seen_as = {field: sight(runtime.codes[LIST], FIELDS[field].data_class, roles) for field in OF[of]}
    fields = (
        Shown(field, FIELDS[field].title, FIELDS[field].shown(clear[field], seen_as[field]), seen_as[field])
        for field in OF[of]
    )
    return Holder(name, tuple(fields), _explains(roles))


def reveal(
    session: Session, runtime: Runtime, case_id: int, of: str, row_id: int, field: str, data: RevealIn, *, actor: Actor
) -> Revealed:
    """The clear text. The look is noted with the actor; the edge writes it down before the answer leaves.

    BadInput for a field that is not there, or a reason that is none; Forbidden for those who may not see it at all.
    """
    roles = _roles(session, runtime, case_id, actor)
    if field not in OF[of]:
        raise BadInput("请选择要查看哪一项。", {"field": "请从列表中选择。"})
    name, clear = _clear(session, runtime, case_id, of, row_id)
    title = FIELDS[field].title
    allowed = EMERGENCY in roles or role_for("reveal_field", roles) is not None
    if not allowed or sight(runtime.codes[LIST], FIELDS[field].data_class, roles) == "none":
        raise Forbidden(f"您在本案的角色不能查看{title}。")
    why = _why(runtime, data, roles)
    value = clear[field]
    if not value:
        raise BadInput(f"{name}没有登记{title}。", {"field": "没有登记。"})
    actor.looks.note_thing(case_id, "field", f"{name}：{title}", why)
    return Revealed(name, field, title, value, field == "phone")


def _roles(session: Session, runtime: Runtime, case_id: int, actor: Actor) -> frozenset[str]:
    connection = connection_of(session)
    return seen(actor, runtime.reading.row(connection, dispute_of(connection, case_id), runtime.clock.now()))[1]


def _explains(roles: frozenset[str]) -> bool:
    return bool(roles & EXPLAINS) and not roles & {"mediator", "clerk", "lawyer"}


def _why(runtime: Runtime, data: RevealIn, roles: frozenset[str]) -> str:
    reasons, words = runtime.codes[REASONS], (data.words or "").strip()
    if data.reason not in reasons:
        raise BadInput("请选择查看的理由。", {"reason": "请从列表中选择。"})
    needed = _explains(roles) or reasons.about(data.reason).get("words") == "yes"
    if needed and len(words) < SHORTEST:
        sentence = f"请另用文字写明为什么要看（至少{SHORTEST}个字）。"
        raise BadInput(sentence, {"words": sentence})
    return f"{reasons[data.reason]}：{words}" if words else reasons[data.reason]


def _clear(session: Session, runtime: Runtime, case_id: int, of: str, row_id: int) -> tuple[str, Mapping[str, Any]]:
    """Whose it is, and every field in clear; None where there is nothing."""
    if of == "receipt":
        line = session.get(Receipt, row_id)
        if line is None or line.case_id != case_id:
            raise NotFound("本案没有这笔到账，请从案件页面进入。")
        name = session.scalar(select(Party.name).where(Party.id == line.party_id)) or ""
        return name, {"proof": line.proof}
    party = session.get(Party, row_id)
    if party is None or party.case_id != case_id:
        raise NotFound("本案没有这个当事人，请从案件页面进入。")
    person = session.get(Person, party.person_id or 0)
    firm = session.get(Employer, party.employer_id or 0)
    found: dict[str, Any] = {name: getattr(person, name, None) for name in ("id_number", "email")}
    found |= {
        name: getattr(party, name) or getattr(person, name, None) or getattr(firm, name, None)
        for name in ("phone", "address")
    }
    born = person.birth_date if person else None
    return party.name, {**found, "birth_date": born and born.isoformat(), "needs": _needs(runtime, party, person)}


def _needs(runtime: Runtime, party: Party, person: Person | None) -> str:
    titles, born = runtime.codes["party_needs"].titles, person.birth_date if person else None
    open_ = proposed_needs(party.needs, born, runtime.clock.today()) if party.side == "worker" else ()
    return "、".join([*(titles[code] for code in party.needs), *(f"{titles[c]}（按出生日期，待确认）" for c in open_)])

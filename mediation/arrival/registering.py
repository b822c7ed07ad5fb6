"""登记: a case is registered with what was said about personal data; beside one that is there, only with a reason.

The page and the API register alike. All of it is one transaction, which the edge opens.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.history import entry_of_key
from ..cases.intake import Intake, Registered, read_intake, register, registry
from ..cases.links import add_link
from ..cases.models import Party
from ..cases.parties import PartyIn
from ..consents.record import BASED, GIVEN, TOLD, AnswerIn, is_child, record_answer
from ..db import connection_of
from ..engine.ask_types import LongText, Text, YesNo
from ..errors import BadInput, Refusal, Refused
from ..people.actor import Actor
from ..runtime import Runtime
from .duplicates import Alike, Told, find_alike

NOTICE = "notice"
ASKED = ("mediation", "identity", "health")
"""Purposes that somebody may agree to at the counter; the last two need a separate consent or another ground."""
WAYS = {"hotline": "phone", "online": "online"}
"""Channels by which the answer does not come across the counter."""
WRONG = "登记内容有误，请按提示修改。"


class PrivacyIn(BaseModel):
    """What the first worker was told and answered about personal data. Whatever is missing is no obstacle."""

    model_config = ConfigDict(extra="forbid", title="个人信息告知与同意")

    told: YesNo = Field(default=False, title="已告知处理规则")
    agreed: list[Text] = Field(default_factory=list, title="本人同意的事项", max_length=len(ASKED))
    based: list[Text] = Field(default_factory=list, title="另有法律依据的事项", max_length=len(ASKED))
    ground: Text | None = Field(default=None, title="另有的法律依据")
    why: LongText | None = Field(default=None, title="不需要同意的理由", max_length=500)


class AlreadyHere(Refused):
    """Cases of the same worker against the same employer are open; `alike` tells those that the caller may know."""

    def __init__(self, alike: Alike) -> None:
        known = "、".join([*(case.number for case in alike.cases), *(office.name for office in alike.offices)])
        sentence = (
            f"这位劳动者与这家单位之间可能已有未办结的案件（{known}），没有登记。请先核对；仍要另行登记的，写明理由。"
        )
        super().__init__([Refusal("not_duplicate", sentence)])
        self.alike = alike


def register_new(
    session: Session,
    runtime: Runtime,
    raw: Any,
    privacy: PrivacyIn,
    *,
    organisation_id: int,
    key: str,
    actor: Actor,
) -> Registered:
    """As `cases.intake.register`. AlreadyHere unless `not_duplicate` says why there is another; both cases show it."""
    if entry_of_key(connection_of(session), key) is not None:
        return register(session, runtime, raw, organisation_id=organisation_id, key=key, actor=actor)
    registry(session, runtime, organisation_id, actor)
    intake = read_intake(raw)
    alike = alike_to(session, runtime, actor, intake)
    if alike and not intake.not_duplicate:
        raise AlreadyHere(alike)
    case = register(session, runtime, raw, organisation_id=organisation_id, key=key, actor=actor)
    for known in alike.cases:
        why = (intake.not_duplicate or "")[:500]
        add_link(session, case.case_id, known.case_id, "same_matter", runtime.clock.now(), actor, why)
    _record(session, runtime, case.case_id, intake, privacy, key, actor)
    return case


def alike_to(session: Session, runtime: Runtime, actor: Actor, intake: Intake) -> Alike:
    """Of a long list the first workers are looked for: a group is found by any of them."""
    return find_alike(session, runtime, actor, _told(intake.workers[:20]), _told(intake.employers[:5]))


def _told(parties: Sequence[PartyIn]) -> list[Told]:
    names = ("name", "phone", "id_kind", "id_number", "uscc")
    return [Told(*(getattr(party, name) or "" for name in names)) for party in parties]


def _record(
    session: Session, runtime: Runtime, case_id: int, intake: Intake, privacy: PrivacyIn, key: str, actor: Actor
) -> None:
    """What the first worker was told and answered, each kind of answer with an entry in the trail."""
    if wrong := sorted({*privacy.agreed, *privacy.based} - set(ASKED)):
        raise BadInput(WRONG, {"privacy": f"没有“{wrong[0]}”这一事项，请从列表中选择。"})
    people = select(Party.id).where(Party.case_id == case_id, Party.side == "worker", Party.person_id.is_not(None))
    party = session.scalar(people.order_by(Party.id).limit(1))
    if party is None:
        return
    way = WAYS.get(intake.channel, "counter")
    for number, answer in enumerate(_answers(runtime, intake.workers[0], privacy)):
        data = AnswerIn(party=party, way=way, **answer)
        record_answer(session, runtime, case_id, data, key=f"{key}/privacy{number}", actor=actor)


def _answers(runtime: Runtime, worker: PartyIn, privacy: PrivacyIn) -> Iterator[dict[str, Any]]:
    """For somebody under fourteen only the guardian can agree, on the page of consents."""
    told = [NOTICE] if privacy.told else []
    agreed = list(dict.fromkeys(privacy.agreed))
    if is_child(worker.birth_date, runtime.clock.today()):
        agreed, privacy = [], privacy.model_copy(update={"based": []})
    if told or agreed:
        yield {"purposes": [*told, *agreed], "answer": GIVEN if agreed else TOLD}
    based = [one for one in dict.fromkeys(privacy.based) if one not in privacy.agreed]
    if based:
        if privacy.ground in (None, "consent") or not privacy.why:
            raise BadInput(WRONG, {"privacy.ground": "请选择同意以外的法律依据，并写明理由。"})
        yield {"purposes": based, "answer": BASED, "ground": privacy.ground, "note": privacy.why}

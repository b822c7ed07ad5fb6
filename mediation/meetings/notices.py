"""What the parties are told: a numbered paper for each, void once the meeting moves; and whether they were told."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.file_rows import PartyRow
from ..cases.papers import paper_facts
from ..cases.step import Step
from ..documents.issue import Issuer, issue, void_issued
from ..documents.models import Document
from ..engine.ask_types import Integer, Text, YesNo
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.colleagues import names_of
from ..runtime import Runtime
from .asked import SAFE_ONLY, invited
from .models import Meeting, MeetingNotice, MeetingPerson, MeetingRoom

INVITES, CANCELS = "meeting_notice", "meeting_cancelled_notice"
TEMPLATES = frozenset((INVITES, CANCELS))
WRONG = "填写的内容有误，请按提示修改。"
WEEKDAYS = "一二三四五六日"


class ToldIn(BaseModel):
    """A notice has reached its party."""

    model_config = ConfigDict(extra="forbid", title="通知已送达")

    notice: Integer = Field(title="通知")
    how: Text = Field(title="方式")
    safely: YesNo = Field(default=False, title="是按约定的安全方式联系的")


def announce(step: Step, meeting: Meeting, parties: Sequence[PartyRow]) -> None:
    """A new paper for each party; those on the meeting as it was before are void."""
    _void(step, meeting, "调解会的时间、地点或人员有变动，已另行通知" if meeting.sequence else "已另行通知")
    _issue(step, meeting, parties, INVITES, cancels=False)


def call_off(step: Step, meeting: Meeting, *, papers: bool) -> None:
    """The notices are void, and everybody has to be told. `papers` False: in words, for the case itself has ended."""
    _void(step, meeting, "调解会已取消")
    parties = invited(step.session, step.case_id)
    if papers:
        _issue(step, meeting, parties, CANCELS, cancels=True)
        return
    for party in parties:
        _keep(step, meeting, party, None, cancels=True)


def _void(step: Step, meeting: Meeting, why: str) -> None:
    query = select(MeetingNotice.document_id).where(
        MeetingNotice.meeting_id == meeting.id, MeetingNotice.document_id.is_not(None)
    )
    ids = [id for id in step.session.scalars(query) if id is not None]
    if ids and (voided := void_issued(step.connection, ids, why, step.at)):
        step.results["voided"] = sorted(voided)


def _issue(step: Step, meeting: Meeting, parties: Sequence[PartyRow], name: str, *, cancels: bool) -> None:
    template = step.runtime.templates.get(name)
    shared = {**paper_facts(step), "mediators": [{"name": one} for one in mediators(step.session, meeting)]}
    issuer = Issuer(step.facts.organisation_id, step.facts.short_name)
    told = meeting_facts(step.session, step.runtime, meeting)
    for party in parties:
        issued = issue(
            step.connection,
            template,
            {**shared, "meeting": {**told, "addressee": party.name}},
            issuer,
            case_id=step.case_id,
            proceeding_id=step.proceeding_id,
            by_id=step.actor.person_id,
            at=step.at,
            title=f"{template.title}（{step.runtime.title('sides', party.side)}）",
        )
        step.results.setdefault("documents", []).append(issued.said)
        _keep(step, meeting, party, issued.id, cancels=cancels)


def _keep(step: Step, meeting: Meeting, party: PartyRow, document_id: int | None, *, cancels: bool) -> None:
    row = MeetingNotice(meeting_id=meeting.id, party_id=party.id, sequence=meeting.sequence, cancels=cancels)
    row.document_id = document_id
    step.session.add(row)
    step.session.flush()


def mediators(session: Session, meeting: Meeting) -> list[str]:
    """Their names, the host first."""
    query = select(MeetingPerson.person_id).where(MeetingPerson.meeting_id == meeting.id)
    ids = list(session.scalars(query.order_by(MeetingPerson.host.desc(), MeetingPerson.id)))
    names = names_of(session, ids)
    return [names[id] for id in ids]


def meeting_facts(session: Session, runtime: Runtime, meeting: Meeting) -> Mapping[str, Any]:
    """What a notice prints about the meeting."""
    facts = {
        "day": meeting.starts_at.date(),
        "time": f"星期{WEEKDAYS[meeting.starts_at.weekday()]}　{hours(meeting)}",
        "form": runtime.title("session_forms", meeting.form),
        "place": place(session, meeting),
        "video_link": meeting.video_link,
        "interpreter": meeting.interpreter,
        "note": meeting.note,
    }
    return {name: fact for name, fact in facts.items() if fact}


def hours(meeting: Meeting) -> str:
    return f"{meeting.starts_at:%H:%M}至{meeting.ends_at:%H:%M}"


def place(session: Session, meeting: Meeting) -> str:
    """In words, as a party needs them to find it."""
    room = session.get(MeetingRoom, meeting.room_id) if meeting.room_id else None
    if room is not None:
        return f"{room.name}（{room.address}）"
    return meeting.place or "线上，不需要到场"


def tell_party(
    session: Session, runtime: Runtime, case_id: int, meeting_id: int, data: ToldIn, *, key: str, actor: Actor
) -> Change:
    """Note that a party was told. Whoever may only be reached safely needs a word that this was done so."""
    given = {"meeting": meeting_id, **data.model_dump(mode="json")}
    with changing(
        session, runtime, case_id, "meeting_told", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = _notice(session, case_id, meeting_id, data.notice)
            if data.how not in runtime.codes["meeting_tellings"]:
                raise BadInput(WRONG, {"how": "请从列表中选择方式。"})
            party = next((p for p in invited(session, case_id) if p.id == row.party_id), None)
            if party is not None and SAFE_ONLY in party.needs and not data.safely:
                raise BadInput(WRONG, {"safely": "这位当事人只能用约定的安全方式联系，请确认后勾选。"})
            row.told_at, row.told_by_id, row.told_how = made.step.at, actor.person_id, data.how
    return made


def _notice(session: Session, case_id: int, meeting_id: int, notice_id: int) -> MeetingNotice:
    row = session.get(MeetingNotice, notice_id, with_for_update=True)
    meeting = session.get(Meeting, meeting_id)
    if row is None or meeting is None or row.meeting_id != meeting.id or meeting.case_id != case_id:
        raise NotFound("本案没有这份通知。")
    if row.document_id is not None:
        voided = session.scalar(select(Document.voided_at).where(Document.id == row.document_id))
        if voided is not None:
            raise BadInput(WRONG, {"notice": "这份通知已经作废，请送达新的通知。"})
    return row

"""What lies beside the stories of the practice district: rooms, languages, meetings to come, offers, evidence of three
classes, who was told what about personal data, and what people asked about it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access.asked import QuestionIn, ask
from ..cases.evidence import EvidenceIn, Upload, add_evidence
from ..cases.models import Case, Party
from ..clock import SHANGHAI
from ..consents.notice import notices
from ..consents.record import GIVEN, AnswerIn, record_answer
from ..meetings.asked import MeetingIn, invited, needs_of
from ..meetings.book import book_meeting
from ..meetings.rooms import RoomIn, add_room, rooms_for
from ..offers.log import OfferIn, record_offer
from ..people.models import Organisation, Person
from ..retention.due import standing
from ..retention.requests import AnswerIn as RequestAnswerIn
from ..retention.requests import RequestIn, answer_request, record_request
from .desk import Folder, Town
from .steps import Deed

LANGUAGES = (["mandarin", "sichuan"], ["mandarin", "henan"], ["mandarin"], ["mandarin", "shandong"])
ANSWERED_LATE = timedelta(days=35)
"""A request that came in so long ago is late and has gone up the ladder."""


def furnish(town: Town) -> None:
    """One room for each place and a large one for all of them; every mediator speaks something."""
    office, session = town.office, town.session
    district = session.scalars(select(Organisation.id).where(Organisation.level == "district")).one()
    _room(town, district, "大调解室", 30, video=True)
    for number, place in enumerate(office.places):
        _room(town, place.organisation_id, "调解室", 8, video=number == 0)
    mediators = [one for place in office.places for one in place.mediators]
    for number, mediator in enumerate(mediators):
        session.get_one(Person, mediator.person_id).languages = LANGUAGES[number % len(LANGUAGES)]


def _room(town: Town, organisation_id: int, name: str, seats: int, *, video: bool) -> None:
    place = town.session.get_one(Organisation, organisation_id)
    address = place.address or f"{place.name}二层"
    data = RoomIn(name=name, address=address, seats=seats, accessible=True, video=video)
    add_room(town.session, town.runtime, organisation_id, data, key=town.key(), actor=town.office.supervisor)


def told(folder: Folder) -> None:
    """The first worker has read the notice and agrees to the mediation; nobody before the first notice held."""
    today = folder.town.clock.today()
    if all(one.from_on > today for one in notices(folder.town.runtime)):
        return
    data = AnswerIn(party=folder.workers[0], purposes=["notice", "mediation"], answer=GIVEN, way="counter")
    record_answer(**_here(folder), data=data)


def meets(ahead: int, hour: int) -> Deed:
    """A meeting that many days after the demonstration begins, or on the first working day after that."""

    def deed(folder: Folder) -> None:
        town = folder.town
        folder.back_to_the_table()
        day = town.runtime.law.calendar.roll(town.until + timedelta(days=ahead))
        path = town.session.get_one(Organisation, folder.place.organisation_id).path
        seats = len(parties := invited(town.session, folder.case_id)) + 1
        room = next(one for one in rooms_for(town.session, path) if one.seats >= seats)
        data = MeetingIn(
            starts_at=datetime.combine(day, time(hour), SHANGHAI),
            minutes=90,
            room=room.id,
            interpreter="示范区手语、方言翻译志愿队" if needs_of(town.runtime, parties).interpreter else None,
            confirmed=True,
        )
        book_meeting(**_here(folder), data=data)

    return deed


def bargain(folder: Folder) -> None:
    """Both sides have said what they would settle for."""
    today = folder.town.clock.today()
    for party, percent in ((folder.workers[0], 90), (folder.employers[0], 55), (folder.workers[0], 80)):
        data = OfferIn.model_validate({"party": party, "amount": folder.sum(percent), "made_on": today})
        record_offer(**_here(folder), data=data)


def three_classes(folder: Folder) -> None:
    """Evidence for both sides, for its own side, and for the mediator alone."""
    worker, employer = folder.workers[0], folder.employers[0]
    for name, category, visibility, party in (
        ("考勤截图", "attendance", "both_sides", worker),
        ("与班组长的聊天记录", "correspondence", "own_side", worker),
        ("单位内部工资核算表", "wage_record", "mediator", employer),
    ):
        upload = Upload(f"练习用文件：{name}（{folder.number}）".encode(), "text/plain")
        data = EvidenceIn(name=name, category=category, visibility=visibility, submitted_by=party)
        add_evidence(**_here(folder), data=data, upload=upload)


def asks_who_looked(folder: Folder) -> None:
    data = QuestionIn(party=folder.workers[0], way="counter")
    ask(**_here(folder), data=data)


def asks_for_a_copy(folder: Folder) -> None:
    """Weeks ago, and nobody has answered."""
    received_on = folder.town.clock.today() - ANSWERED_LATE
    data = RequestIn(
        party=folder.workers[0], kind="copy", received_on=received_on, words="请给我一份调解记录的复印件。"
    )
    record_request(**_here(folder), data=data)


def _here(folder: Folder) -> dict[str, Any]:
    town = folder.town
    where: dict[str, Any] = {"session": town.session, "runtime": town.runtime, "case_id": folder.case_id}
    return {**where, "key": town.key(), "actor": folder.mediator}


def ask_to_delete(town: Town) -> None:
    """The oldest file that nothing keeps: its worker wants it deleted."""
    session, supervisor = town.session, town.office.supervisor
    for case_id in session.scalars(select(Case.id).order_by(Case.id)):
        now = standing(session, town.runtime, case_id)
        worker = _worker(session, case_id)
        if worker is None or now.obstacles or now.closed_on is None or now.bound:
            continue
        here: dict[str, Any] = {"session": session, "runtime": town.runtime, "case_id": case_id, "actor": supervisor}
        asked = RequestIn(party=worker, kind="delete", received_on=_yesterday(town), words="请删除我的信息。")
        made = record_request(**here, data=asked, key=town.key())
        said = {"request": made.result["request"], "answer": "granted", "reason": "没有须继续保存的理由，同意。"}
        answer_request(**here, data=RequestAnswerIn.model_validate(said), key=town.key())
        return


def _worker(session: Session, case_id: int) -> int | None:
    query = select(Party.id).where(Party.case_id == case_id, Party.side == "worker", Party.person_id.is_not(None))
    return session.scalar(query.order_by(Party.id).limit(1))


def _yesterday(town: Town) -> date:
    return town.clock.today() - timedelta(days=1)

"""One procedure goes from one person to another, with what the first had not read yet."""

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ..cases.models import Case, Proceeding
from ..deadlines.models import Deadline
from ..people.models import Organisation
from ..reminders.channels import INBOX
from ..reminders.models import Delivery, Reminder
from ..runtime import Runtime
from .models import Assignment, HandOverItem


def change_hands(session: Session, runtime: Runtime, proceeding_id: int, role: str, giver: int, receiver: int) -> bool:
    """Whether it lay with the giver and lies with the receiver now. What nobody owns goes with its case."""
    now = runtime.clock.now()
    lies = Proceeding.owner_id == giver
    if role == "mediator":
        lies = lies | Proceeding.owner_id.is_(None)
    change = update(Proceeding).where(Proceeding.id == proceeding_id, Proceeding.ended_at.is_(None), lies)
    done = session.execute(change.values(owner_id=receiver).returning(Proceeding.id)).all()
    if role == "lawyer" and done:
        live = (Assignment.proceeding_id == proceeding_id, Assignment.person_id == giver, Assignment.ended_at.is_(None))
        session.execute(update(Assignment).where(*live).values(ended_at=now, end_reason="handed_over", end_note=""))
        session.add(Assignment(proceeding_id=proceeding_id, person_id=receiver, role="lawyer", began_at=now))
        session.flush()
    return bool(done)


def tell_unread(session: Session, runtime: Runtime, item: HandOverItem, giver: int, receiver: int) -> None:
    """What the giver was reminded of and has not read, of deadlines that still run, is in the receiver's inbox now."""
    had = select(Delivery.reminder_id).where(Delivery.person_id == receiver, Delivery.channel == INBOX)
    query = (
        select(Delivery.reminder_id, Delivery.text)
        .join(Reminder, Reminder.id == Delivery.reminder_id)
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .where(
            Deadline.proceeding_id == item.proceeding_id,
            Deadline.closed_at.is_(None),
            Delivery.person_id == giver,
            Delivery.channel == INBOX,
            Delivery.read_at.is_(None),
            Delivery.reminder_id.not_in(had),
        )
    )
    rows = [
        {
            "reminder_id": reminder,
            "person_id": receiver,
            "channel": INBOX,
            "key": f"handover-{item.id}-{reminder}-{receiver}",
            "text": text,
            "state": "sent",
            "at": runtime.clock.now(),
        }
        for reminder, text in session.execute(query)
    ]
    if rows:
        session.execute(insert(Delivery), rows)


def path_of(session: Session, case_id: int) -> str:
    """The path of the organisation that keeps the case."""
    query = select(Organisation.path).join(Case, Case.organisation_id == Organisation.id).where(Case.id == case_id)
    return session.scalars(query).one()

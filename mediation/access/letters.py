"""The inbox as it may be read today: what was told of a case that was restricted since does not name it any more."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from ..cases.queries import CLOSED, closed_among
from ..people.actor import Actor
from ..reminders.inbox import InboxLine, inbox


def letters(
    session: Session, actor: Actor, *, offset: int = 0, limit: int = 50, unread_only: bool = False
) -> Sequence[InboxLine]:
    """One page of the actor's inbox. A line of a restricted case that is not theirs to see keeps its time only."""
    lines = inbox(session, actor.person_id or 0, offset=offset, limit=limit, unread_only=unread_only)
    closed = closed_among(session, actor.person_id, (line.case_id for line in lines))
    return [_without_case(line) if line.case_id in closed else line for line in lines]


def _without_case(line: InboxLine) -> InboxLine:
    return replace(line, subject=CLOSED, body="", case_id=None, proceeding_id=None, deadline_id=None, deadline=None)

"""Hand-overs that the clock goes on with: long lists batch by batch, and absences that are over."""

import logging

from sqlalchemy.orm import Session

from ..assignments.hand_back import give_back, unfinished
from ..assignments.hand_over import go_on
from ..assignments.models import HandOver
from ..errors import Unavailable
from ..people.actor import load_actor
from ..runtime import Runtime

log = logging.getLogger(__name__)


def mind_hand_overs(runtime: Runtime) -> int:
    """One batch of each list that is not finished, and each absence that ended today or before; how many lists."""
    with runtime.database.read() as session:
        going, back = unfinished(session, runtime.clock.today())
    for id in (*going, *back):
        try:
            with runtime.database.write() as session:
                _batch(session, runtime, id) if id in going else give_back(session, runtime, id)
        except Unavailable:
            raise
        except Exception:
            log.exception("hand-over %s cannot go on", id)
    return len(going) + len(back)


def _batch(session: Session, runtime: Runtime, id: int) -> None:
    maker = session.get_one(HandOver, id).made_by_id
    go_on(session, runtime, id, actor=load_actor(session, maker, runtime.clock.today()))

"""Several replicas sweep at the same time: each reminder goes out once, each event happens once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from mediation.cases.models import AuditEntry
from mediation.people.models import Person
from mediation.reminders.channels import Inbox
from mediation.reminders.models import Delivery, Reminder
from mediation.sweeping.missed import fire_missed
from mediation.sweeping.send import send_due

from .conftest import Remembering, Sweeper

REPLICAS = 4


def test_replicas_share_the_work_without_doubling_it(sweeper: Sweeper) -> None:
    office = sweeper.office
    cases = [office.signed() for _ in range(6)] + [office.accepted() for _ in range(6)]
    office.clock.set(office.clock.now().replace(month=10, day=9))
    channel, barrier = Remembering(), Barrier(REPLICAS)

    def replica(_: int) -> tuple[int, int]:
        barrier.wait(30)
        fired = fire_missed(office.runtime, batch=3).fired
        return fired, send_due(office.runtime, (Inbox(), channel), batch=5).sent

    with ThreadPoolExecutor(REPLICAS) as pool:
        done = list(pool.map(replica, range(REPLICAS)))
    # A replica passes over what another has locked at that moment; the next tick, seconds later, finds it free.
    last = sweeper.sweep(minutes=3)
    assert sum(fired for fired, _ in done) + last.fired == len(cases)
    doubled = {key: n for key, n in Counter(m.key for m in channel.got).items() if n > 1}
    assert doubled == {}
    with office.database.read() as session:
        assert session.scalar(select(func.count(Person.id))) > 0
        waiting = select(func.count(Reminder.id)).where(Reminder.state == "waiting")
        assert session.scalar(waiting.where(Reminder.remind_at <= office.clock.now())) == 0
        sent = session.scalar(select(func.count(Reminder.id)).where(Reminder.state == "sent"))
        lines = session.scalar(select(func.count(Delivery.id)).where(Delivery.channel == "inbox"))
        fired_events = select(AuditEntry.proceeding_id).where(AuditEntry.event.in_(("promise_missed", "time_over")))
        assert sorted(session.scalars(fired_events)) == sorted(c.proceeding_id for c in cases)
    assert sent == lines == sum(n for _, n in done) + last.sent

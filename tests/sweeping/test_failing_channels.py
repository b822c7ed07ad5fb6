"""What does not arrive is tried again under the same key, at longer and longer intervals, and then set aside."""

from mediation.reminders.channels import Inbox, Message, Undelivered
from mediation.sweeping.health import health, release_quarantined

from .conftest import Remembering, Sweeper


def _about_the_end(channel: Remembering) -> list[Message]:
    return [m for m in channel.got if "调解期限" in m.subject]


def test_refused_five_times_is_quarantined_while_the_inbox_has_one_line(sweeper: Sweeper) -> None:
    channel = Remembering(refuses="邮箱已满")
    sweeper.channels = (Inbox(), channel)
    sweeper.office.accepted()
    start = sweeper.until(9, 28, 9)
    assert (start.sent, start.quarantined) == (0, 0)
    tried = [sweeper.sweep(minutes=minutes).failed for minutes in (1, 2, 7, 2, 31, 2)]
    assert [n > 0 for n in tried] == [False, True, False, True, False, True]
    assert sweeper.sweep(minutes=127).failed == 0
    assert sweeper.sweep(minutes=2).quarantined >= 1
    reminder = sweeper.reminder("mediation_finish", "mediator", -5)
    assert (reminder.state, reminder.why) == ("quarantined", "发送5次都没有成功：邮箱已满")
    assert len(_about_the_end(channel)) == 5
    assert len({m.key for m in _about_the_end(channel)}) == 1
    assert len(sweeper.lines(sweeper.office.mediator.person_id, "调解期限")) == 1
    with sweeper.office.database.read() as session:
        assert "示东工调案〔2026〕00001号" in {x.case_number for x in health(session, reminder.settled_at).quarantined}
    assert sweeper.sweep(hours=5).failed == 0


def test_what_arrives_at_the_second_attempt_is_sent_and_marked_late(sweeper: Sweeper) -> None:
    channel = Remembering(refuses="邮箱已满")
    sweeper.channels = (Inbox(), channel)
    sweeper.office.accepted()
    sweeper.until(9, 28, 9)
    channel.refuses = None
    sweeper.sweep(hours=2)
    reminder = sweeper.reminder("mediation_finish", "mediator", -5)
    assert (reminder.state, reminder.late, reminder.why) == ("sent", True, None)
    rows = [d for d in sweeper.deliveries() if d.reminder_id == reminder.id]
    assert sorted((d.channel, d.state, d.error) for d in rows) == [
        ("inbox", "sent", None),
        ("remembering", "sent", None),
    ]
    assert [d.key for d in rows if d.channel == "inbox"] == [f"r{reminder.id}-p{rows[0].person_id}-inbox"]


def test_released_from_quarantine_it_is_tried_again_under_the_same_key(sweeper: Sweeper) -> None:
    channel = Remembering(refuses="邮箱已满")
    sweeper.channels = (Inbox(), channel)
    sweeper.office.accepted()
    sweeper.until(9, 28, 9)
    for minutes in (3, 9, 33, 129):
        sweeper.sweep(minutes=minutes)
    channel.refuses = None
    with sweeper.office.database.write() as session:
        assert release_quarantined(session) >= 1
    sweeper.sweep()
    assert sweeper.reminder("mediation_finish", "mediator", -5).state == "sent"
    assert len({m.key for m in _about_the_end(channel)}) == 1


class OutOfOrder(Remembering):
    """The server is gone, which costs the channel's whole time-out at every attempt."""

    def send(self, message: Message) -> None:
        self.got.append(message)
        raise Undelivered("连不上邮件服务器", for_everybody=True)


def test_a_channel_out_of_order_is_tried_once_a_batch_and_holds_nobody_up(sweeper: Sweeper) -> None:
    channel = OutOfOrder()
    sweeper.channels = (Inbox(), channel)
    for _ in range(5):
        sweeper.office.accepted()
    result = sweeper.until(9, 28, 9)
    assert result.failed == 10
    assert len(channel.got) == 1
    assert len(sweeper.lines(sweeper.office.mediator.person_id)) == 10


class Bursting(Remembering):
    """A channel with a mistake in it."""

    def send(self, message: Message) -> None:
        raise KeyError("phone")


def test_a_mistake_in_a_channel_is_an_undelivered_message(sweeper: Sweeper) -> None:
    sweeper.channels = (Inbox(), Bursting())
    sweeper.office.accepted()
    assert sweeper.until(9, 27, 9).failed == 1
    assert sweeper.reminder("session_hold", "mediator", -2).why == "发送时出错：KeyError 'phone'"
    assert len(sweeper.lines(sweeper.office.mediator.person_id)) == 1


class Slow(Remembering):
    """Each message takes a minute."""

    sweeper: Sweeper

    def send(self, message: Message) -> None:
        super().send(message)
        self.sweeper.office.clock.move(minutes=1)


def test_a_slow_channel_never_outlives_its_lease(sweeper: Sweeper) -> None:
    """What cannot be begun in time is given back at once, not counted as an attempt, and sent with the next lease."""
    channel = Slow()
    channel.sweeper = sweeper
    sweeper.channels = (Inbox(), channel)
    for _ in range(5):
        sweeper.office.accepted()
    assert sweeper.until(9, 28, 9).sent == 10
    keys = [m.key for m in channel.got]
    assert len(keys) == len(set(keys)) == 10
    assert {r.attempts for r in sweeper.reminders() if r.state == "sent"} == {1}

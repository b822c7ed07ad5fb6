"""From the deadline to the letter box, through a real mail server that first refuses."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from mediation.people.models import Person
from mediation.reminders.channels import Inbox
from tests.reminders.mail_server import Post, mail_server

from .conftest import Sweeper


@pytest.fixture
def post(sweeper: Sweeper) -> Iterator[Post]:
    """The mediator has an address; the supervisor has none and is told in the inbox alone."""
    with sweeper.office.database.write() as session:
        mediator = Person.id == sweeper.office.mediator.person_id
        session.execute(update(Person).where(mediator).values(email="li@example.cn"))
    post = Post(refuses={"li@example.cn"})
    with mail_server(post) as channel:
        sweeper.channels = (Inbox(), channel)
        yield post


def test_refused_mail_is_tried_five_times_and_then_set_aside(sweeper: Sweeper, post: Post) -> None:
    sweeper.office.accepted()
    sweeper.until(9, 27, 9)
    for minutes in (3, 9, 33, 129):
        sweeper.sweep(minutes=minutes)
    reminder = sweeper.reminder("session_hold", "mediator", -2)
    assert reminder.state == "quarantined"
    assert reminder.why == "发送5次都没有成功：邮件服务器拒收这个邮箱地址：550 no such mailbox"
    assert post.asked == ["li@example.cn"] * 5
    assert len(sweeper.lines(sweeper.office.mediator.person_id)) == 1


def test_mail_that_is_taken_says_the_same_as_the_inbox_and_names_nobody_outside(sweeper: Sweeper, post: Post) -> None:
    post.refuses.clear()
    sweeper.office.signed()
    sweeper.until(9, 29, 9)
    lines = sweeper.lines(sweeper.office.mediator.person_id)
    assert sorted(x["Subject"] for x in post.taken) == sorted(x.subject for x in lines)
    assert sorted(x.get_content().strip() for x in post.taken) == sorted(x.body for x in lines)
    assert all("张三" not in x["Subject"] for x in post.taken)
    assert sweeper.lines(sweeper.office.supervisor.person_id) != []
    assert set(post.asked) == {"li@example.cn"}

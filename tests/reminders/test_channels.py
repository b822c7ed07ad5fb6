"""The ways out of the house, against a real mail server: Chinese letters, refusals, a server that is gone or silent."""

import io
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from mediation.reminders.channels import Console, Email, Inbox, Message, Undelivered, channels_from
from mediation.settings import Settings

from .mail_server import SENDER, Post, free_port, mail_server

SUBJECT = "【期限提醒】示东工调案〔2026〕00001号 调解期限 还有10天（其中3个工作日）"
BODY = "案件：示东工调案〔2026〕00001号\n期限：调解期限\n" + "理由：自受理次日起算。" * 60
MESSAGE = Message("r7-p3-email", "李调解", "li@example.cn", SUBJECT, BODY)


@pytest.fixture
def post() -> Post:
    return Post(refuses={"nobody@example.cn"})


@pytest.fixture
def server(post: Post) -> Iterator[Email]:
    with mail_server(post) as channel:
        yield channel


def test_a_chinese_letter_arrives_as_written(server: Email, post: Post) -> None:
    server.send(MESSAGE)
    [letter] = post.taken
    assert letter["Subject"] == SUBJECT
    assert letter.get_content().rstrip("\n") == BODY
    assert letter["To"].addresses[0].display_name == "李调解"
    assert letter["To"].addresses[0].addr_spec == "li@example.cn"
    assert letter["From"] == SENDER


def test_the_key_is_the_message_id_so_that_a_second_letter_is_known_as_the_same(server: Email, post: Post) -> None:
    server.send(MESSAGE)
    server.send(MESSAGE)
    assert [letter["Message-ID"] for letter in post.taken] == ["<r7-p3-email@union.example.cn>"] * 2


def test_a_refused_address_is_about_that_address_alone(server: Email, post: Post) -> None:
    with pytest.raises(Undelivered, match="拒收这个邮箱地址：550 no such mailbox") as refused:
        server.send(Message("k", "无人", "nobody@example.cn", SUBJECT, BODY))
    assert not refused.value.for_everybody
    server.send(MESSAGE)
    assert len(post.taken) == 1


def test_a_refused_letter_is_about_that_letter_alone(server: Email) -> None:
    with pytest.raises(Undelivered, match="拒收这封邮件：552 too big") as refused:
        server.send(Message("k", "李调解", "li@example.cn", "太大", BODY))
    assert not refused.value.for_everybody


@pytest.mark.parametrize("address", ["李调解@", "li", "li@", "li@例子.cn", "a@b.cn\nBcc: c@d.cn", "a@b.cn, c@d.cn"])
def test_an_unusable_address_is_said_and_is_no_reason_to_stop(server: Email, address: str) -> None:
    with pytest.raises(Undelivered, match="邮箱地址") as refused:
        server.send(Message("k", "李调解", address, SUBJECT, BODY))
    assert not refused.value.for_everybody


def test_a_server_that_is_gone_is_out_of_order_for_everybody() -> None:
    with pytest.raises(Undelivered, match="连不上邮件服务器") as gone:
        Email("127.0.0.1", free_port(), SENDER).send(MESSAGE)
    assert gone.value.for_everybody


def test_a_silent_server_is_given_up_after_the_time_out() -> None:
    """It takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        channel = Email("127.0.0.1", silent.getsockname()[1], SENDER, timeout=0.2)
        with pytest.raises(Undelivered, match="没有及时应答") as slow:
            channel.send(MESSAGE)
    assert slow.value.for_everybody


@pytest.mark.parametrize(("password", "taken"), [("right", 1), ("wrong", 0)])
def test_logs_in_where_a_user_is_set(post: Post, password: str, taken: int) -> None:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    with mail_server(post, authenticator=authenticate, auth_require_tls=False) as server:
        channel = replace(server, user="user", password=password)
        if taken:
            channel.send(MESSAGE)
        else:
            with pytest.raises(Undelivered, match="535") as refused:
                channel.send(MESSAGE)
            assert refused.value.for_everybody
    assert (len(post.taken), post.known) == (taken, [True] * taken)


def test_a_server_without_encryption_is_refused_where_encryption_is_demanded(server: Email) -> None:
    with pytest.raises(Undelivered) as refused:
        replace(server, tls=True).send(MESSAGE)
    assert refused.value.for_everybody


def test_nobody_without_an_address_gets_mail(server: Email) -> None:
    assert server.reaches(MESSAGE)
    assert not server.reaches(Message("k", "无邮箱", None, SUBJECT, BODY))


def test_the_console_prints_who_and_what() -> None:
    stream = io.StringIO()
    Console(stream).send(MESSAGE)
    assert stream.getvalue() == f"李调解：{SUBJECT}\n{BODY}\n\n"


def test_channels_come_from_the_settings() -> None:
    assert [type(c) for c in channels_from(Settings())] == [Inbox]
    full = Settings(smtp_host="mail.example.cn", smtp_port=587, smtp_sender="a@b.cn", console_channel=True)
    inbox, email, console = channels_from(full)
    assert (inbox.name, email.name, console.name) == ("inbox", "email", "console")
    assert email == Email("mail.example.cn", 587, "a@b.cn")

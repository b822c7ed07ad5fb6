"""The bell: sweeps at once and again and again, survives a sweep that breaks, stops when told."""

import logging
from threading import Event, Thread

import pytest

from mediation import scheduler
from mediation.reminders.channels import Inbox, Message
from mediation.settings import Settings
from tests.office import Office

from .conftest import Remembering

PATIENCE = 30


class Ringing(Remembering):
    """Says when something has been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.rung = Event()

    def send(self, message: Message) -> None:
        super().send(message)
        self.rung.set()


@pytest.fixture
def quick(office: Office) -> Office:
    """An office whose scheduler ticks every second."""
    object.__setattr__(office.runtime, "settings", Settings(sweep_seconds=1))
    return office


def test_what_is_due_goes_out_at_the_start_and_what_becomes_due_later(quick: Office) -> None:
    quick.accepted()
    quick.clock.set(quick.clock.now().replace(day=27))
    channel = Ringing()
    running = scheduler.start(quick.runtime, (Inbox(), channel))
    try:
        assert channel.rung.wait(PATIENCE)
        channel.rung.clear()
        quick.clock.set(quick.clock.now().replace(day=28))
        assert channel.rung.wait(PATIENCE)
    finally:
        scheduler.stop(running)
    assert len(channel.got) == 2
    assert not running.running


def test_a_sweep_that_breaks_is_told_and_the_next_one_comes(quick: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Time cannot be read at first: as bad as a sweep can begin."""
    quick.accepted()
    quick.clock.set(quick.clock.now().replace(day=27))
    broken, channel, now = Event(), Ringing(), quick.clock.now

    def fail_once():  # type: ignore[no-untyped-def]
        if not broken.is_set():
            broken.set()
            raise RuntimeError("no clock")
        return now()

    quick.clock.now = fail_once  # type: ignore[method-assign]
    with caplog.at_level(logging.ERROR):
        running = scheduler.start(quick.runtime, (Inbox(), channel))
        try:
            assert channel.rung.wait(PATIENCE)
        finally:
            scheduler.stop(running)
    assert "a sweep was broken off" in caplog.text


def test_nightly_jobs_are_planned_for_the_small_hours(quick: Office) -> None:
    running = scheduler.start(quick.runtime, (), nightly=[lambda: None, lambda: None])
    try:
        nights = [job for job in running.get_jobs() if job.id.startswith("night")]
        assert [job.next_run_time.hour for job in nights] == [3, 3]
    finally:
        scheduler.stop(running)


def test_stopping_waits_for_the_sweep_that_runs(quick: Office) -> None:
    """A deployment must not cut a message off between sending and noting it."""
    quick.accepted()
    quick.clock.set(quick.clock.now().replace(day=27))
    begun, may_end, ended = Event(), Event(), Event()

    class Held(Remembering):
        def send(self, message: Message) -> None:
            begun.set()
            assert may_end.wait(PATIENCE)
            super().send(message)
            ended.set()

    channel = Held()
    running = scheduler.start(quick.runtime, (channel,))
    assert begun.wait(PATIENCE)
    stopper = Thread(target=scheduler.stop, args=(running,))
    stopper.start()
    may_end.set()
    stopper.join(PATIENCE)
    assert ended.is_set()
    assert not running.running

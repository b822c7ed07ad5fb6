"""Rings the bell, nothing more: what is due stands in rows, and a missed tick is made good by the next one."""

import logging
from collections.abc import Callable, Sequence

from apscheduler.schedulers.background import BackgroundScheduler

from .clock import Clock
from .errors import Unavailable
from .reminders.channels import Channel
from .runtime import Runtime
from .sweeping.sweep import sweep_once

log = logging.getLogger(__name__)

NIGHT = {"hour": 3, "minute": 10}


def start(
    runtime: Runtime, channels: Sequence[Channel], nightly: Sequence[Callable[[], object]] = ()
) -> BackgroundScheduler:
    """Sweep now and then every `settings.sweep_seconds`; run each of `nightly` in the small hours.

    Every replica does this. Sweeps share the work; nightly jobs must bear being run by each of them.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    rules = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(timezone="Asia/Shanghai", job_defaults=rules)
    every = runtime.settings.sweep_seconds
    scheduler.add_job(
        _tick,
        "interval",
        (runtime, channels),
        seconds=every,
        jitter=max(1, every // 5),
        id="sweep",
        next_run_time=Clock().now(),
    )
    for number, job in enumerate(nightly):
        scheduler.add_job(job, "cron", **NIGHT, jitter=600, id=f"night-{number}")
    scheduler.start()
    return scheduler


def stop(scheduler: BackgroundScheduler) -> None:
    """Let a running sweep finish, then stop."""
    scheduler.shutdown(wait=True)


def _tick(runtime: Runtime, channels: Sequence[Channel]) -> None:
    try:
        sweep_once(runtime, channels)
    except Unavailable:
        log.warning("the database is busy or gone: this tick is left to the next one")
    except Exception:
        log.exception("a sweep was broken off")

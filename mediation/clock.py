"""The only place that reads the time. People live in Asia/Shanghai; instants are always aware."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    """Tells the current instant (aware, Asia/Shanghai) and the current day there."""

    def __init__(self, read: Callable[[], datetime] | None = None) -> None:
        self._read = read or (lambda: datetime.now(SHANGHAI))

    def now(self) -> datetime:
        return self._read().astimezone(SHANGHAI)

    def today(self) -> date:
        return self.now().date()


class TestClock(Clock):
    """A clock that stands still until told to move; for tests, the practice district and replays."""

    __test__ = False

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            start = start.replace(tzinfo=SHANGHAI)
        self._at = start
        super().__init__(lambda: self._at)

    def move(self, **by: float) -> None:
        """Move forward by a timedelta, given in its own keywords: move(days=3)."""
        self._at += timedelta(**by)

    def set(self, at: datetime) -> None:
        self._at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)

"""What stands at the foot of every page: whether the scheduler runs, and what is late, stuck or found wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mediation.findings.queries import open_findings
from mediation.people.actor import Actor
from mediation.sweeping.health import health
from mediation.sweeping.stuck import StuckItem, stuck_items

MISSED_TICKS = 4
"""The scheduler counts as standing still after so many ticks that did not come, and a minute."""
MANY = 100


@dataclass(frozen=True, slots=True)
class Footing:
    """`seconds` since the last tick (None: there was never one). `stuck` and `findings` are those of one's places."""

    seconds: int | None
    running: bool
    late: int
    stuck: int
    findings: int
    first: StuckItem | None = None
    """One of what is stuck, by name; never of a restricted case that the reader may not see."""

    @property
    def sound(self) -> bool:
        return self.running and not (self.late or self.stuck or self.findings)


def footing(session: Session, actor: Actor, now: datetime, sweep_seconds: int) -> Footing:
    """For a person's page; five small statements on partial indexes."""
    found = health(session, now)
    still = timedelta(seconds=MISSED_TICKS * sweep_seconds + 60)
    age = now - found.last_tick if found.last_tick is not None else None
    mine = stuck_items(session, actor, found)
    return Footing(
        seconds=None if age is None else max(int(age.total_seconds()), 0),
        running=age is not None and age <= still,
        late=found.late,
        stuck=len(mine),
        first=next((one for one in mine if one.case_id is not None), None),
        findings=len(open_findings(session, actor, limit=MANY)),
    )

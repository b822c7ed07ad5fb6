"""One sweep: what time makes happen (it may close deadlines), what goes up the ladder, then the reminders due."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..access.emergency import escalate as escalate_reviews
from ..reminders.channels import Channel
from ..runtime import Runtime
from .escalate import escalate
from .hand_overs import mind_hand_overs
from .health import beat
from .missed import fire_missed
from .send import send_due


@dataclass(frozen=True, slots=True)
class SweepResult:
    """Reminders sent, not sent (with why), put off after a failure; events fired for missed deadlines, deadlines found
    missed, reminders and deadlines given up."""

    sent: int
    not_sent: int
    failed: int
    fired: int
    missed: int
    quarantined: int


def sweep_once(runtime: Runtime, channels: Sequence[Channel]) -> SweepResult:
    """Safe to run anywhere, at any time, in several replicas at once."""
    mind_hand_overs(runtime)
    over = fire_missed(runtime)
    escalate(runtime)
    post = send_due(runtime, channels)
    escalate_reviews(runtime)
    stuck = over.quarantined + post.quarantined
    with runtime.database.write() as session:
        beat(session, runtime.clock.now(), sent=post.sent, fired=over.fired, quarantined=stuck)
    return SweepResult(post.sent, post.not_sent, post.failed, over.fired, over.missed, stuck)

"""What the night does: finds what is due, tells of requests that nobody answered,
keeps the list for restores, lets nothing destroyed linger on the disk."""

from ..runtime import Runtime
from .due import find_due
from .erase import scrub
from .restored import keep_list
from .unanswered import escalate_unanswered


def nightly_retention(runtime: Runtime) -> None:
    """Safe in several replicas. Proposes only: people destroy."""
    find_due(runtime)
    escalate_unanswered(runtime)
    if keep_list(runtime):
        scrub(runtime.database)

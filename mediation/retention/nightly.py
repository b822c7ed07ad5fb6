"""What the night does: finds what is due, keeps the list for restores, lets nothing destroyed linger on the disk."""

from ..runtime import Runtime
from .due import find_due
from .erase import scrub
from .restored import keep_list


def nightly_retention(runtime: Runtime) -> None:
    """Safe in several replicas. Proposes only: people destroy."""
    find_due(runtime)
    if keep_list(runtime):
        scrub(runtime.database)

"""What a check may find, and how much it has looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written. `subject` names the row, for example "audit:12" or "document:7"."""

    kind: str
    subject: str
    case_id: int | None
    number: str | None
    """The case's number, as people know it."""
    sentence: str


@dataclass(slots=True)
class Tally:
    """How many rows a check has read."""

    entries: int = 0
    documents: int = 0
    files: int = 0

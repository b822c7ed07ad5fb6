"""What can go wrong, as sentences.

Every error that a person may meet carries one Chinese sentence that says what happened and what to do. The edge
(`api`, `mediation.cli`) turns the class into an HTTP answer or an exit code; nothing else catches these classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class MediationError(Exception):
    """Base of all errors meant for people. `sentence` is Chinese, `code` is a stable slug for programs."""

    code = "error"
    status = 500

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadInput(MediationError):
    """The given data cannot be used. `fields` maps a dotted field path to the sentence about that field."""

    code = "bad_input"
    status = 422

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class NotFound(MediationError):
    """No such object, or none that this person may know of: both answer alike."""

    code = "not_found"
    status = 404


class NotAuthenticated(MediationError):
    """Nobody is logged in, or the session has ended."""

    code = "not_authenticated"
    status = 401


class Forbidden(MediationError):
    """The person's roles do not allow this."""

    code = "forbidden"
    status = 403


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an event is not possible now: the guard's name and the sentence a person reads."""

    guard: str
    sentence: str


class Refused(MediationError):
    """The event is not possible now. All reasons at once."""

    code = "refused"
    status = 409

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("；".join(r.sentence for r in refusals))
        self.refusals = tuple(refusals)


class StateHasChanged(MediationError):
    """Somebody saved in between. `changes` are the audit entries since the revision the caller had seen."""

    code = "stale"
    status = 409

    def __init__(self, sentence: str, current_revision: int, changes: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(sentence)
        self.current_revision = current_revision
        self.changes = tuple(changes)


class KeyReused(MediationError):
    """The idempotency key was used before for another request."""

    code = "key_reused"
    status = 422


class Unavailable(MediationError):
    """The database is locked or gone; nothing was saved."""

    code = "unavailable"
    status = 503


class BrokenDefinition(MediationError):
    """A workflow, law, calendar, code list or template file cannot be used. `faults` say file:line and what to mend."""

    code = "broken_definition"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)

"""A form that was sent after its log-in had ended: what was typed waits in the browser until its author is back.

Nothing of it is stored here. The form travels inside the log-in page, and comes back with the next log-in; it is shown
and offered for saving only to the person in whose session it was made, which its token proves.
"""

import json
import re
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.orm import Session

from mediation.people.sessions import author_of

from .forms import Form, Typed

FIELD = "_kept"
_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRETS = frozenset(("password", "old_password", "again", "code"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not saved: where it goes, and its fields."""

    path: str
    typed: Typed
    files: bool = False
    """Some were chosen; a browser has to be told again which."""

    def packed(self) -> str:
        return json.dumps([self.path, self.typed.items, self.files], ensure_ascii=False)

    @property
    def form(self) -> Form:
        return Form(self.typed.items)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All but what every form gets anew."""
        return [item for item in self.typed.items if item[0] not in ("_csrf", "_key")]

    @property
    def texts(self) -> list[str]:
        """What a person typed, to recognise it by; codes of what was chosen tell a reader nothing."""
        shown = [text.strip() for name, text in self.typed.items if not name.startswith("_")]
        return [text for text in shown if text and not _CODE.fullmatch(text)]


def kept_from(request: Request, typed: Typed) -> Kept | None:
    """This request, to be sent once more later; None for what no session made, and for passwords, which never wait."""
    if not typed.text("_csrf") or any(name in _SECRETS for name, _ in typed.items):
        return None
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    items = tuple(item for item in typed.items if item[0] != FIELD)
    return Kept(path, Typed(items), bool(typed.uploads))


def unpacked(text: str) -> Kept | None:
    """What `packed` wrote; None if there is nothing or it is no form of ours."""
    try:
        path, items, files = json.loads(text)
        pairs = tuple((str(name), str(value)) for name, value in items)
    except (ValueError, TypeError):
        return None
    return Kept(path, Typed(pairs), bool(files)) if isinstance(path, str) and is_inside(path) else None


def is_authors(session: Session, kept: Kept, person_id: int) -> bool:
    """Whether the form was made in a session of this person."""
    return author_of(session, kept.typed.text("_csrf")) == person_id


def is_inside(target: str) -> bool:
    """Whether this is an address of this site."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()


def inside(target: str) -> str:
    """Only an address of this site; anything else becomes the front page."""
    return target if is_inside(target) else "/"

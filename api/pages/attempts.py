"""Trying a change from a page. What is refused is undone, and the form comes back with everything that was typed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from mediation.cases.telling import Names, Said, tell
from mediation.engine.asks import path, sentence
from mediation.engine.definition import Definition
from mediation.errors import BadInput, KeyReused, MediationError, Refused, StateHasChanged
from mediation.runtime import Runtime

from ..forms import Typed
from .templating import form_again

Model = TypeVar("Model", bound=BaseModel)
Context = Callable[[MediationError | None], Mapping[str, Any]]
"""What the template needs besides the form; asked for only when the form is shown again, from the unchanged file."""

INCOMPLETE = "页面不完整，内容未保存。请刷新页面后重新提交。"


@contextmanager
def attempting(request: Request, session: Session, template: str, typed: Typed, context: Context) -> Iterator[None]:
    """The change happens in a savepoint, so that the refused page is drawn from the file as it is."""
    try:
        with session.begin_nested():
            yield
    except KeyReused as error:
        fresh = Typed(tuple(item for item in typed.items if item[0] != "_key"), typed.uploads)
        raise form_again(request, template, fresh, error, **context(error)) from error
    except (BadInput, Refused, StateHasChanged) as error:
        raise form_again(request, template, typed, error, **context(error)) from error


def read(model: type[Model], raw: Mapping[str, Any]) -> Model:
    """The typed data, or BadInput with one sentence for each wrong field."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        fields = {path(detail["loc"]): sentence(detail) for detail in error.errors(include_url=False)}
    raise BadInput("填写的内容有误，请按提示修改。", fields)


def key_in(key: str | None) -> str:
    """The idempotency key, which every form carries."""
    if key is None:
        raise BadInput(INCOMPLETE)
    return key


def revision_in(typed: Typed) -> int:
    """The revision that the form was made from."""
    text = typed.text("_revision")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadInput(INCOMPLETE)
    return int(text)


def revision_shown(error: MediationError | None, typed: Typed | None, present: int) -> int | str:
    """The revision to put into the form: the present one after a stale save, so that a second click saves."""
    if isinstance(error, StateHasChanged):
        return error.current_revision
    return typed.text("_revision") or present if typed is not None else present


def side_by_side(
    runtime: Runtime, definition: Definition, error: MediationError | None, mine: Said, names: Names
) -> Mapping[str, Any] | None:
    """After a stale save: who saved what meanwhile, and for each field their text and mine. None otherwise."""
    if not isinstance(error, StateHasChanged):
        return None
    changes = [{**c, "said": tell(runtime, definition, c["event"], c["answers"], names)} for c in error.changes]
    theirs = {title: text for change in changes for title, text in change["said"]}
    return {"changes": changes, "rows": _aligned(theirs, dict(mine))}


def _aligned(theirs: Mapping[str, str], mine: Mapping[str, str]) -> Sequence[tuple[str, str, str]]:
    titles = dict.fromkeys([*mine, *theirs])
    return [(title, theirs.get(title, ""), mine.get(title, "")) for title in titles]

"""The one Jinja2 environment, and the ways to answer with it: a page, a fragment, a form shown again."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, pass_eval_context
from jinja2.filters import do_join, make_attrgetter
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mediation.catalogue import (
    SOURCE,
    Word,
    current_language,
    languages,
    translate,
    translate_plural,
    translate_sentence,
)
from mediation.clock import SHANGHAI
from mediation.errors import BadInput, MediationError, Refused, StateHasChanged
from mediation.money import yuan, yuan_grouped
from mediation.retention.lists import is_training_copy

from ..display import display_of
from ..forms import Form, Typed
from ..language import NAMES
from .navigation import entries_for

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class ShowAgain(Exception):
    """Carries a finished answer out of an endpoint so that its transaction is rolled back."""

    def __init__(self, response: HTMLResponse) -> None:
        super().__init__("the form is shown again")
        self.response = response


def day(value: date | None) -> str:
    """2026-09-18; empty for None."""
    return value.isoformat()[:10] if value else ""


def day_in_words(value: date | None) -> str:
    """2026年9月18日, in another language 18 September 2026; empty for None."""
    if value is None or current_language() == SOURCE:
        return f"{value.year}年{value.month}月{value.day}日" if value else ""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def minute(value: datetime | None) -> str:
    """2026-09-18 09:05 in Shanghai; empty for None."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else ""


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def static(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep the file for ever."""
    return f"/static/{name}?v={_version(name)}"


def _said(text: str, /, **variables: Any) -> Markup:
    """The text in the visitor's language, with the variables in their places.

    Sentences may quote what somebody typed: they are escaped, and a percent sign means something only with variables.
    """
    told = escape(translate_sentence(text))
    return told % {name: _shown(value) for name, value in variables.items()} if variables else told


def _shown(value: Any) -> Any:
    """What a page prints of a value: words of the product in the visitor's language, all else as it is."""
    return translate(value) if type(value) is Word else value


def _law(value: Any) -> Any:
    """What tells the law: translated where the catalogue knows it, otherwise the Chinese text, marked as such."""
    told = translate_sentence(str(value))
    if current_language() == SOURCE or told != value or told.isascii():
        return told
    return Markup('<span lang="zh">{}</span>').format(told)


@pass_eval_context
def _joined(context: EvalContext, values: Iterable[Any], separator: str = "", attribute: Any = None) -> Any:
    """The filter `join`, for words of the product too."""
    if attribute is not None:
        values = map(make_attrgetter(context.environment, attribute), values)
    return do_join(context, [_shown(value) for value in values], separator)


@pass_context
def _security_fields(context: Context) -> Markup:
    """The hidden fields of every form that posts: the session's token, and a key that makes a second click harmless."""
    form, visitor = context.get("form"), context.get("visitor")
    key = (form.value("_key") if isinstance(form, Form) else "") or secrets.token_urlsafe(18)
    token = visitor.csrf_token if visitor else ""
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format("_csrf", token) + hidden.format("_key", key)


@pass_context
def _with_query(context: Context, **changes: Any) -> str:
    """This page's address with some query parameters replaced; None removes one."""
    request: Request = context["request"]
    return request.url.path + _query(context, **changes)


@pass_context
def _query(context: Context, **changes: Any) -> str:
    """This page's query alone, to be put behind another address: ?from=2026-01-01&by=month"""
    request: Request = context["request"]
    query = {**request.query_params, **changes}
    return "?" + urlencode({k: v for k, v in query.items() if v is not None})


def _tongues() -> dict[str, str]:
    """The languages there are, by their own names."""
    return {code: name for code, name in NAMES.items() if code in languages()}


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=_shown,
    )
    env.install_gettext_callables(translate, translate_plural, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(yuan=yuan, yuan_grouped=yuan_grouped, date=day, date_in_words=day_in_words, datetime=minute)
    env.filters.update(join=_joined, law=_law, words=translate_sentence)
    env.globals.update(
        _=_said,
        static=static,
        security_fields=_security_fields,
        with_query=_with_query,
        query=_query,
        language=current_language,
        tongues=_tongues,
        empty_form=Form(),
    )
    return env


def _context(request: Request, given: Mapping[str, Any]) -> dict[str, Any]:
    visitor = getattr(request.state, "visitor", None)
    entries = entries_for(visitor.actor) if visitor else []
    foot = getattr(request.state, "footing", None)
    shown = {"visitor": visitor, "entries": entries, "footing": foot, "display": display_of(request)}
    return {"request": request, "training": _training(request), **shown, **given}


def _training(request: Request) -> bool:
    """Whether this is a training copy; asked of the database once."""
    state = request.app.state
    if not hasattr(state, "training"):
        database = getattr(state.runtime, "database", None)
        try:
            state.training = database is not None and is_training_copy(database)
        except MediationError:
            return False
    return bool(state.training)


def page(
    request: Request, template: str, status: int = 200, *, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """A whole page. Templates also see `request`, `visitor` (None: nobody), `entries` (the menu) and `display`."""
    text = environment().get_template(template).render(_context(request, context))
    return HTMLResponse(text, status, headers=dict(headers or {}))


def fragment(request: Request, template: str, block: str, status: int = 200, **context: Any) -> HTMLResponse:
    """One block of a page's template, for htmx."""
    found = environment().get_template(template)
    ready = found.new_context(_context(request, context))
    return HTMLResponse("".join(found.blocks[block](ready)), status)


@contextmanager
def shown_again(request: Request, template: str, typed: Typed, **context: Any) -> Iterator[None]:
    """Inside this block a refusal shows the form again with everything that was typed and nothing is saved.

    The template gets `form`; `form.refusal` is the error (its `refusals` or `changes` too, where it has them).
    """
    try:
        yield
    except (BadInput, Refused, StateHasChanged) as error:
        raise form_again(request, template, typed, error, **context) from error


def form_again(
    request: Request, template: str, typed: Typed, error: MediationError | None = None, **context: Any
) -> ShowAgain:
    """To raise: the form with what was typed, unsaved (also for `typed.more_rows`, where nothing is wrong)."""
    form = Form.again(typed, error)
    return ShowAgain(page(request, template, error.status if error else 200, form=form, **context))

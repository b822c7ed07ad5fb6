"""The message catalogue. Chinese is the source text; another language is a gettext file, and a missing one is no error.

A language is a folder `locales/<language>/LC_MESSAGES/mediation.mo` beside this module.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

SOURCE = "zh"
FOLDER = Path(__file__).parent / "locales"

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def languages() -> frozenset[str]:
    """Chinese, and every language with a compiled catalogue."""
    return frozenset([SOURCE, *(file.parts[-3] for file in FOLDER.glob("*/LC_MESSAGES/mediation.mo"))])


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Translate into this language until the block ends; an unknown language leaves the Chinese text."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> str:
    return _language.get()


def translate(text: str) -> str:
    """The text in the language of this request."""
    return _catalogue(_language.get(), FOLDER).gettext(text) if text else ""


def translate_plural(one: str, many: str, n: int) -> str:
    return _catalogue(_language.get(), FOLDER).ngettext(one, many, n)


@cache
def _catalogue(language: str, folder: Path) -> gettext.NullTranslations:
    return gettext.translation("mediation", folder, [language], fallback=True)

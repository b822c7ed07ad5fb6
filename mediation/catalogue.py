"""The message catalogue. Chinese is the source text; another language is a gettext file, and a missing one is no error.

A language is a folder `locales/<language>/LC_MESSAGES/` beside this module with a `mediation.po`. The file is read
as it is, at the first word in that language: nothing has to be compiled, and what is committed is what is shown.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

SOURCE = "zh"
FOLDER = Path(__file__).parent / "locales"


class Word(str):
    """A text of the product itself: the title of a state, the sentence of a help. Pages translate it by themselves.

    What people typed is never one, so that nobody's words are translated for being equal to ours.
    """

    __slots__ = ()


_language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def languages() -> frozenset[str]:
    """Chinese, and every language with a catalogue."""
    return frozenset([SOURCE, *(file.parts[-3] for file in FOLDER.glob("*/LC_MESSAGES/mediation.po"))])


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
    return catalogue(_language.get(), FOLDER).get(text, text)


def translate_plural(one: str, many: str, n: int) -> str:
    """Chinese has one form for every number; the catalogue holds it under its first words."""
    return translate(one if n == 1 else many)


@cache
def catalogue(language: str, folder: Path) -> dict[str, str]:
    """Every message of a language by its Chinese text; empty for a language without a file."""
    file = folder / language / "LC_MESSAGES" / "mediation.po"
    return read_po(file.read_text(encoding="utf-8")) if language != SOURCE and file.is_file() else {}


def read_po(text: str) -> dict[str, str]:
    """The entries of a gettext file that has neither contexts nor plural forms.

    >>> read_po('msgid "是"\\nmsgstr "y"\\n"es"\\n')
    {'是': 'yes'}
    """
    found: dict[str, str] = {}
    said = ["", ""]
    for line in [*text.splitlines(), "msgid"]:
        word, _, rest = line.partition(" ")
        if word == "msgid":
            if said[0]:
                found[said[0]] = said[1]
            said, side = ["", ""], 0
        elif word == "msgstr":
            side = 1
        else:
            rest = line
        if rest.startswith('"'):
            said[side] += json.loads(rest)
    return found

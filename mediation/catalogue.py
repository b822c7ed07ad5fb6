"""The message catalogue. Chinese is the source text; another language is a gettext file, and a missing one is no error.

A language is a folder `locales/<language>/LC_MESSAGES/` beside this module with a `mediation.po`. The file is read
as it is, at the first word in that language: nothing has to be compiled, and what is committed is what is shown.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = "zh"
FOLDER = Path(__file__).parent / "locales"


class Word(str):
    """A text of the product itself: the title of a state, the sentence of a help. Pages translate it by themselves.

    What people typed is never one, so that nobody's words are translated for being equal to ours.
    """

    __slots__ = ()


def word(text: str) -> str:
    """Our text as a word that pages translate; an id or a code (ASCII) stays the plain text that it is."""
    return text if text.isascii() else Word(text)


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


def translate_sentence(text: str) -> str:
    """A sentence that was put together, such as a refusal that names a day: known by its unchanging parts.

    The catalogue holds it with `{0}` for each value. What is known among the values is translated too.
    """
    known = catalogue(_language.get(), FOLDER)
    if text in known or not known:
        return known.get(text, text)
    for pattern in _patterns(_language.get(), FOLDER):
        if pattern.longest in text and (found := pattern.known.fullmatch(text)):
            values = dict(zip(pattern.names, map(_part, found.groups()), strict=True))
            return "".join(values.get(part, part) for part in _PLACES.split(pattern.told))
    return _with_more(text, known)


def _with_more(text: str, known: Mapping[str, str]) -> str:
    """A word of ours with something behind a colon or in brackets; anything else as it is."""
    head, colon, more = text.partition("：")
    ends = ": ", ""
    if not colon and text[-1:] == "）":
        head, _, more = text[:-1].rpartition("（")
        ends = " (", ")"
    if not more or (head and head not in known):
        return text
    told = _part(more)
    whole = f"{known.get(head, '')}{ends[0]}{told}{ends[1]}"
    return text if _IDEOGRAPH.search(told) else whole


def _part(text: str) -> str:
    """A value of a sentence: a word of ours, several of them in a row, or a sentence again."""
    if (told := translate(text)) != text:
        return told
    if text[:1] == "“" and text[-1:] == "”":
        return f"“{_part(text[1:-1])}”"
    for between, told in (("”、“", "”, “"), ("、", ", "), ("；", "; ")):
        if between in text:
            return told.join(map(_part, text.split(between)))
    return _DAY.sub(r"\1-\2-\3", translate_sentence(text))


_DAY = re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_PLACE = re.compile(r"\{[^{}]*\}")
_PLACES = re.compile(r"(\{[^{}]*\})")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How to know a sentence: its longest part, the whole with a group for each value, their places; what is told."""

    longest: str
    known: re.Pattern[str]
    names: tuple[str, ...]
    told: str


@cache
def _patterns(language: str, folder: Path) -> tuple[_Pattern, ...]:
    """Those with most words of their own first, so that a sentence is never taken for a shorter one."""
    found = []
    for text, told in catalogue(language, folder).items():
        parts = _PLACE.split(text)
        own = len(_IDEOGRAPH.findall("".join(parts)))
        if len(parts) > 1 and own:
            few = own < 4 or (own < 6 and not parts[0])  # with so few words of its own anything else might be meant
            value = "([0-9.,]+)" if few else "(.+?)"
            known = re.compile(value.join(map(re.escape, parts)), re.DOTALL)
            found.append((own, _Pattern(max(parts, key=len), known, tuple(_PLACE.findall(text)), told)))
    return tuple(pattern for _, pattern in sorted(found, key=lambda pair: -pair[0]))


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

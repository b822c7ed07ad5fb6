"""English is complete: every word of the product has an entry, and every entry is a good one."""

import re
from collections import Counter

import pytest
from babel.messages.pofile import read_po

from mediation.catalogue import FOLDER, catalogue

from .collect import CHINESE, collected
from .po import FILE, written

PLACES = re.compile(r"%\(\w+\)s|%%|\{[^{}]*\}")


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    return catalogue("en", FOLDER)


def test_no_word_is_missing_and_none_is_obsolete(english: dict[str, str]) -> None:
    words = collected()
    assert [f"{place}: {text}" for text, place in words.items() if not english.get(text)] == []
    assert sorted(set(english) - set(words)) == []


def test_every_translation_says_as_much_and_no_chinese(english: dict[str, str]) -> None:
    for text, told in english.items():
        assert told.strip(), text
        assert not CHINESE.search(told), told
        assert Counter(PLACES.findall(text)) == Counter(PLACES.findall(told)), text


def test_the_file_is_sorted_and_reads_alike_for_everybody(english: dict[str, str]) -> None:
    file = FOLDER / FILE
    assert file.read_text(encoding="utf-8") == written(english)
    with file.open("rb") as opened:
        entries = [message for message in read_po(opened) if message.id]
    assert {message.id: message.string for message in entries} == english
    assert not any(message.fuzzy for message in entries)

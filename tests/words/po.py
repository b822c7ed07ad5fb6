"""Writing the catalogue: sorted, one entry to a line of each kind, so that two people's words merge."""

import json
from collections.abc import Mapping
from pathlib import Path

FILE = Path("en") / "LC_MESSAGES" / "mediation.po"
_HEAD = 'msgid ""\nmsgstr "Language: en\\nContent-Type: text/plain; charset=utf-8\\n"\n'


def written(messages: Mapping[str, str]) -> str:
    """The file with these messages, Chinese text to English."""
    return _HEAD + "".join(f"\nmsgid {_quoted(text)}\nmsgstr {_quoted(messages[text])}\n" for text in sorted(messages))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

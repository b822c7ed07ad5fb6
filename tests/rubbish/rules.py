"""What every answer must keep to, whatever was sent."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.rubbish.caller import Call
from tests.rubbish.values import MARK

_CHINESE = re.compile("[\u4e00-\u9fff]")
_INNARDS = re.compile(
    r"Traceback|File \"|sqlalchemy|sqlite3|psycopg|pydantic|starlette|\bSELECT \w|\bINSERT INTO\b|\bUPDATE \w+ SET\b"
    r"|Error\b|Exception\b|Input should|Value error|validation error|Field required|not a valid|could not|codec can't",
    re.IGNORECASE,
)
"""Words of the machinery. None of the rubbish contains them, so that they cannot be an echo."""


def faults(call: Call, answer: Any, before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[str]:
    """What is wrong with this answer, one sentence each."""
    state, grown = answer.status_code, {name: n - before[name] for name, n in after.items() if n != before[name]}
    if state >= 500:
        yield f"answered {state}"
    if call.operation.api and state not in call.operation.documented:
        yield f"answered {state}, documented are {call.operation.documented}"
    left = _left(grown)
    if (call.operation.method == "GET" or state >= 400) and left:
        yield f"answered {state} and left rows: {left}"
    if state >= 400:
        yield from _problem(answer) if call.operation.api else _page(answer)
    if answer.headers.get("content-type", "").startswith("text/html") and MARK in answer.text:
        yield "gave a script back as it was sent"
    if answer.headers.get("content-type", "").startswith("text/csv"):
        yield from (
            f"a cell that a spreadsheet would run: {c}" for c in re.findall(r'(?:^|,)"?[=@][^,]*', answer.text, re.M)
        )
    if "x-evil" in answer.headers:
        yield "let a header be smuggled in"


def _left(grown: Mapping[str, int]) -> Mapping[str, int]:
    """Without the logs, which are kept whatever the answer is: who looked, who guessed a password, what that locked."""
    logs = {"readings", "login_attempts", *(["audit_entries"] if "login_attempts" in grown else [])}
    return {name: number for name, number in grown.items() if name not in logs}


def _problem(answer: Any) -> Iterator[str]:
    if answer.headers.get("content-type") != "application/problem+json":
        yield f"an error as {answer.headers.get('content-type')}: {answer.text[:300]}"
        return
    told = json.loads(answer.text)
    said = [told["title"], told["detail"], *(told.get("fields") or {}).values()]
    said += [refusal["sentence"] for refusal in told.get("refusals") or []]
    yield from (f"no Chinese sentence: {text!r}" for text in said if not _CHINESE.search(text))
    yield from (f"speaks of its innards: {text!r}" for text in said if _INNARDS.search(text))


def _page(answer: Any) -> Iterator[str]:
    text = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", answer.text, flags=re.S))
    if answer.text and not _CHINESE.search(text):
        yield f"an error without a Chinese sentence: {answer.text[:300]!r}"
    if found := _INNARDS.search(text):
        yield f"speaks of its innards: {text[max(found.start() - 100, 0) : found.end() + 200]!r}"

"""What the receipt prints besides the file: the code behind which the progress stands, and the right body."""

from collections.abc import Mapping
from typing import Any

from ..cases.step import Step
from ..settings import Settings
from .codes import grouped, make_code
from .routing import in_words, next_place


def receipt_facts(step: Step, _facts: Mapping[str, Any]) -> dict[str, Any]:
    """Only where a case is registered and a receipt is printed; each receipt carries a code of its own."""
    if step.event != "register" or "next_step" not in step.paper_extras:
        return {}
    code = make_code(step.session, step.case_id, at=step.at, by_id=step.actor.person_id)
    told: dict[str, Any] = {"progress": printed(step.runtime.settings, code)}
    body = next_place(step.session, step.case_id)
    return told | ({"right_body": in_words(body)} if body else {})


def printed(settings: Settings, code: str) -> dict[str, str]:
    """The code as papers and pages show it. Without a public address the QR code holds the code alone."""
    base = settings.public_url.rstrip("/")
    if not base:
        return {"content": code, "code": grouped(code)}
    return {"content": f"{base}/progress/{code}", "code": grouped(code), "address": f"{base}/progress"}

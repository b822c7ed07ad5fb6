"""A calculation asked for in plain data and told as plain data: the same for the command, the API and the pages.

Needs no database.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from ..engine.asks import path, sentence
from ..errors import BadInput
from ..law.entitlements.fields import Inputs
from ..law.entitlements.registry import formula
from ..law.entitlements.working import Formula, Law, Used, Worked
from ..law.statutes import Statute
from ..money import yuan

INCOMPLETE = "填写的内容有误，请按提示修改。"


@dataclass(frozen=True, slots=True)
class Calculation:
    """What was asked, and the worked result. `as_of` None: each amount of the law of the day the rule says."""

    formula: Formula
    inputs: Inputs
    worked: Worked
    as_of: date | None


def calculate(
    law: Law, formula_id: str, raw: Mapping[str, Any], *, today: date, as_of: date | None = None
) -> Calculation:
    """NotFound for an unknown formula; BadInput with one sentence for each wrong field, or for a missing amount."""
    chosen = formula(formula_id)
    inputs = read_inputs(chosen, raw)
    return Calculation(chosen, inputs, chosen.work(inputs, law, today=today, as_of=as_of), as_of)


def read_inputs(chosen: Formula, raw: Mapping[str, Any]) -> Inputs:
    """Typed inputs; blank text counts as not given."""
    try:
        return chosen.inputs.model_validate(_given(raw))
    except ValidationError as error:
        fields = {path(detail["loc"]): sentence(detail) for detail in error.errors(include_url=False)}
    raise BadInput(INCOMPLETE, fields)


def _given(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {name: _given(value) for name, value in tree.items() if not _blank(value)}
    return [_given(row) for row in tree] if isinstance(tree, list) else tree


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def plain(done: Calculation) -> dict[str, Any]:
    """Ready for JSON: money as yuan text, days in ISO."""
    worked = done.worked
    return {
        "formula": worked.formula,
        "version": worked.version,
        "rule": worked.rule,
        "title": worked.title,
        "inputs": done.inputs.canonical(),
        "as_of": done.as_of.isoformat() if done.as_of else None,
        "amount": None if worked.amount is None else yuan(worked.amount),
        "range": [yuan(bound) for bound in worked.range] if worked.range else None,
        "answer": worked.answer,
        "demands": [{"head": part.head, "amount": yuan(part.amount)} for part in worked.parts],
        "figures": [asdict(figure) for figure in worked.figures],
        "steps": [step.text for step in worked.steps],
        "articles": [_article(cite) for cite in worked.articles],
        "rounding": worked.rounding,
        "uncertain": list(worked.uncertain),
        "parameters": [_parameter(used) for used in worked.parameters],
        "caution": worked.caution,
    }


def _article(cite: Statute) -> dict[str, Any]:
    return {
        "id": cite.id,
        "text": cite.text,
        "gist": cite.gist,
        "source": cite.source,
        "verified": cite.verified,
        "unverified_because": list(cite.unverified_because),
    }


def _parameter(used: Used) -> dict[str, Any]:
    dated = {"on": used.on.isoformat(), "in_force_from": used.in_force_from.isoformat()}
    return {**asdict(used), **dated, "unverified_because": list(used.unverified_because)}

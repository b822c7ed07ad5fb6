"""Papers that the law wants to name people with number and address print them in clear: that is a look, too."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..papers.templates import Template
from ..people.actor import Look
from ..people.fields import FIELDS
from .readings import note_looks
from .step import Step

WHY = "制作文书"
_PEOPLE = ("workers[].", "third_parties[].", "representatives[].")


def clear_fields(template: Template) -> Sequence[str]:
    """Titles of what this paper may print of a person in clear."""
    used = {path.removeprefix(group) for path in template.used for group in _PEOPLE if path.startswith(group)}
    return [field.title for field in FIELDS.values() if field.name in used]


def note_printed(step: Step, template: Template, papers: Sequence[Mapping[str, Any]]) -> None:
    """One look for each paper (as the audit entry remembers it), in the transaction that issues it."""
    person, titles = step.actor.person_id, clear_fields(template)
    if person is None or not titles:
        return
    roles = step.actor.looks.cases.get(step.case_id, frozenset())
    told = (f"{paper['number']} {template.title}：印有{'、'.join(titles)}" for paper in papers)
    note_looks(step.session, person, [Look(step.case_id, "field", what, roles, WHY) for what in told], step.at)

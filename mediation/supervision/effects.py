"""Effects of events on letters: which union speaks, and what becomes of a letter that was never delivered."""

from collections.abc import Mapping
from typing import Any

from ..cases.effects import nothing
from ..cases.step import Step
from ..documents.issue import Issuer, live_documents, revive_documents, void_documents
from ..errors import Refusal, Refused
from ..people.models import Organisation
from ..runtime import Effect, Inverse

LETTER_OF = {
    "hint_written": "supervision_hint",
    "opinion_written": "supervision_opinion",
    "proposal_written": "supervision_proposal",
}
"""The template of the letter that a state is about to deliver."""


def speak_as_county_union(step: Step) -> None:
    """A proposal to a department is numbered and sealed by the nearest union from the county up, and decided there."""
    union = step.session.get_one(Organisation, step.facts.county_union_id)
    if "supervisor" not in step.actor.roles_at(union.path):
        sentence = f"建议书由区县级以上工会发出，请由{union.name}的主管办理。"
        raise Refused([Refusal("the_county_union_acts", sentence)])
    step.issuer = Issuer(union.id, union.short_name)
    said = {"name": union.name, "short_name": union.short_name, "address": union.address, "phone": union.phone}
    step.paper_extras["organisation"] = {name: value for name, value in said.items() if value}


def void_letter(step: Step) -> None:
    """The undelivered letter stays in the file as void; its number is not used again."""
    template = LETTER_OF[step.facts.state]
    step.before["papers"] = live_documents(step.connection, step.proceeding_id, template)
    void_documents(step.connection, step.proceeding_id, template, step.answers.drop_reason, step.at)


def revive_letter(step: Step, before: Mapping[str, Any]) -> None:
    revive_documents(step.connection, before.get("papers", ()))


EFFECTS: Mapping[str, Effect] = {f.__name__: f for f in (speak_as_county_union, void_letter)}
UNDOES: Mapping[str, Inverse] = {"speak_as_county_union": nothing, "void_letter": revive_letter}

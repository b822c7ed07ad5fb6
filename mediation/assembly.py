"""The composition root: puts the features together into one Runtime. Read top to bottom, this is the whole program."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import tables
from .access import asked
from .arrival.receipts import receipt_facts
from .assignments import effects as assignment_effects
from .assignments import facts as assignment_facts
from .cases import authorities
from .cases import effects as case_effects
from .cases import facts as case_facts
from .cases import rules as case_rules
from .cases.earlier import KNOWN
from .clock import Clock
from .db import Database, make_engine
from .engine.ask_types import BUILT_IN, Integer
from .engine.checklists import Checklists, load_checklists
from .engine.codes import CodeList, load_codes
from .engine.definition import Definition
from .engine.guards import GuardBook
from .engine.guides import Guides, load_guides
from .engine.loader import load_folder
from .engine.machine import Machine
from .engine.oversight import Oversight, load_oversight
from .engine.resting import Room
from .engine.vocabulary import AskType, Vocabulary
from .groups import facts as group_facts
from .groups import personal
from .groups import rules as group_rules
from .law.book import LawBook
from .legal_aid import effects as legal_aid_effects
from .legal_aid import rules as legal_aid_rules
from .limitation import effects as limitation_effects
from .limitation import rules as limitation_rules
from .limitation.keep import KEPT_TABLES, keep_limitation
from .meetings import book as meeting_booking
from .meetings import following as meeting_following
from .meetings import notices as meeting_notices
from .migrations.apply import migrate
from .papers.templates import Templates
from .procedures import (
    decision_rules,
    emergencies,
    injury_effects,
    injury_facts,
    injury_rules,
    opening_rules,
    referrals,
    route_facts,
    route_rules,
    window_ends,
    windows,
)
from .procedures import decisions as decision_effects
from .procedures import facts as procedure_facts
from .procedures import rules as procedure_rules
from .recovery import asks as recovery_asks
from .recovery import effects as recovery_effects
from .recovery import facts as recovery_facts
from .recovery import papers as recovery_papers
from .recovery import party_outcomes
from .recovery import rest as recovery_rest
from .recovery import rules as recovery_rules
from .recovery import undoing as recovery_undoing
from .retention import facts as retention_facts
from .retention import rules as retention_rules
from .retention.erase import CERTIFICATE
from .runtime import Effect, Inverse, Runtime
from .sealing.keys import Keyring
from .settings import Settings
from .supervision import effects as supervision_effects
from .supervision import facts as supervision_facts
from .supervision import papers as supervision_papers
from .supervision import rules as supervision_rules

EFFECTS: Mapping[str, Effect] = {
    **case_effects.EFFECTS,
    **authorities.EFFECTS,
    **recovery_effects.EFFECTS,
    **party_outcomes.EFFECTS,
    **assignment_effects.EFFECTS,
    **legal_aid_effects.EFFECTS,
    **supervision_effects.EFFECTS,
    **emergencies.EFFECTS,
    **injury_effects.EFFECTS,
    **decision_effects.EFFECTS,
    **limitation_effects.EFFECTS,
    **personal.EFFECTS,
    **windows.EFFECTS,
    **window_ends.EFFECTS,
    **meeting_following.EFFECTS,
}
UNDOES: Mapping[str, Inverse] = {
    **case_effects.UNDOES,
    **authorities.UNDOES,
    **recovery_undoing.UNDOES,
    **party_outcomes.UNDOES,
    **assignment_effects.UNDOES,
    **legal_aid_effects.UNDOES,
    **supervision_effects.UNDOES,
    **emergencies.UNDOES,
    **injury_effects.UNDOES,
    **decision_effects.UNDOES,
    **limitation_effects.UNDOES,
    **personal.UNDOES,
    **windows.UNDOES,
    **window_ends.UNDOES,
    **meeting_following.UNDOES,
}
GUARDS = GuardBook(
    case_rules.GUARDS,
    recovery_rules.GUARDS,
    procedure_rules.GUARDS,
    route_rules.GUARDS,
    opening_rules.GUARDS,
    decision_rules.GUARDS,
    legal_aid_rules.GUARDS,
    supervision_rules.GUARDS,
    referrals.GUARDS,
    emergencies.GUARDS,
    injury_rules.GUARDS,
    group_rules.GUARDS,
    limitation_rules.GUARDS,
    retention_rules.GUARDS,
)
ASK_TYPES: Mapping[str, AskType] = {
    **BUILT_IN,
    **recovery_asks.ASK_TYPES,
    "party": AskType(Integer, "party"),
    "person": AskType(Integer, "person"),
    "evidence": AskType(Integer, "evidence", carried=False),
}
FACTS = (
    case_facts.COLUMNS,
    case_facts.WAY,
    recovery_facts.MONEY,
    recovery_facts.RECEIVED,
    recovery_facts.DRAFT,
    assignment_facts.COLUMNS,
    procedure_facts.COLUMNS,
    route_facts.COLUMNS,
    supervision_facts.COLUMNS,
    injury_facts.COLUMNS,
    group_facts.COLUMNS,
    retention_facts.COLUMNS,
)
DATES = frozenset(
    {
        "received_on",
        "review_applied_on",
        "confirmation_applied_on",
        "payment_order_applied_on",
        "since_on",
        "asked_on",
        "accepted_on",
        "consent_on",
        "signed_on",
        "injured_on",
        "aid_applied_on",
        "aid_finished_on",
        "complained_on",
        "petitioned_on",
        "taken_over_on",
        "arbitration_filed_on",
        "suit_filed_on",
        "suit_registered_on",
        "enforcement_applied_on",
    }
)
"""Dates a deadline may count from besides the asks of its own event."""
CHOOSERS = frozenset({"cause", "gravity", "supervision_infringement", "referral_source", "order_pace"})
"""What may choose another period besides the asks of its own event: known of the case, or told when it was opened."""


@dataclass(frozen=True)
class Definitions:
    """Everything that stands in the lawyer's room, loaded and checked."""

    definitions: Mapping[str, Mapping[int, Definition]]
    law: LawBook
    vocabulary: Vocabulary
    codes: Mapping[str, CodeList]
    templates: Templates
    oversight: Oversight
    guides: Guides
    checklists: Checklists

    @cached_property
    def machines(self) -> Mapping[tuple[str, int], Machine]:
        """One per definition version: (workflow, version)."""
        return {
            (name, version): Machine(definition, self.vocabulary)
            for name, versions in self.definitions.items()
            for version, definition in versions.items()
        }


def assemble_definitions(settings: Settings | None = None) -> Definitions:
    """Load law, codes, templates and workflows; BrokenDefinition tells every fault with file and line."""
    settings = settings or Settings()
    folder = settings.workflows_folder
    law = LawBook.load(folder)
    codes = load_codes(folder / "codes")
    templates = Templates.load(settings.templates_folder)
    vocabulary = Vocabulary(
        guards=GuardBook(GUARDS, route_rules.route_guards(law, codes["demand_heads"])),
        effects=frozenset(EFFECTS),
        ask_types=ASK_TYPES,
        periods=law.periods,
        documents=frozenset(templates.names)
        - templates.drafts
        - {personal.TEMPLATE, asked.TEMPLATE, CERTIFICATE}
        - meeting_notices.TEMPLATES,
        roles=codes["roles"],
        codes=codes,
        facts=DATES,
        workflows=frozenset(path.stem for path in folder.glob("*.yaml")),
        kept_tables={
            **KEPT_TABLES,
            **authorities.KEPT_TABLES,
            **windows.KEPT_TABLES,
            **meeting_booking.KEPT_TABLES,
        },
        choosers=CHOOSERS,
        known=KNOWN,
    )
    oversight = load_oversight(folder / "oversight")
    found = load_folder(folder, vocabulary)
    current = [versions[max(versions)] for versions in found.values()]
    room = Room(law, current, codes, [templates.get(name) for name in templates.names])
    guides = load_guides(folder / "guides", found, room)
    checklists = load_checklists(folder / "checklists" / "evidence.yaml", codes, law.statutes)
    return Definitions(found, law, vocabulary, codes, templates, oversight, guides, checklists)


def assemble(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    room: Definitions | None = None,
) -> Runtime:
    """The runtime of one process. Makes the engine, but touches no table; `prepare` does that.

    `room`: definitions already loaded; None loads them from the folders of the settings.
    """
    settings = settings or Settings()
    room = room or assemble_definitions(settings)
    return Runtime(
        settings=settings,
        clock=clock or Clock(),
        database=database or Database(make_engine(_made(settings), keys=Keyring(settings.keys_file))),
        law=room.law,
        vocabulary=room.vocabulary,
        codes=room.codes,
        machines=room.machines,
        current={name: max(versions) for name, versions in room.definitions.items()},
        templates=room.templates,
        oversight=room.oversight,
        guides=room.guides,
        checklists=room.checklists,
        loading=case_facts.Loading(*FACTS, lock=True),
        reading=case_facts.Loading(*FACTS, lock=False),
        effects=EFFECTS,
        undoes=UNDOES,
        paper_facts=(
            recovery_papers.agreement_facts,
            recovery_rest.rest_facts,
            supervision_papers.letter_facts,
            receipt_facts,
        ),
        follows=(meeting_following.follow_event,),
        keeps=(
            keep_limitation,
            authorities.keep_authorities,
            meeting_following.keep_meetings,
        ),
    )


def _made(settings: Settings) -> str:
    """The database URL; makes the folder of an embedded database."""
    if settings.url.startswith("sqlite:///"):
        Path(settings.url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return settings.url


def prepare(runtime: Runtime) -> None:
    """Bring the tables up to date."""
    assert tables.metadata.tables
    migrate(runtime.database.engine)

"""The form of an event, made from its asks: one field for each, with what may be chosen and what is proposed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from mediation.arrival.routing import in_words, next_place
from mediation.assignments.mediators import Mediator, mediators_for
from mediation.cases.earlier import Earlier, Proposals, told_before
from mediation.cases.file_rows import PartyRow
from mediation.cases.telling import Names, names_of, row_model
from mediation.cases.view import CaseView, ProceedingView
from mediation.catalogue import translate
from mediation.engine.definition import Ask, Event
from mediation.engine.machine import Option
from mediation.engine.vocabulary import AskType
from mediation.legal_aid.proposals import proposed_aid
from mediation.meetings.book import HELD_BY
from mediation.meetings.queries import held_proposal
from mediation.offers.drafting import agreed_rows
from mediation.people.actor import Actor
from mediation.recovery.queries import CaseMoney
from mediation.runtime import Runtime

from ..forms import Form, Typed
from . import money_lists, tidy

Choices = Sequence[tuple[Any, str]]

FEW = 6
"""Up to so many codes stand side by side; more go into a list."""
MANY_PARTIES = 12
"""With more workers than this, a proposed row names its worker without a list: rows times names would be too many."""
PROPOSED = frozenset(("party", "payer", "head", "method", "paid_on", "kind"))
"""Columns that are proposed: a row in which nothing else stands was not meant."""

CODES = {
    "head": "demand_heads",
    "method": "payment_methods",
    "controlled_by": "condition_controls",
    "kind": "receipt_kinds",
}
"""Columns that are chosen from a code list."""
FURTHER = frozenset(("condition", "controlled_by", "latest_on", "indemnifier", "until_on", "headcount"))
"""Columns that few rows need: folded in one cell."""

_KINDS = {
    "long_text": "area",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "money": "money",
    "integer": "integer",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `type` as the macro `forms.cell` has it."""

    name: str
    label: str
    type: str
    options: Choices = ()
    further: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One ask as the form shows it. `kind` names the macro in templates/case/fields.html."""

    name: str
    title: str
    help: str
    required: bool
    kind: str
    options: Choices = ()
    columns: tuple[Column, ...] = ()
    earlier: Earlier | None = None
    """Where what stands in the field at first comes from, if it was told before."""

    def told_before(self, form: Form) -> Earlier | None:
        """The same, as long as nobody has changed what stands there."""
        kept = self.earlier and set(Form.filled({self.name: self.earlier.value}).values)
        return self.earlier if kept == {(name, text) for name, text in form.values if self._mine(name, text)} else None

    def _mine(self, name: str, text: str) -> bool:
        return bool(text.strip()) and (name == self.name or name.startswith(f"{self.name}."))

    @property
    def idle(self) -> bool:
        """Nothing to choose from and nothing to be chosen: not shown."""
        return self.kind == "boxes" and not self.options and not self.required


@dataclass(frozen=True, slots=True)
class EventForm:
    """An event with its fields and the form as it is first shown; without fields where it cannot happen now."""

    proceeding: ProceedingView
    option: Option
    fields: tuple[Field, ...] = ()
    form: Form = field(default_factory=Form)

    @property
    def event(self) -> Event:
        return self.option.event

    @property
    def path(self) -> str:
        return f"/events/{self.proceeding.id}/{self.event.name}"

    @property
    def here(self) -> bool:
        """Whether the present state knows this event at all."""
        return self.proceeding.state in self.event.from_


@dataclass(frozen=True)
class Desk:
    """What forms are filled from: the file, the money, who is sitting there."""

    session: Session
    runtime: Runtime
    actor: Actor
    view: CaseView
    money: CaseMoney

    @property
    def today(self) -> date:
        return self.runtime.clock.today()

    @property
    def duties(self) -> Mapping[int, str]:
        """Every duty by its number, also those that are done."""
        return money_lists.duties(self)

    @property
    def names(self) -> Names:
        """What the numbers in answers stand for."""
        return names_of(self.view, self.duties, money_lists.further(self))

    def mediators(self) -> tuple[Mediator, ...]:
        """Who might mediate, the best first."""
        return mediators_for(self.session, self.runtime, self.view.id, self.view.path)

    def forms_of(self, wanted: Sequence[tuple[ProceedingView, Option]]) -> list[EventForm]:
        """Several forms; what was told before is read once for all of them."""
        told = told_before(self.session, self.runtime, self.view, [(p, option.event) for p, option in wanted])
        return [self._form(p, option, told[p.id, option.event.name]) for p, option in wanted]

    def form_of(self, proceeding: ProceedingView, option: Option) -> EventForm:
        """The whole form, whether the event can happen now or not."""
        return self.forms_of([(proceeding, option)])[0]

    def _form(self, proceeding: ProceedingView, option: Option, told: Proposals) -> EventForm:
        asks = option.event.asks.values()
        drafted = money_lists.ticked(self) if any(ask.type == "promises" for ask in asks) else {}
        proposals = {ask.name: self._proposal(ask) for ask in asks}
        if option.event.name == "assign_mediator" and option.allowed and proceeding.owner_id is None:
            proposals["mediator"] = next((one.id for one in self.mediators() if not one.barred), None)
        if option.event.name == "open_legal_aid" and option.allowed:
            proposals |= proposed_aid(self.session, self.runtime, self.view.id)
        if option.event.name == "refuse_case" and option.allowed and (body := next_place(self.session, self.view.id)):
            proposals["next_place"] = in_words(body)
        if option.event.name == "draft_agreement" and option.allowed and (rows := agreed_rows(self.session, self.view)):
            proposals["promises"] = rows
        proposals |= {name: "true" for name in drafted if name in proposals}
        proposals |= {name: earlier.value for name, earlier in told.items()}
        if option.event.name == HELD_BY and option.allowed:
            proposals |= held_proposal(self.session, self.runtime, self.view.id)
        fields = tuple(field for ask in asks if not (field := self._field(ask, told.get(ask.name))).idle)
        return EventForm(proceeding, option, fields, Form.filled(proposals))

    def _field(self, ask: Ask, told: Earlier | None) -> Field:
        table = self.runtime.vocabulary.ask_types[ask.type]
        shown = (ask.name, ask.title, ask.help, ask.required)
        if table.columns:
            return Field(*shown, "table", columns=self._columns(ask, table), earlier=told)
        options = self._options(ask)
        return Field(*shown, _kind(ask, options), options, earlier=told)

    def _options(self, ask: Ask) -> Choices:
        if ask.choices is not None:
            return list(self.runtime.codes[ask.choices].items())
        found = _LISTS.get(ask.type)
        return found(self, ask) if found else ()

    def _columns(self, ask: Ask, table: AskType) -> tuple[Column, ...]:
        fields = row_model(table).model_fields
        columns = [self._column(name, fields[name].title or name, row_model(table)) for name in table.columns]
        return tuple(column for column in columns if column is not None)

    def _column(self, name: str, label: str, row: type[BaseModel]) -> Column | None:
        """A payer or somebody behind the payer is asked for only where there is a choice."""
        more = name in FURTHER
        if name in ("party", "payer", "indemnifier"):
            options = [(p.id, p.name) for p in self.principals if (p.side == "worker") == (name == "party")]
            return None if name != "party" and len(options) < 2 else Column(name, label, "choice", options, more)
        codes = CODES.get(name)
        if codes and (name != "method" or row.model_fields[name].default == "bank"):
            known = [(c, t) for c, t in self.runtime.codes[codes].items() if (codes, c) != ("receipt_kinds", "credit")]
            return Column(name, label, "choice", known, more)
        return Column(
            name, label, "date" if name.endswith("_on") else "money" if name in tidy.MONEY else "text", (), more
        )

    @property
    def principals(self) -> list[PartyRow]:
        return [p for p in self.view.parties if p.principal]

    def _proposal(self, ask: Ask) -> Any:
        """What most people would fill in, where it follows from the file; everything can be changed."""
        if (rows := money_lists.proposed(self, ask.type)) is not None:
            return rows
        if ask.default is not None:
            return str(ask.default).lower() if isinstance(ask.default, bool) else ask.default
        if ask.today:
            return self.today.isoformat()
        if ask.type == "person" and ask.name in self.view.roles:
            return self.actor.person_id
        options = self._options(ask) if ask.required and not ask.many and ask.choices is None else ()
        return options[0][0] if len(options) == 1 else None


def _kind(ask: Ask, options: Choices) -> str:
    if ask.many or ask.type == "choices":
        return "boxes"
    if ask.type == "boolean":
        return "yes_no" if ask.default is None else "tick"
    if ask.type == "choice":
        return "radios" if len(options) <= FEW else "list"
    return "list" if ask.type in _LISTS else _KINDS.get(ask.type, "text")


def _parties(desk: Desk, ask: Ask) -> Choices:
    waiting_first = sorted(desk.principals, key=lambda p: p.consent == "agreed" and not ask.many)
    if ask.many:
        waiting_first += [p for p in desk.view.parties if p.role == "elected_representative" and p.left_on is None]
    return [(p.id, _called(p.name, _side(desk, p))) for p in waiting_first]


def _called(name: str, *words: str) -> str:
    """王主管（主管）: a name as it is, what stands behind it in the reader's language."""
    return f"{name}{translate('（')}{translate('、').join(map(translate, words))}{translate('）')}"


def _side(desk: Desk, party: PartyRow) -> str:
    speaks = party.role == "elected_representative"
    return desk.runtime.title("party_roles", party.role) if speaks else desk.runtime.title("sides", party.side)


def _people(desk: Desk, ask: Ask) -> Choices:
    """An ask that is called like a role wants somebody with that role."""
    role = ask.name if ask.name in desk.runtime.codes["roles"] else None
    titles = desk.runtime.codes["roles"]
    people = [c for c in desk.view.colleagues if role is None or role in c.roles]
    return [(c.id, _called(c.name, *(titles.titles.get(r, r) for r in c.roles))) for c in people]


def _evidence(desk: Desk, _ask: Ask) -> Choices:
    return [(e.id, f"{e.number}. {e.name}") for e in reversed(desk.view.evidence)]


def _about_money(found: Callable[[Any], Choices]) -> Callable[[Desk, Ask], Choices]:
    return lambda desk, _ask: found(desk)


_LISTS: Mapping[str, Callable[[Desk, Ask], Choices]] = {
    "party": _parties,
    "person": _people,
    "evidence": _evidence,
    **{name: _about_money(found) for name, found in money_lists.LISTS.items()},
}


def meant(event: Event, runtime: Runtime, typed: Typed) -> Typed:
    """What was typed without the rows in which only proposals stand: nobody filled them in."""
    tables = {a.name for a in event.asks.values() if runtime.vocabulary.ask_types[a.type].columns}
    cells = [(tuple(name.split(".")), text) for name, text in typed.items]
    told = {parts[:2] for parts, text in cells if len(parts) == 3 and text.strip() and parts[2] not in PROPOSED}
    kept = [item for item, (parts, _) in zip(typed.items, cells, strict=True) if _told(parts, tables, told)]
    return Typed(tuple(kept), typed.uploads)


def _told(parts: tuple[str, ...], tables: Collection[str], told: Collection[tuple[str, ...]]) -> bool:
    return len(parts) != 3 or parts[0] not in tables or parts[:2] in told


def answers(event: Event, typed: Typed) -> dict[str, Any]:
    """Raw answers for `advance`; whatever is typed in unknown fields goes along, to be refused there."""
    told: dict[str, Any] = tidy.given(typed.nested())
    for ask in event.asks.values():
        if ask.many or ask.type == "choices":
            told.pop(ask.name, None)
            if chosen := [text for text in typed.texts(ask.name) if text.strip()]:
                told[ask.name] = chosen
        elif isinstance(text := told.get(ask.name), str):
            told[ask.name] = _READ.get(ask.type, str)(text)
    return told


_READ: Mapping[str, Callable[[str], str]] = {"money": tidy.amount, "date": tidy.day, "integer": tidy.number}

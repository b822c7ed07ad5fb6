"""One documented operation for each event of each workflow, made from the definitions at start.

The body's model comes from the event's asks and is used for the documentation only: a running proceeding is pinned to
its own version of the definition, so the answers are read inside the use case, by that version.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, create_model
from sqlalchemy import select

from mediation.assignments.claim import CLAIM, claim
from mediation.assignments.queries import WORKFLOW
from mediation.cases.access import UNSEEN
from mediation.cases.advance import Advanced, advance
from mediation.cases.models import Proceeding
from mediation.engine.ask_types import Integer
from mediation.engine.asks import answers_model
from mediation.engine.definition import CLOCK, Definition, Event
from mediation.engine.vocabulary import Vocabulary
from mediation.errors import BadInput, NotFound

from ..deps import CurrentActor, CurrentRuntime, WriteSession
from .parameters import ProceedingId, RequiredKey


class EventDone(BaseModel):
    """What an event has done."""

    case_id: int = Field(title="案件编号")
    proceeding_id: int = Field(title="程序编号")
    event: str = Field(title="事项")
    from_state: str = Field(title="原状态")
    to_state: str = Field(title="现状态")
    state_title: str = Field(title="现状态名称")
    revision: int = Field(title="修订号（下一次改动请带回）")
    seq: int = Field(title="审计记录序号")
    repeated: bool = Field(title="同一编号此前已提交过，这次没有再办")
    result: dict[str, Any] = Field(title="结果：文书、期限、到账等")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Integer = Field(title="您看到的修订号")
    answers: Any = Field(title="填写的内容")


def done(definition: Definition, advanced: Advanced) -> EventDone:
    """The answer to a program, in the words of the proceeding's definition."""
    return EventDone(
        case_id=advanced.case_id,
        proceeding_id=advanced.proceeding_id,
        event=advanced.event,
        from_state=advanced.from_state,
        to_state=advanced.to_state,
        state_title=definition.states[advanced.to_state].title,
        revision=advanced.revision,
        seq=advanced.seq,
        repeated=advanced.repeated,
        result=dict(advanced.result),
    )


def add_events(router: APIRouter, definitions: Sequence[Definition], vocabulary: Vocabulary) -> None:
    """POST /{workflow}/{proceeding_id}/{event} for every event that people may fire.

    `definitions`: all versions of all workflows, each newest version after its older ones.
    """
    current = {definition.name: definition for definition in definitions}
    for name, events in _events(definitions).items():
        for event in events.values():
            router.add_api_route(
                f"/{name}/{{proceeding_id}}/{event.name}",
                _endpoint(name, event, _body(event, vocabulary)),
                methods=["POST"],
                summary=event.title,
                description=_told(event, current[name], vocabulary),
                tags=[current[name].title],
                operation_id=f"{name}.{event.name}",
            )


def _events(definitions: Iterable[Definition]) -> Mapping[str, Mapping[str, Event]]:
    """By workflow, the events of all its versions; the newest version of an event describes it."""
    found: dict[str, dict[str, Event]] = {}
    for definition in definitions:
        open_to_people = {e.name: e for e in definition.events.values() if set(e.by) - {CLOCK}}
        found.setdefault(definition.name, {}).update(open_to_people)
    return found


def _body(event: Event, vocabulary: Vocabulary) -> type[BaseModel]:
    model = answers_model(event, vocabulary)
    required = any(field.is_required() for field in model.model_fields.values())
    about = Field(title="填写的内容") if required else Field(title="填写的内容", default_factory=dict)
    shown: Any = Annotated[model, SkipValidation]
    body: type[BaseModel] = create_model(f"{event.name}_request", __base__=_Body, answers=(shown, about))
    return body


def _told(event: Event, current: Definition, vocabulary: Vocabulary) -> str:
    by = "、".join(vocabulary.role_title(role) for role in event.by)
    where = "、".join(f"“{current.states[name].title}”" for name in event.from_ if name in current.states)
    return f"{event.help}\n由{by}办理；可在{where}时办理。".strip()


def _endpoint(workflow: str, event: Event, body_model: type[BaseModel]) -> Callable[..., EventDone]:
    def fire(
        proceeding_id: ProceedingId,
        body: body_model,  # type: ignore[valid-type]
        session: WriteSession,
        runtime: CurrentRuntime,
        actor: CurrentActor,
        key: RequiredKey,
    ) -> EventDone:
        told: Any = body
        if not isinstance(told.answers, Mapping):
            raise BadInput("填写的内容有误，请按提示修改。", {"answers": "请按各栏分别填写。"})
        row = session.execute(
            select(Proceeding.workflow, Proceeding.version).where(Proceeding.id == proceeding_id)
        ).first()
        if row is None or row.workflow != workflow:
            raise NotFound(UNSEEN)
        pinned = runtime.machine(workflow, row.version).definition
        if (workflow, event.name) == (WORKFLOW, CLAIM):  # whoever comes second hears who was faster
            return done(pinned, claim(session, runtime, proceeding_id, key=key, actor=actor))
        advanced = advance(
            session,
            runtime,
            proceeding_id,
            event.name,
            told.answers,
            revision=told.revision,
            key=key,
            actor=actor,
        )
        return done(pinned, advanced)

    return fire

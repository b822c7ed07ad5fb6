"""Registering a dispute: who, against whom, about what, how much, since when. The rest may follow later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import connection_of
from ..documents.issue import next_number
from ..engine.ask_types import Day, Instant, LongText, Text, YesNo
from ..engine.asks import path, sentence
from ..errors import BadInput, Forbidden, KeyReused
from ..people.actor import Actor
from ..people.models import Organisation
from ..people.rights import role_for
from ..runtime import Runtime
from .audit import request_hash
from .headcount import gravity_of
from .history import entry_of_key
from .models import Case, Proceeding
from .parties import DemandIn, PartyIn, add_demand_row, add_party_row
from .proceedings import begin


class PaperIn(BaseModel):
    """One paper handed in."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    copies: Annotated[int, Field(ge=1, le=999)] = 1
    form: Text | None = None


class Intake(BaseModel):
    """One application. `workers` and `employers` may be empty: a patrol or a data screening has no applicant yet."""

    model_config = ConfigDict(extra="forbid", title="案件登记")

    channel: Text = Field(title="来源")
    cause: Text = Field(title="事由")
    summary: LongText = Field(title="情况")
    request: LongText | None = Field(default=None, title="请求")
    received_at: Instant | None = Field(default=None, title="收到时间")
    since_on: Day | None = Field(default=None, title="从何时起")
    workplace: Text | None = Field(default=None, title="工作地点")
    workers: list[PartyIn] = Field(default_factory=list, title="劳动者", max_length=1000)
    employers: list[PartyIn] = Field(default_factory=list, title="用人单位", max_length=50)
    third_parties: list[PartyIn] = Field(default_factory=list, title="第三人", max_length=50)
    demands: list[DemandIn] = Field(default_factory=list, title="请求项目", max_length=2000)
    workers_count: Annotated[int, Field(ge=1, le=100_000)] | None = Field(default=None, title="涉及人数")
    workers_count_quality: Literal["exact", "over", "nearly", "about", "rounded_wan", "unknown"] = Field(
        default="exact", title="人数的确切程度"
    )
    reference: Text | None = Field(default=None, title="其他机关文号")
    papers: list[PaperIn] = Field(default_factory=list, title="收到的材料", max_length=200)
    print_receipt: YesNo = Field(default=True, title="打印收件回执")
    not_duplicate: Text | None = Field(default=None, title="与在办案件相近仍另行登记的理由")


@dataclass(frozen=True, slots=True)
class Registered:
    """The new case. `repeated`: the key had been used before."""

    case_id: int
    number: str
    proceeding_id: int
    revision: int
    repeated: bool = False


def read_intake(raw: Any) -> Intake:
    """The typed application; BadInput with one Chinese sentence for each wrong field."""
    try:
        return Intake.model_validate(raw)
    except ValidationError as error:
        fields = {path(d["loc"]): sentence(d) for d in error.errors(include_url=False)}
    raise BadInput("登记内容有误，请按提示修改。", fields)


def register(
    session: Session, runtime: Runtime, raw: Any, *, organisation_id: int, key: str, actor: Actor
) -> Registered:
    """Register the application at an organisation: case, parties, demands, the dispute proceeding with its first
    deadlines, and the receipt. The same key twice answers as the first time."""
    asked = request_hash("register", [organisation_id, raw])
    if (first := entry_of_key(connection_of(session), key)) is not None:
        return _repeated(session, first, asked)
    organisation, role = registry(session, runtime, organisation_id, actor)
    intake = read_intake(raw)
    _check_codes(runtime, intake)
    case = _case(session, runtime, intake, organisation, actor)
    proceeding_id = begin(
        session,
        runtime,
        "dispute",
        case.id,
        actor=actor,
        role=role,
        event="register",
        payload={"answers": intake.model_dump(mode="json", exclude_none=True), "result": {"number": case.number}},
        key=key,
        request=asked,
        papers=[p.model_dump(exclude_none=True) for p in intake.papers] if _has_receipt(intake) else None,
    )
    return Registered(case.id, case.number, proceeding_id, 1)


def registry(session: Session, runtime: Runtime, organisation_id: int, actor: Actor) -> tuple[Organisation, str]:
    """The organisation and the role in which this person registers cases there; Forbidden where they do not."""
    organisation = session.get(Organisation, organisation_id)
    roles = actor.roles_at(organisation.path) if organisation else frozenset()
    role = role_for("register_case", roles)
    if organisation is None or role is None:
        raise Forbidden("您不能在这个组织登记案件。")
    if organisation.closed_on is not None and organisation.closed_on <= runtime.clock.today():
        raise Forbidden(f"“{organisation.name}”已撤销，请在承接其工作的组织登记。")
    return organisation, role


def _has_receipt(intake: Intake) -> bool:
    """A receipt is for an applicant: with nobody on one side there is nothing to print yet."""
    return intake.print_receipt and bool(intake.workers) and bool(intake.employers)


def _repeated(session: Session, first: dict[str, Any], asked: str) -> Registered:
    if first["request_hash"] != asked:
        raise KeyReused("这个提交编号已经用于另一项操作，请刷新页面后重新提交。")
    number = session.scalars(select(Case.number).where(Case.id == first["case_id"])).one()
    return Registered(first["case_id"], number, first["proceeding_id"], first["revision"], repeated=True)


def _check_codes(runtime: Runtime, intake: Intake) -> None:
    wrong: dict[str, str] = {}
    for list_name, field, code in (("channels", "channel", intake.channel), ("causes", "cause", intake.cause)):
        if code not in runtime.codes[list_name]:
            wrong[field] = "不在可选范围内，请从列表中选择。"
    for index, demand in enumerate(intake.demands):
        if demand.head not in runtime.codes["demand_heads"]:
            wrong[f"demands.{index}.head"] = "不在可选范围内，请从列表中选择。"
        if demand.party >= len(intake.workers) + len(intake.employers):
            wrong[f"demands.{index}.party"] = "请填写劳动者、用人单位名单中的序号（从0起）。"
    today = runtime.clock.today()
    for field, day in (("since_on", intake.since_on), ("received_at", _date(intake.received_at))):
        if day is not None and day > today:
            wrong[field] = "日期不能晚于今天。"
    if wrong:
        raise BadInput("登记内容有误，请按提示修改。", wrong)


def _date(value: datetime | None) -> date | None:
    return value.date() if value else None


def _case(session: Session, runtime: Runtime, intake: Intake, organisation: Organisation, actor: Actor) -> Case:
    now = runtime.clock.now()
    received_at = intake.received_at or now
    count = max(intake.workers_count or 0, len(intake.workers), 1)
    serial = next_number(connection_of(session), organisation.id, now.year, "案")
    case = Case(
        number=f"{organisation.short_name}工调案〔{now.year}〕{serial:05d}号",
        organisation_id=organisation.id,
        channel=intake.channel,
        cause=intake.cause,
        summary=intake.summary,
        request=intake.request or "",
        received_at=received_at,
        received_on=_counts_from(runtime, intake.channel, received_at.date()),
        since_on=intake.since_on,
        workplace=intake.workplace,
        workers_count=count,
        workers_count_quality=intake.workers_count_quality,
        gravity=gravity_of(count),
        group_case=count > 1,
        reference=intake.reference,
        registered_by_id=actor.person_id,
        created_at=now,
    )
    session.add(case)
    session.flush()
    _add_people(session, runtime, intake, case, now)
    return case


def _counts_from(runtime: Runtime, channel: str, day: date) -> date:
    """A filing received online on a rest day counts from the next working day (Beijing platform guide, tag L)."""
    return runtime.law.calendar.roll(day) if channel == "online" else day


def _add_people(session: Session, runtime: Runtime, intake: Intake, case: Case, now: datetime) -> None:
    sides: Sequence[tuple[str, list[PartyIn]]] = (
        ("worker", intake.workers),
        ("employer", intake.employers),
        ("third", intake.third_parties),
    )
    parties = []
    for side, listed in sides:
        for index, party in enumerate(listed):
            consent = "agreed" if side == "worker" else None
            field = {"worker": "workers", "employer": "employers", "third": "third_parties"}[side]
            parties.append(add_party_row(session, runtime, case.id, side, party, now, f"{field}.{index}.", consent))
    for demand in intake.demands:
        add_demand_row(session, runtime, case.id, parties[demand.party].id, demand, now)
    session.flush()


def state_of(session: Session, proceeding_id: int) -> str:
    """The present state of a proceeding."""
    return session.scalars(select(Proceeding.state).where(Proceeding.id == proceeding_id)).one()

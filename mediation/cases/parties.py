"""Parties and demands: added at intake or later, corrected without losing what was there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ..engine.ask_types import Day, Integer, LongText, Money, Text, YesNo
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.employers import EmployerData, register_employer
from ..people.fields import is_mask
from ..people.models import Employer, Person
from ..people.persons import PersonData, register_people, register_person
from ..runtime import Runtime
from .authorities import checked_authority
from .change import Change, changing
from .headcount import recount
from .models import Demand, Party
from .needs import checked_needs

Quality = Literal["exact", "over", "nearly", "about", "rounded_wan", "unknown"]


class PartyIn(BaseModel):
    """A worker, an employer or a third party as told. A company has a `uscc`; a person may have an ID number."""

    model_config = ConfigDict(extra="forbid", title="当事人")

    name: Text = Field(title="姓名或名称")
    role: Text = Field(default="party", title="身份")
    phone: Text | None = Field(default=None, title="电话")
    address: Text | None = Field(default=None, title="地址")
    gender: Literal["male", "female"] | None = Field(default=None, title="性别")
    birth_date: Day | None = Field(default=None, title="出生日期")
    id_kind: Text | None = Field(default=None, title="证件类型")
    id_number: Text | None = Field(default=None, title="证件号码")
    migrant_worker: YesNo | None = Field(default=None, title="农民工")
    union_member: YesNo | None = Field(default=None, title="工会会员")
    uscc: Text | None = Field(default=None, title="统一社会信用代码")
    kind: Text | None = Field(default=None, title="单位性质")
    industry: Text | None = Field(default=None, title="行业")
    legal_representative: Text | None = Field(default=None, title="法定代表人或负责人")
    contact: Text | None = Field(default=None, title="联系人")
    represents: Integer | None = Field(default=None, title="代表哪一方（当事人编号）")
    authority: Literal["general", "special"] | None = Field(default=None, title="授权范围")
    authority_until: Day | None = Field(default=None, title="授权至")
    powers: list[Text] = Field(default_factory=list, title="特别授权的事项", max_length=20)
    authority_evidence: Integer | None = Field(default=None, title="授权委托书（证据编号）")
    needs: list[Text] = Field(default_factory=list, title="需要特别照顾的情况", max_length=20)
    employed: YesNo | None = Field(default=None, title="仍在职")
    employment_ended_on: Day | None = Field(default=None, title="劳动关系终止日")


class DemandIn(BaseModel):
    """One demand. `party` is, at intake, the position in workers + employers (from 0); later the id of the party."""

    model_config = ConfigDict(extra="forbid", title="请求")

    party: Integer = Field(default=0, ge=0, title="提出人")
    head: Text = Field(title="项目")
    item: Text | None = Field(default=None, title="内容")
    amount: Money | None = Field(default=None, title="金额（元）")
    quality: Quality = Field(default="exact", title="确切程度")
    from_on: Day | None = Field(default=None, title="自")
    until_on: Day | None = Field(default=None, title="至")
    monetary: YesNo = Field(default=True, title="金钱请求")


def add_party_row(
    session: Session,
    runtime: Runtime,
    case_id: int,
    side: str,
    data: PartyIn,
    at: datetime,
    field: str = "",
    consent: str | None = None,
) -> Party:
    """The party with its shared record. `field` is the path in front of field names in errors."""
    if data.role not in runtime.codes["party_roles"]:
        raise BadInput("登记内容有误，请按提示修改。", {field + "role": "不在可选范围内，请从列表中选择。"})
    needs = checked_needs(runtime, data.needs, field + "needs") if side == "worker" else []
    letter = data.authority_evidence
    powers = checked_authority(session, runtime, case_id, data.authority, data.powers, letter, field)
    data = data.model_copy(update={"needs": needs, "powers": powers})
    try:
        person_id, employer_id = _shared(session, side, data, at)
    except BadInput as error:
        fields = {field + name: text for name, text in error.fields.items()} or {field + "name": error.sentence}
        raise BadInput("登记内容有误，请按提示修改。", fields) from None
    party = _row(case_id, side, data, at, (person_id, employer_id), consent)
    session.add(party)
    session.flush()
    return party


def add_worker_rows(
    session: Session, case_id: int, workers: Sequence[PartyIn], at: datetime, consent: str | None
) -> list[Party]:
    """As `add_party_row` for each worker of a list, in a handful of statements."""
    people = register_people(session, [_person(data) for data in workers], at=at)
    shared = ((person.id, None) for person in people)
    parties = [_row(case_id, "worker", d, at, ids, consent) for d, ids in zip(workers, shared, strict=True)]
    session.add_all(parties)
    session.flush()
    return parties


def _row(
    case_id: int, side: str, data: PartyIn, at: datetime, shared: tuple[int | None, int | None], consent: str | None
) -> Party:
    return Party(
        case_id=case_id,
        side=side,
        role=data.role,
        name=data.name,
        person_id=shared[0],
        employer_id=shared[1],
        represents_id=data.represents,
        authority=data.authority,
        authority_until=data.authority_until,
        powers=data.powers,
        authority_evidence_id=data.authority_evidence,
        needs=data.needs,
        employed=data.employed if data.employment_ended_on is None else False,
        employment_ended_on=data.employment_ended_on,
        phone=data.phone,
        address=data.address,
        consent=consent,
        consent_on=at.date() if consent else None,
        added_at=at,
    )


def _shared(session: Session, side: str, data: PartyIn, at: datetime) -> tuple[int | None, int | None]:
    """(person, employer) ids of the shared record. Employers that are people (kind individual) are persons."""
    company = data.uscc or (side == "employer" and data.kind != "individual" and data.represents is None)
    if company or (side == "third" and data.id_number is None):
        employer = register_employer(
            session,
            EmployerData(
                name=data.name,
                uscc=data.uscc,
                kind=data.kind,
                industry=data.industry,
                legal_representative=data.legal_representative,
                address=data.address,
                contact=data.contact,
                phone=data.phone,
            ),
            at=at,
        )
        return None, employer.id
    return register_person(session, _person(data), at=at).id, None


def _person(data: PartyIn) -> PersonData:
    return PersonData(
        name=data.name,
        gender=data.gender,
        birth_date=data.birth_date,
        id_kind=data.id_kind,
        id_number=data.id_number,
        phone=data.phone,
        address=data.address,
        migrant_worker=data.migrant_worker,
        union_member=data.union_member,
    )


def add_demand_row(
    session: Session, runtime: Runtime, case_id: int, party_id: int, data: DemandIn, at: datetime
) -> Demand:
    """The demand; its wording defaults to the title of its head."""
    demand = Demand(
        case_id=case_id,
        party_id=party_id,
        head=data.head,
        item=data.item or runtime.title("demand_heads", data.head),
        amount=data.amount,
        quality=data.quality if data.amount is not None else "unknown",
        from_on=data.from_on,
        until_on=data.until_on,
        monetary=data.monetary,
        added_at=at,
    )
    session.add(demand)
    return demand


def add_party(
    session: Session,
    runtime: Runtime,
    case_id: int,
    side: str,
    data: PartyIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Add a worker who joins, a respondent, a third party or a representative. `result.party` is the new id."""
    given = {"side": side, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "add_party", given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            if side not in runtime.codes["sides"]:
                raise BadInput("请选择劳动者、用人单位或第三人。", {"side": "不在可选范围内。"})
            _represented(session, case_id, data)
            party = add_party_row(session, runtime, case_id, side, data, change.step.at)
            if side == "worker" and data.represents is None:
                recount(session, case_id)
            change.result["party"] = party.id
    return change


def _represented(session: Session, case_id: int, data: PartyIn) -> None:
    if data.represents is None:
        return
    found = session.get(Party, data.represents)
    if found is None or found.case_id != case_id:
        raise BadInput("请从本案当事人中选择被代表的人。", {"represents": "请从本案当事人中选择。"})


class PartyCorrection(BaseModel):
    """What is to be corrected; fields left out stay."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    phone: Text | None = None
    address: Text | None = None
    uscc: Text | None = None
    employed: YesNo | None = None
    employment_ended_on: Day | None = None
    left_on: Day | None = None
    reason: LongText


def change_party(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    data: PartyCorrection,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Correct a party (the worker named the wrong company) or let one leave; the audit entry keeps both versions."""
    given = {"party": party_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "change_party", given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            party = session.get(Party, party_id)
            if party is None or party.case_id != case_id:
                raise NotFound("本案没有这个当事人。")
            data = _unmasked(session, party, data)
            before = ("name", "phone", "address", "employed", "employment_ended_on")
            change.result["before"] = {name: getattr(party, name) for name in before}
            gone = _counts(party)
            _correct(session, party, data, change.step.at)
            if gone and not _counts(party):
                recount(session, case_id, left=1)
    return change


def _unmasked(session: Session, party: Party, data: PartyCorrection) -> PartyCorrection:
    """Without what the form gave back as it was shown; BadInput where somebody typed into a mask."""
    record = session.get(Person, party.person_id or 0) or session.get(Employer, party.employer_id or 0)
    stored = {name: getattr(party, name) or getattr(record, name, None) for name in ("phone", "address")}
    same = {name: None for name, value in stored.items() if is_mask(name, getattr(data, name), value)}
    data = data.model_copy(update=same)
    if wrong := [name for name in stored if "*" in (getattr(data, name) or "")]:
        sentence = "遮盖的内容不能只改一部分：请完整填写新的，不更改的保持原样。"
        raise BadInput(sentence, dict.fromkeys(wrong, sentence))
    return data


def _counts(party: Party) -> bool:
    """Whether this is a worker of the matter itself who is still there."""
    own = party.represents_id is None and party.role != "elected_representative"
    return party.side == "worker" and party.left_on is None and own


def _correct(session: Session, party: Party, data: PartyCorrection, at: datetime) -> None:
    for field, value in data.model_dump(exclude_none=True, exclude={"reason", "uscc"}).items():
        setattr(party, field, value)
    if data.employment_ended_on is not None:
        party.employed = False
    elif data.employed:
        party.employment_ended_on = None
    if party.employer_id is not None and (data.name or data.uscc):
        renamed = EmployerData(name=party.name, uscc=data.uscc, phone=party.phone, address=party.address)
        party.employer_id = register_employer(session, renamed, at=at).id


def add_demand(
    session: Session, runtime: Runtime, case_id: int, data: DemandIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Add a demand of one party; `result.demand` is the new id."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "add_demand", given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            party = session.get(Party, data.party)
            if party is None or party.case_id != case_id:
                raise BadInput("请从本案当事人中选择提出人。", {"party": "请从本案当事人中选择。"})
            if data.head not in runtime.codes["demand_heads"]:
                raise BadInput("请选择请求项目。", {"head": "不在可选范围内，请从列表中选择。"})
            demand = add_demand_row(session, runtime, case_id, party.id, data, change.step.at)
            session.flush()
            change.result["demand"] = demand.id
    return change


class DemandChange(BaseModel):
    """A new sum for a demand, or its withdrawal."""

    model_config = ConfigDict(extra="forbid")

    amount: Money | None = None
    quality: Quality | None = None
    withdrawn_on: Day | None = None
    reason: LongText


def change_demand(
    session: Session,
    runtime: Runtime,
    case_id: int,
    demand_id: int,
    data: DemandChange,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Change or withdraw a demand; the audit entry keeps what was before (fen), for reports as at then."""
    given = {"demand": demand_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "change_demand", given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            demand = session.get(Demand, demand_id)
            if demand is None or demand.case_id != case_id:
                raise NotFound("本案没有这项请求。")
            before = {"amount": demand.amount, "quality": demand.quality, "withdrawn_on": demand.withdrawn_on}
            change.result["before"] = before
            values: dict[str, Any] = data.model_dump(exclude_none=True, exclude={"reason"})
            for field, value in values.items():
                setattr(demand, field, value)
    return change

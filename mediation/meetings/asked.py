"""What a booking says, what it needs from the parties' side, and whether it can stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.file_rows import PartyRow, parties_of
from ..deadlines.models import Deadline
from ..engine.ask_types import Instant, Integer, Text, YesNo
from ..errors import BadInput
from ..people.colleagues import colleagues_within
from ..people.fields import LIST, sight
from ..runtime import Runtime
from .rooms import Room, rooms_for
from .slots import Busy, free, is_open

WRONG = "填写的内容有误，请按提示修改。"
INTERPRETED = frozenset(("dialect", "sign_language", "other_language"))
WITHOUT_STEPS = frozenset(("disabled", "injured", "elderly", "pregnant_or_nursing"))
SAFE_ONLY = "safe_contact_only"
"""Codes of party_needs."""
USUAL_MINUTES = 120
LENGTHS = (60, 90, 120, 180, 240)
LONGEST = 480
ROOMLESS = ("online", "on_site")
"""Forms that need no room of ours."""
MANY = 12
"""With more workers than this their elected representatives come."""
FINISH = ("rest_finish", "mediation_finish")
"""Deadlines by which the mediation has to end."""
NOTICE = "mediation_meeting_notice"
"""The office's own target in workflows/law/office.yaml; no law says how long before the day both sides are told."""


class MeetingIn(BaseModel):
    """One appointment. `confirmed`: the doubts have been read and it is wanted all the same."""

    model_config = ConfigDict(extra="forbid", title="调解会")

    starts_at: Instant = Field(title="开始时间")
    minutes: Integer = Field(default=USUAL_MINUTES, title="时长（分钟）", ge=30, le=LONGEST)
    form: Text = Field(default="joint", title="方式")
    room: Integer | None = Field(default=None, title="调解室")
    place: Text | None = Field(default=None, title="其他地点", max_length=300)
    video_link: Text | None = Field(default=None, title="视频链接", max_length=500)
    co_mediators: list[Integer] = Field(default_factory=list, title="共同调解员", max_length=10)
    interpreter: Text | None = Field(default=None, title="翻译", max_length=200)
    accessible: YesNo | None = Field(default=None, title="须无障碍（不填按当事人的情况）")
    note: Text | None = Field(default=None, title="告知双方的其他事项", max_length=500)
    confirmed: YesNo = Field(default=False, title="已知上述情况，仍然这样约")


@dataclass(frozen=True, slots=True)
class Needs:
    """What the parties need at a meeting, from what is noted of them."""

    interpreter: tuple[str, ...]
    """Titles of the kinds of interpreting."""
    accessible: bool
    """Somebody needs a room without steps."""
    why: tuple[str, ...]
    """Titles of what makes them need it, as far as the reader may see health in clear."""
    safe_only: tuple[int, ...]
    """Parties that may be told only in the way agreed with them."""


def invited(session: Session, case_id: int) -> Sequence[PartyRow]:
    """Who is told and has to come: the sides themselves; of a large group those who were elected to speak."""
    rows = [row for row in parties_of(session, case_id) if row.left_on is None]
    elected = [row for row in rows if row.role == "elected_representative"]
    sides = [row for row in rows if row.principal]
    if sum(row.side == "worker" for row in sides) > MANY and elected:
        return [*elected, *(row for row in sides if row.side != "worker")]
    return sides


def needs_of(runtime: Runtime, parties: Sequence[PartyRow], roles: Collection[str] = ()) -> Needs:
    """`roles`: those of the reader; without any nothing of anybody's health is told."""
    codes = {code: None for row in parties for code in row.needs}
    title, clear = runtime.title, sight(runtime.codes[LIST], "health", roles) == "clear"
    return Needs(
        tuple(title("party_needs", code) for code in codes if code in INTERPRETED),
        any(code in WITHOUT_STEPS for code in codes),
        tuple(title("party_needs", code) for code in codes if code in WITHOUT_STEPS and clear),
        tuple(row.id for row in parties if SAFE_ONLY in row.needs),
    )


def last_day(session: Session, proceeding_id: int) -> date | None:
    """By when the mediation has to end; None where no such deadline runs."""
    query = select(Deadline.legal_due).where(
        Deadline.proceeding_id == proceeding_id, Deadline.name.in_(FINISH), Deadline.closed_at.is_(None)
    )
    return session.scalar(query.order_by(Deadline.legal_due.desc()).limit(1))


def notice_days(runtime: Runtime, today: date) -> int:
    """Working days between telling both sides and the meeting, as the office wants it."""
    span = runtime.law.period(NOTICE, today).working_span
    return span.length if span else 0


def earliest(runtime: Runtime) -> date:
    """The first day that leaves the parties the time that the office wants to give them."""
    today = runtime.clock.today()
    return runtime.law.calendar.add_working(today, notice_days(runtime, today) + 1)


@dataclass(frozen=True)
class Plan:
    """A booking read against the case: everything that is needed to place it."""

    data: MeetingIn
    ends_at: datetime
    room: Room | None
    people: tuple[int, ...]
    """The host first."""
    parties: Sequence[PartyRow]
    accessible: bool

    @property
    def stretch(self) -> tuple[datetime, datetime]:
        return self.data.starts_at, self.ends_at


def planned(session: Session, runtime: Runtime, case_id: int, path: str, host: int, data: MeetingIn) -> Plan:
    """BadInput where what was filled in does not fit together."""
    parties = invited(session, case_id)
    needs = needs_of(runtime, parties)
    accessible = needs.accessible if data.accessible is None else data.accessible
    wrong: dict[str, str] = {}
    starts, ends = data.starts_at, data.starts_at + timedelta(minutes=data.minutes)
    if starts.minute % 30 or starts.second or data.minutes % 30:
        wrong["starts_at"] = "以整点或半点开始，时长为半小时的倍数。"
    elif starts <= runtime.clock.now():
        wrong["starts_at"] = "开始时间已经过去，请另选。"
    if data.form not in runtime.codes["session_forms"]:
        wrong["form"] = "请从列表中选择方式。"
    room = next((r for r in rooms_for(session, path) if r.id == data.room), None)
    wrong |= _where(runtime, data, room, (starts, ends), accessible)
    mediators = dict(colleagues_within(session, _bodies(path), runtime.clock.today(), "mediator"))
    if any(one not in mediators for one in data.co_mediators):
        wrong["co_mediators"] = "请从本单位的调解员中选择。"
    if needs.interpreter and not data.interpreter:
        wrong["interpreter"] = f"当事人{'、'.join(needs.interpreter)}：请写明翻译是谁。"
    if wrong:
        raise BadInput(WRONG, wrong)
    people = (host, *(one for one in dict.fromkeys(data.co_mediators) if one != host))
    return Plan(data, ends, room, people, parties, accessible)


def _bodies(path: str) -> tuple[str, ...]:
    """The body itself with those below it; for a community or street, that of the street with its communities."""
    parts = path.strip("/").split("/")
    return ("/" + "/".join(parts[: max(1, min(len(parts), 2))]) + "/",)


def _where(
    runtime: Runtime, data: MeetingIn, room: Room | None, stretch: tuple[datetime, datetime], accessible: bool
) -> dict[str, str]:
    wrong = {}
    if data.room is not None and room is None:
        wrong["room"] = "没有这个调解室，或者已经停用，请另选。"
    if room is not None and not is_open(room, runtime.law.calendar, stretch):
        wrong["room"] = f"“{room.name}”这个时间不开放（{room.hours}，节假日除外），请另选时间或地点。"
    if room is not None and accessible and not room.accessible:
        wrong["room"] = f"“{room.name}”没有无障碍通道，当事人需要，请另选。"
    if room is None and data.room is None and not data.place:
        if data.form == "on_site":
            wrong["place"] = "请写明到单位的哪里。"
        elif data.form != "online":
            wrong["room"] = "请选择调解室，或者写明其他地点。"
    if data.video_link and not data.video_link.startswith(("https://", "http://")):
        wrong["video_link"] = "请填写以 https:// 开头的链接。"
    return wrong


def doubts(plan: Plan, busy: Busy, runtime: Runtime, until: date | None) -> list[str]:
    """What is unwise but possible: each a sentence. A person decides."""
    day, found = plan.data.starts_at.date(), []
    if until is not None and day > until:
        found.append(f"调解期限到{until.isoformat()}届满，这一天在期限之后；需要时先由双方同意延期。")
    if day < earliest(runtime):
        days = notice_days(runtime, runtime.clock.today())
        found.append(f"距今不足{days}个工作日（本单位的工作目标，不是法定期限），请确认双方来得及。")
    if not runtime.law.calendar.is_workday(day):
        found.append("这一天不是工作日。")
    blocked = [p.name for p in plan.parties if not free(busy, ("party", p.id), plan.stretch)]
    if blocked:
        found.append(f"{'、'.join(blocked)}这个时间不能来，或者另有调解会。")
    seats = len(plan.parties) + len(plan.people)
    if plan.room is not None and plan.room.seats < seats:
        found.append(f"“{plan.room.name}”有{plan.room.seats}个座位，到场的至少{seats}人。")
    return found

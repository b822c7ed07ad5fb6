"""How a dispute comes in, and what is noted of it before anybody mediates."""

from collections.abc import Sequence

from ...cases.intake import register
from ...money import yuan
from ..cast import Asked, by_employer, cause_of, demands_of, employers_of, worker_names
from ..published import Claim
from ..story import Story
from ..ways import opened, running
from .book import Handler, StepBook

STEPS = StepBook()

CHANNELS = {
    "IN_WALKIN": "walk_in",
    "IN_HOTLINE": "hotline",
    "IN_ONLINE": "online",
    "IN_PATROL": "patrol",
    "IN_DATA_SCREEN": "data_screen",
    "IN_COURT_PRE": "referral_court_pre",
    "IN_COURT_MID": "referral_court_mid",
    "IN_TRANSFER": "referral_union",
    "IN_POLICE": "referral_police",
    "IN_ARB_MULTI": "referral_arbitration",
    "IN_UNSTATED": "other",
    "IN_DIRECT_ARB": "referral_arbitration",
    "IN_DIRECT_SUIT": "other",
}
VAGUE = ("IN_UNSTATED", "IN_DIRECT_ARB", "IN_DIRECT_SUIT")
"""Codes that name no channel of their own; a later, clearer one says how the dispute came to mediation."""


def enter(story: Story) -> None:
    """Register the case with everybody who is in it from the beginning."""
    code = channel_of(story)
    names = worker_names(story.case)
    asked = _asked(story, names)
    raw = {
        "channel": CHANNELS[code],
        "cause": cause_of(story.case),
        "summary": story.case.title,
        "workers": [{"name": name} for name in names],
        "employers": [{"name": name} for name in employers_of(story.case).first],
        "demands": [*asked.rows, *_employers_demands(story, len(names))],
        "workers_count": max(len(names), story.case.workers_count.value or 1),
        "workers_count_quality": story.case.workers_count.q or "unknown",
        "reference": story.case.id,
    }
    stage = story.stage
    with story.runtime.database.write() as session:
        done = register(
            session, story.runtime, raw, organisation_id=stage.organisation_id, key=story.key(), actor=stage.mediator
        )
    story.case_id, story.proceeding_id = done.case_id, done.proceeding_id
    story.left("file:register")
    story.clock.move(minutes=5)
    _tell(story, done.number, code, asked)


def _tell(story: Story, number: str, code: str, asked: Asked) -> None:
    channel = story.runtime.title("channels", CHANNELS[code])
    people = len(worker_names(story.case))
    explicit = story.line.code in (*CHANNELS, "REG")
    words = f"登记{number}：来源“{channel}”，劳动者{people}人，请求{len(asked.rows)}项"
    (story.did if explicit else story.implied)(words)
    if story.position == 0 or explicit:
        _say_unknown_day(story)
    for words in asked.assumed:
        story.implied(words)
    if story.case.workers_count.value is None:
        story.implied("来源未公布人数，按1人登记")


def _say_unknown_day(story: Story) -> None:
    if story.position not in story.pace.published:
        story.implied(f"来源未公布受理日期，自{story.today.isoformat()}起推演")


def channel_of(story: Story) -> str:
    """The first clear channel among the steps, else the first one, else the case's own."""
    codes = [code for code in story.case.steps if code in CHANNELS]
    clear = [code for code in codes if code not in VAGUE]
    return next(iter([*clear, *codes, story.case.channel]))


def held_back(story: Story) -> Claim | None:
    """The claim that joins at the step CLAIM_CHANGED: the last of several."""
    claims = _workers_claims(story)
    adds_up = story.case.amounts.claimed.value in (None, sum(claim.amount or 0 for claim in claims))
    return claims[-1] if "CLAIM_CHANGED" in story.case.steps and len(claims) > 1 and adds_up else None


def _workers_claims(story: Story) -> list[Claim]:
    return [claim for claim in story.case.claims if not by_employer(claim)]


def _asked(story: Story, names: Sequence[str]) -> Asked:
    """What is asked at the beginning, tied to the published total less what is held back."""
    later, total = held_back(story), story.case.amounts.claimed.value
    claims = [claim for claim in _workers_claims(story) if claim is not later]
    if total is not None and later is not None:
        total -= later.amount or 0
    return demands_of(claims, names, total, story.case.amounts.claimed.q)


def _employers_demands(story: Story, first: int) -> list[dict[str, object]]:
    """What the employer claims, unless the steps say that it came later."""
    if "COUNTERCLAIM" in story.case.steps:
        return []
    return [
        {
            "party": first,
            "head": "other",
            "item": claim.item,
            **({"amount": yuan(claim.amount), "quality": claim.q or "exact"} if claim.amount is not None else {}),
        }
        for claim in story.case.claims
        if by_employer(claim)
    ]


@STEPS.step(*CHANNELS)
def come_in(story: Story) -> None:
    """The first channel registers the case; a second entry about the same event joins the same file."""
    if not story.registered:
        enter(story)
        _direct(story)
        return
    _direct(story)
    if story.line.code == channel_of(story) and story.line.code not in story.behind:
        story.activity("note", f"来源：{story.runtime.title('channels', CHANNELS[story.line.code])}（登记时已写明）")
        story.did("登记时已经写明这一来源")
        return
    story.activity("note", f"同一事项另有来源：{story.runtime.title('channels', CHANNELS[story.line.code])}")
    story.did("同一事项再次进入，并入已登记的案件，记入工作记录")


def _direct(story: Story) -> None:
    """Whoever went to the committee or to the court directly has a procedure there."""
    workflow = {"IN_DIRECT_ARB": "arbitration", "IN_DIRECT_SUIT": "litigation"}.get(story.line.code)
    if workflow is not None and running(story, workflow) is None:
        opened(story, workflow)
        story.did(f"登记当事人直接启动的程序：{story.runtime.machine(workflow).definition.title}")


@STEPS.step("REG")
def registration(story: Story) -> None:
    story.activity("note", "已登记")
    story.did("已经登记")


_NOTES = {
    "ASSIGN_DOWN": ("assignment", "指派下级承办"),
    "TASKFORCE": ("taskforce", "组建专班、联合调解组"),
    "POLICE_LINK": ("police_link", "与公安联动"),
    "PSYCH": ("counselling", "心理疏导"),
    "ROSTER_VERIFIED": ("roster_verified", "人员名单与逐人金额已核对"),
    "FACT_CHECK": ("fact_check", "调查核实"),
    "EVIDENCE_HELP": ("evidence_help", "指导取证"),
    "CONTACT_FAIL": ("contact_failed", "联系不上对方"),
    "PARTY_LOST": ("contact_failed", "义务人失去联系"),
    "ONSITE": ("on_site", "赴单位现场调处"),
    "CROSS_REGION": ("other_procedure", "跨省异地办案"),
    "FOLLOWUP": ("follow_up", "回访"),
    "CLAIM_SET": ("note", "固定请求：以登记的请求为准"),
}


def note(kind: str, words: str) -> Handler:
    """Something done that moves no state becomes an entry of the work log."""

    def write(story: Story) -> None:
        story.activity(kind, words)
        story.did(f"工作记录“{story.runtime.title('activity_kinds', kind)}”：{words}")

    return write


for _code, (_kind, _words) in _NOTES.items():
    STEPS.put(_code, note(_kind, _words))

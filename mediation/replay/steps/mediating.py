"""From the inquiry of the other side to the table: consent, acceptance, sessions, and what may fail there."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from ...cases.models import Case, Party, Proceeding
from ..story import NotYet, Story
from ..ways import running
from .book import StepBook
from .parties import choose_representatives

STEPS = StepBook()

ORDER = ("intake", "warning", "screening", "accepting", "mediation")
AFTER = ("signing", "performance", "default", "resigning", "fulfilled")
BESIDE = ("arbitration", "litigation", "injury", "payment_order", "inspection")
RED_FROM = 30
"""Workers from which the definition asks for a red warning first."""
LARGE_FROM = 10
"""Workers from which representatives act."""


def come_to(story: Story, goal: str) -> None:
    """Go through the stations before `goal` that the source does not mention; each is told as implied."""
    while (state := story.state) != goal and state not in AFTER:
        if state in ORDER and ORDER.index(state) > ORDER.index(goal):
            return
        story.implied(_ON[state](story))
        if story.state == state:
            raise NotYet("进入调解", f"案件停在“{state}”，不能继续")


def see_to_mediator(story: Story) -> None:
    owner = story.read(select(Proceeding.owner_id).where(Proceeding.id == story.proceeding_id))[0]
    if owner is None:
        assign(story)
        story.implied(f"指派调解员{story.stage.mediator.name}")


def assign(story: Story) -> None:
    story.fire("assign_mediator", {"mediator": story.stage.mediator.person_id})


def _of_case(story: Story, column: Any) -> Any:
    return story.read(select(column).where(Case.id == story.case_id))[0]


def _from_intake(story: Story) -> str:
    see_to_mediator(story)
    if _of_case(story, Case.workers_count) >= RED_FROM and _of_case(story, Case.risk_level) is None:
        story.fire("raise_red_warning", {"risk_signals": ["group"], "risk_note": "三十人以上"})
        return "三十人以上，先发出红色预警"
    story.fire("ask_consent", {"in_scope": True, "asked_on": story.today.isoformat()})
    return "审查通过并征询对方"


def _from_warning(story: Story) -> str:
    story.fire(
        "warning_handled", {"risk_level": _of_case(story, Case.risk_level) or "orange", "risk_note": "来源未载处置经过"}
    )
    return "预警已处置"


def _from_screening(story: Story) -> str:
    return "双方同意调解" if agree_all(story) else "各方意愿已记录"


def agree_all(story: Story) -> bool:
    """Record the consent of everybody who has not agreed yet; once more where all had agreed before a reopening."""
    query = select(Party.id).where(
        Party.case_id == story.case_id,
        Party.side != "third",
        Party.represents_id.is_(None),
        Party.left_on.is_(None),
        Party.consent.is_distinct_from("agreed"),
    )
    missing = story.read(query.order_by(Party.id)) or story.parties("employer")[:1]
    for party in missing:
        told = {"consent_party": party, "consent": "agreed", "consent_on": story.today.isoformat()}
        story.fire("record_consent", told)
    return story.state == "accepting"


def _from_accepting(story: Story) -> str:
    accept(story)
    return "受理"


def accept(story: Story) -> None:
    query = select(Party.id).where(Party.case_id == story.case_id, Party.role == "elected_representative")
    if _of_case(story, Case.workers_count) >= LARGE_FROM and not story.read(query):
        story.implied(f"十人以上，推选代表{choose_representatives(story)}名")
    story.fire("accept", {"accepted_on": story.today.isoformat()})


def _from_failed(story: Story) -> str:
    agree_all_again = {"accepted_on": story.today.isoformat(), "both_signed": True}
    story.fire("resume_mediation", agree_all_again)
    return "双方书面同意，恢复调解"


def _from_elsewhere(story: Story) -> str:
    """Talks begin again while other procedures run."""
    accepted = story.read(select(Proceeding.answers).where(Proceeding.id == story.proceeding_id))[0].get("accepted_on")
    day = story.today.isoformat()
    if accepted is None:
        story.fire("reconsider", {"consent_on": day, "both_signed": True})
        return "双方同意调解"
    story.fire("resume_mediation", {"accepted_on": day, "both_signed": True})
    return "双方书面同意，恢复调解"


def _from_end(story: Story) -> str:
    story.fire("reopen", {"reopen_reason": "来源载明此后又有办理"}, actor=story.stage.supervisor)
    return "重新启动"


_ON: Mapping[str, Callable[[Story], str]] = {
    "intake": _from_intake,
    "warning": _from_warning,
    "screening": _from_screening,
    "accepting": _from_accepting,
    "failed": _from_failed,
    "elsewhere": _from_elsewhere,
    **dict.fromkeys(("closed", "transferred", "withdrawn", "merged"), _from_end),
}


def extend_if_needed(story: Story, until: date) -> None:
    """Before time passes the end of the fifteen days, the parties agree in writing to go on."""
    last = story.due("mediation_finish") if story.registered else None
    if last is None or until <= last or story.state not in ("mediation", "signing"):
        return
    paper = story.evidence("延期调解同意书", "consent")
    new_end = until + timedelta(days=1)
    told = {"extended_until": new_end.isoformat(), "extension_paper": paper, "both_signed": True}
    story.fire("extend_mediation", told)
    story.implied(f"调解期限{last.isoformat()}届满，双方同意延期至{new_end.isoformat()}")


@STEPS.step("ASSIGN_MEDIATOR")
def assign_mediator(story: Story) -> None:
    assign(story)
    story.did(f"指派调解员{story.stage.mediator.name}")


@STEPS.step("MEDIATION_CONSENT")
def consent(story: Story) -> None:
    come_to(story, "screening")
    if story.state != "screening":
        story.did("双方此前已同意调解")
        return
    agree_all(story)
    story.did("记录意愿：双方同意调解")


@STEPS.step("ACCEPT")
def accept_case(story: Story) -> None:
    come_to(story, "accepting")
    if story.state != "accepting":
        story.did("此前已经受理")
        return
    accept(story)
    story.did("受理并发出受理通知书")


_SESSIONS = {
    "SESSION": ("joint", None),
    "SESSION_ONLINE": ("online", None),
    "BACK_TO_BACK": ("back_to_back", "progress"),
    "SESSION_FAILED": ("joint", "failed_divergence"),
    "NO_SHOW": ("joint", "no_show_employer"),
}


@STEPS.step(*_SESSIONS)
def hold(story: Story) -> None:
    """A session; after an agreement it is an entry of the work log, because nothing is being mediated any more."""
    form, result = _SESSIONS[story.line.code]
    come_to(story, "mediation")
    shown = story.runtime.title("session_forms", form)
    if story.state not in ("mediation", "signing"):
        story.activity("session", f"{shown}：协议达成后再次协商")
        story.did(f"工作记录“调解会”：{shown}")
        return
    result = result or ("ready" if _leads_to_agreement(story) else "progress")
    told = {"held_on": story.today.isoformat(), "session_form": form, "session_result": result}
    story.fire("hold_session", told)
    story.did(f"事项“记录调解会”：{shown}，{story.runtime.title('session_results', result)}")
    if story.line.code == "NO_SHOW":
        story.implied("来源未载哪一方未到场，按用人单位登记")


def _leads_to_agreement(story: Story) -> bool:
    following = next((code for code in story.ahead if code.startswith(("AGREE_", "SESSION", "BACK"))), "")
    return following.startswith("AGREE_")


@STEPS.step("REFUSE_MEDIATION")
def refuse(story: Story) -> None:
    """Before acceptance a refusal is an answer to the inquiry; afterwards mediation is declared failed."""
    come_to(story, "screening")
    today = story.today.isoformat()
    if story.state == "screening":
        employer = story.parties("employer")[0]
        story.fire("record_consent", {"consent_party": employer, "consent": "refused", "consent_on": today})
        story.did("记录意愿：对方明确拒绝调解，调解不成")
    elif story.state in ("mediation", "signing"):
        story.fire("declare_failed", {"failure": "refused_by_party", "failed_on": today})
        story.did("宣布调解不成：一方明确拒绝")
    else:
        raise NotYet("拒绝调解", f"案件已在“{story.state}”，不再是是否调解的问题")


@STEPS.step("MEDIATION_SKIPPED")
def skip(story: Story) -> None:
    """The worker goes another way with everybody's consent; the file waits for what is decided there."""
    story.activity("note", "经当事人同意不经调解")
    if any(running(story, workflow) for workflow in BESIDE) and story.state in (*ORDER, "failed"):
        story.fire("wait_for_procedures")
        story.did("经当事人同意不经调解：转由其他程序处理")
        return
    story.did("经当事人同意不经调解，记入工作记录")

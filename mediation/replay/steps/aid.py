"""Legal aid runs beside mediation, in a proceeding of its own. What no source tells of it is marked as implied."""

from typing import Any

from ..cast import cause_of
from ..story import Story
from .book import StepBook

STEPS = StepBook()

NONE = ("none", "archived", "not_aided", "stopped", "aid_withdrawn")
"""No aid is under way."""
SCOPES = {"A": "relation", "B": "pay", "D": "social_insurance", "E": "injury"}
"""First letter of the cause → the matter that is aided; the others are matters of the union's own aid."""


@STEPS.step("AID_OFFER", "AID_APPLY")
def ask(story: Story) -> None:
    offered = story.line.code == "AID_OFFER"
    words = "工会主动提供法律援助" if offered else "劳动者申请法律援助"
    if story.aid_state in NONE:
        _open(story, "offered" if offered else "applied")
        story.did(f"转法律援助：{words}")
    else:
        story.activity("note", words)
        story.did(f"工作记录：{words}（援助已在办理）")


@STEPS.step("AID_OK")
def grant(story: Story) -> None:
    if story.aid_state in NONE:
        _open(story, "applied")
        story.implied("转法律援助：劳动者申请")
    if story.aid_state == "applied":
        _grant(story)
    story.did("给予援助，等待律师认领")


@STEPS.step("AID_LAWYER")
def assign(story: Story) -> None:
    if story.aid_state in NONE:
        _open(story, "applied")
        story.implied("转法律援助：劳动者申请")
    if story.aid_state == "applied":
        _grant(story)
        story.implied("给予援助，等待律师认领")
    if story.aid_state == "waiting":
        _fire(story, "claim_case")
    story.did("律师已认领援助案件")


@STEPS.step("DOC_DRAFT")
def draft(story: Story) -> None:
    """A paper written for the worker: a stage of the aid where a lawyer acts, an entry of the work log in any case."""
    story.activity("paper_drafted", "代书")
    if story.aid_state in ("acting", "conducting"):
        _contacted(story)
        _fire(story, "enter_stage", {"aid_stage": "drafting", "aid_stage_on": story.today.isoformat()})
        story.did("援助律师代书")
    story.did(f"工作记录“{story.runtime.title('activity_kinds', 'paper_drafted')}”：代书")


def _open(story: Story, origin: str) -> None:
    told = {
        "aid_matter": "、".join(story.case.dispute_types) or "劳动争议",
        "aid_applied_on": story.today.isoformat(),
        "aid_origin": origin,
        "aid_scope": SCOPES.get(cause_of(story.case)[0], "union"),
        "aid_means": "hardship_checked",
    }
    done = story.fire("open_legal_aid", told)
    story.aid_id = int(done.result["started"]["proceeding_id"])
    story.implied("来源未载经济困难状况，按已核实登记")


def _grant(story: Story) -> None:
    told = {"aid_granted_on": story.today.isoformat()}
    story.fire("grant_aid", told, proceeding=story.aid_id)
    story.fire("list_case", proceeding=story.aid_id)


def _fire(story: Story, event: str, told: dict[str, Any] | None = None) -> None:
    story.fire(event, told or {}, proceeding=story.aid_id, actor=story.stage.lawyer)


def _contacted(story: Story) -> None:
    if story.aid_state == "acting":
        _fire(story, "contact_client", {"contacted_on": story.today.isoformat(), "contact_note": "来源未载"})
        story.implied("律师已联系受援人")


def finish(story: Story) -> None:
    """When the case ends well the aid ends too; what the source does not tell of it is implied."""
    today = story.today.isoformat()
    if story.aid_state == "waiting":
        _fire(story, "claim_case")
        story.implied("律师已认领援助案件")
    _contacted(story)
    if story.aid_state == "conducting":
        told = {"aid_finished_on": today, "aid_result": "随案办结（来源未载援助结果）", "aid_hours_spent": 0}
        _fire(story, "finish_aid", told)
        _fire(story, "submit_closing_report", {"closing_report_on": today, "closing_report_note": "来源未载"})
        told = {"aid_archived_on": today}
        story.fire("archive_aid", told, proceeding=story.aid_id, actor=story.stage.supervisor)
        story.implied("援助办结并归档（工时来源未载，登记为0）")

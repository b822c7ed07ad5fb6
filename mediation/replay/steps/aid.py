"""Legal aid runs beside mediation, in a proceeding of its own."""

from ..story import Story
from .book import StepBook

STEPS = StepBook()


@STEPS.step("AID_OFFER", "AID_APPLY")
def ask(story: Story) -> None:
    words = "主动提供法律援助" if story.line.code == "AID_OFFER" else "申请法律援助"
    story.activity("note", words)
    story.did(f"工作记录：{words}（本版本的援助流程自登记等待认领开始）")


@STEPS.step("AID_OK")
def grant(story: Story) -> None:
    _open(story)
    story.did("转法律援助：已登记等待律师认领")


def _open(story: Story) -> None:
    if story.aid_state in ("none", "ended"):
        done = story.fire("open_legal_aid", {"aid_matter": "、".join(story.case.dispute_types) or "劳动争议"})
        story.aid_id = int(done.result["started"]["proceeding_id"])


@STEPS.step("AID_LAWYER")
def assign(story: Story) -> None:
    if story.aid_state in ("none", "ended"):
        _open(story)
        story.implied("转法律援助：登记等待律师认领")
    if story.aid_state == "waiting":
        story.fire("claim_case", proceeding=story.aid_id, actor=story.stage.lawyer)
    story.did("律师已认领援助案件")


def finish(story: Story) -> None:
    """When the case ends well the aid ends too; what the source does not tell of it is implied."""
    today = story.today.isoformat()
    if story.aid_state == "waiting":
        story.fire("claim_case", proceeding=story.aid_id, actor=story.stage.lawyer)
        story.implied("律师已认领援助案件")
    if story.aid_state == "acting":
        contact = {"contacted_on": today, "contact_note": "来源未载"}
        story.fire("contact_client", contact, proceeding=story.aid_id, actor=story.stage.lawyer)
        story.implied("律师已联系受援人")
    if story.aid_state == "advising":
        told = {"aid_result": "随案办结（来源未载援助结果）", "aid_hours_spent": 0}
        story.fire("finish_aid", told, proceeding=story.aid_id, actor=story.stage.lawyer)
        story.implied("援助办结（工时来源未载，登记为0）")

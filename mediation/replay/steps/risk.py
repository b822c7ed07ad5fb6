"""Warnings: risk is a history that may rise again at any time."""

from ..story import Story
from .book import StepBook

STEPS = StepBook()

OPEN = ("accepting", "mediation", "signing", "performance", "default", "failed")


def _raise(story: Story, level: str, words: str, signal: str) -> None:
    """A warning before the case is accepted, a change of risk afterwards, a line of the work log where neither fits."""
    told = {"risk_signals": [signal], "risk_note": words}
    if story.state in ("intake", "screening"):
        red = level == "red"
        done = story.fire(
            "raise_red_warning" if red else "raise_warning", told if red else {**told, "risk_level": level}
        )
        story.did(f"事项“{'发出红色预警' if red else '发出预警'}”：{story.runtime.title('risk_levels', level)}")
        assert done.to_state == "warning"
    elif story.state in OPEN:
        story.fire("note_risk", {**told, "risk_level": level})
        story.did(f"事项“记录风险变化”：{story.runtime.title('risk_levels', level)}")
    else:
        story.activity("risk", words)
        story.did(f"工作记录“风险变化”：{words}")


@STEPS.step("RISK_WARN")
def warn(story: Story) -> None:
    _raise(story, "orange", "来源载明发出风险预警（级别未公布，按橙色登记）", "other")
    story.implied("来源未公布预警级别，按橙色登记")


@STEPS.step("RISK_RED")
def warn_red(story: Story) -> None:
    _raise(story, "red", "来源载明高风险（紧急）预警", "extreme_words")


@STEPS.step("RELAPSE")
def relapse(story: Story) -> None:
    _raise(story, "orange", "情绪反复，风险重新升高", "extreme_words")

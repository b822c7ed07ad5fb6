"""The guide of each state: none is missing, none is left over, and no article is invented."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mediation.assembly import Definitions, assemble_definitions
from mediation.engine.definition import Event, State
from mediation.engine.guides import FEWEST, MOST, cited_in
from mediation.engine.resting import Room
from mediation.errors import BrokenDefinition
from mediation.settings import Settings, bundled

Spoil = Callable[[str, str, str], list[str]]


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return assemble_definitions()


@pytest.fixture
def spoil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Replaces words in one guide file of an own copy; gives the faults without the folder."""
    own = tmp_path / "workflows"
    shutil.copytree(bundled("workflows"), own)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(own))

    def spoilt(name: str, old: str, new: str) -> list[str]:
        path = own / "guides" / f"{name}.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(BrokenDefinition) as broken:
            assemble_definitions(Settings())
        return [fault.removeprefix(f"{own}/guides/") for fault in broken.value.faults]

    return spoilt


def test_every_state_of_every_version_has_a_guide(shipped: Definitions) -> None:
    for name, versions in shipped.definitions.items():
        states = {state for definition in versions.values() for state in definition.states}
        assert shipped.guides[name].keys() == states


def test_each_guide_says_what_and_asks_two_to_four_questions(shipped: Definitions) -> None:
    for (name, _), machine in shipped.machines.items():
        for state in machine.definition.states.values():
            guide = shipped.guides[name][state.name]
            assert guide.now.endswith("。")
            assert FEWEST <= len(guide.ask) <= MOST or (state.final and guide.ask), (name, state.name)
            assert all(re.search("[？。）]$", one) for one in (*guide.ask, *guide.mistakes))


def test_its_articles_are_those_that_the_state_rests_on(shipped: Definitions) -> None:
    papers = [shipped.templates.get(name) for name in shipped.templates.names]
    current = [versions[max(versions)] for versions in shipped.definitions.values()]
    room = Room(shipped.law, current, shipped.codes, papers)
    mediation = shipped.guides["dispute"]["mediation"]
    definition = shipped.definitions["dispute"][1]
    cited = cited_in(room, definition, definition.states["mediation"])
    assert {article.id for article in mediation.articles} <= cited
    assert {"ER-29", "LMA-14.3"} <= cited
    assert "LSR-17" not in cited


def test_a_state_without_a_guide_fails_the_check(spoil: Spoil) -> None:
    [missing, left_over] = sorted(
        spoil("inspection", "  order_unmet:", "  order_missed:"), key=lambda fault: "没有办案" not in fault
    )
    assert "状态“order_unmet”（责令期满待查实）没有办案指引，请补写" in missing
    assert "流程的各个版本都没有状态“order_missed”" in left_over


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("LSR-99", "没有编号为“LSR-99”的条文，请先补到 law/statutes/"),
        ("LMA-29", "状态“complained”的期限、文书和代码表都没有引用“LMA-29”，请删去或换一条"),
    ],
)
def test_an_article_that_nothing_cites_fails_the_check(spoil: Spoil, new: str, sentence: str) -> None:
    [fault] = spoil("inspection", "LSR-17", new)
    assert fault.startswith("inspection.yaml:")
    assert fault.endswith(sentence)


def test_too_few_questions_fail_the_check(spoil: Spoil) -> None:
    faults = spoil("follow_up_order", "      - （主管问当事人）单位或者工会联系过您吗，结果怎样？\n", "")
    assert faults[0].endswith("“answered”要写2到4个问当事人的问题，现有1个")


def test_a_guide_for_no_workflow_fails_the_check(spoil: Spoil, tmp_path: Path) -> None:
    stray = tmp_path / "workflows" / "guides" / "strike.yaml"
    stray.write_text("guide: strike\nstates: {}\n", "utf-8")
    faults = spoil("referral_in", "guide: referral_in", "guide: referral")
    assert faults[0].startswith("strike.yaml:1: 没有名为“strike”的流程")
    assert "guide 写的是“referral”，与文件名“referral_in”不一致" in faults[1]


NOT_FORWARD = re.compile(
    "撤|退回|不予|不愿|驳回|拒绝|未成|没有|逾期|发出预警|终止|终结|不签|放弃|反悔|缺席|恶化|再次升级|失效|否定|冲正|不成"
)
"""Words of events that withdraw, drop, undo, close without a result or raise an alarm."""
OTHERS_DECIDE = {
    "arbitration": {"commissioned", "public_notice", "award_open", "wrong_court", "annulled"},
    "enforcement": {"refused", "not_enforced"},
    "injury": {"denied", "graded"},
    "inspection": {"order_unmet"},
    "judicial_confirmation": {"objected"},
    "legal_aid": {"refused", "refusal_objected", "terminated", "termination_objected"},
    "litigation": {
        *("preaction", "not_filed", "ruling_appealed", "court_mediation", "appealable", "second_instance"),
    },
    "payment_order": {"objected", "choosing"},
    "petition": {"answered", "reviewed"},
    "supervision": {"proposal_failed"},
}
"""States without an ordinary step: a party chooses, a right merely runs, or the body's answer may be either."""


def test_the_next_step_of_each_state_is_its_actors_and_leads_forward(shipped: Definitions) -> None:
    for (name, _), machine in shipped.machines.items():
        for state in machine.definition.states.values():
            steps = shipped.guides[name][state.name].next
            assert bool(steps) != (state.final or state.name in OTHERS_DECIDE.get(name, set())), (name, state.name)
            for step in steps:
                event = machine.definition.events[step]
                assert state.acts_next in event.by
                assert event.confirm is None
                assert not NOT_FORWARD.search(event.title), event.title
                assert _moves_on(event, state), (name, state.name, step)


def _moves_on(event: Event, state: State) -> bool:
    """It leaves the state, or ends, renews or stands for the day that is shown."""
    leaves = any(branch.lands_in(state.name) != state.name for branch in event.branches)
    if state.name == "mediation" and event.name == "hold_session":  # closes the day of the first meeting
        return "session_hold" in event.closes
    return leaves or bool(event.starts) or event.ever_opens(state.within or "") or state.within in event.closes


def test_a_next_step_of_another_state_fails_the_check(spoil: Spoil) -> None:
    [fault] = spoil("legal_aid", "next: [claim_case]", "next: [list_case]")
    assert fault.endswith("在状态“waiting”没有事件“list_case”")


def test_a_next_step_that_its_actor_may_not_do_fails_the_check(spoil: Spoil) -> None:
    [fault] = spoil("legal_aid", "next: [claim_case]", "next: [designate_lawyer]")
    assert fault.endswith("事件“designate_lawyer”不由状态“waiting”的承办角色办理，请删去或换一个")

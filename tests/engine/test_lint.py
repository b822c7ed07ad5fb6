"""Each rule of the lint, broken once: a case bends the sound definition and names the fault it must get."""

from pathlib import Path

import pytest

from mediation.engine.loader import load_definition
from mediation.engine.machine import Machine
from mediation.errors import BrokenDefinition

from .small_world import SOUND, VOCABULARY, Facts, faults, load, write

DEAD_END = "  dead: { title: 死路, acts_next: clerk, within: answer_applicant }\n  closed:"
PING = """\
  {name}:
    title: {title}
    by: [clerk]
    from: {source}
    to: {target}
  withdraw:
"""


IDLE = "deadlines:\n  idle: { period: answer, from: today, owner: clerk }\n"
FOUR_FROM_ANYWHERE = (
    "".join(
        PING.format(name=f"e{n}", title=f"e{n}", source="any", target="same").removesuffix("  withdraw:\n")
        for n in range(4)
    )
    + "  withdraw:\n"
)


def event(name: str, source: str, target: str, title: str = "") -> tuple[str, str]:
    return "  withdraw:\n", PING.format(name=name, title=title or name, source=source, target=target)


def swapped(*swaps: tuple[str, str]) -> str:
    text = SOUND
    for old, new in swaps:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the sound definition"
        text = text.replace(old, new)
    return text


def test_the_sound_definition_is_accepted(tmp_path: Path) -> None:
    assert faults(tmp_path, SOUND) == []


BROKEN: dict[str, tuple[list[tuple[str, str]], str]] = {
    "unknown key": ([("    confirm:", "    confrim:")], "36: 不认识的键“confrim”"),
    "duplicate key": ([("    on_end: [legal_aid]\n", "    on_end: [legal_aid]\n    to: closed\n")], "键“to”重复"),
    "name in capitals": ([("  run_out:\n", "  RunOut:\n")], "名称“RunOut”只能用小写英文字母"),
    "missing title": ([("    title: 受理\n", "")], "12: “events.accept”必须填写“title”"),
    "text where a list belongs": ([("    opens: [finish]\n", "    opens: finish\n")], "“opens”应当是名称的列表"),
    "word where a flag belongs": ([("required: false", "required: maybe")], "“required”只能写 true 或 false"),
    "name twice": ([("[all_have_signed, ", "[all_have_signed, all_have_signed, ")], "“all_have_signed”写了两次"),
    "no version": ([("version: 1\n", "")], "“version”应当是 1、2、3"),
    "offset without d": ([("[-5d, -2d, 0d]", "[-5d, 2]")], "应当是名称的列表"),
    "offset in words": ([("[-5d, -2d, 0d]", "[明天]")], "“明天”应当写成 -5d"),
    "target after the due day": ([("target: -2d", "target: 2d")], "内部目标（target）应当早于法定期限"),
    "no by": ([("    by: [clerk]\n    from: intake\n", "    from: intake\n")], "没有写明谁可以办理（by）"),
    "empty by": (
        [("    by: [clerk]\n    from: intake\n", "    by: []\n    from: intake\n")],
        "没有写明谁可以办理（by）",
    ),
    "unknown role": (
        [("    by: [clerk]\n    from: intake\n", "    by: [king]\n    from: intake\n")],
        "角色“king”不存在",
    ),
    "unknown state in from": ([("    from: intake\n", "    from: nowhere\n")], "15: 状态“nowhere”不存在"),
    "unknown state in to": ([("    to: mediation\n", "    to: nowhere\n")], "状态“nowhere”不存在"),
    "unknown initial": ([("initial: intake", "initial: nowhere")], "4: 状态“nowhere”不存在"),
    "unknown guard": ([("guards: [amount_is_positive]", "guards: [trust_me]")], "条件“trust_me”不存在"),
    "unknown effect": ([("[book_receipt]", "[fly]")], "处理动作“fly”不存在"),
    "missing template at the start": (
        [("initial: intake\n", "initial: intake\nissues_at_start: [ode]\n")],
        "“ode”不存在",
    ),
    "missing template": ([("issues: [agreement]", "issues: [poem]")], "文书模板“poem”不存在"),
    "unknown workflow in starts": ([("starts: legal_aid", "starts: party")], "流程“party”不存在"),
    "unknown workflow in on_end": ([("on_end: [legal_aid]", "on_end: [party]")], "流程“party”不存在"),
    "unknown outcome": ([("outcome: settled", "outcome: magic")], "结果代码“magic”不存在"),
    "closes unknown deadline": ([("closes: [finish]", "closes: [doom]")], "期限“doom”不存在"),
    "extends unknown deadline": ([("deadline: finish,", "deadline: doom,")], "期限“doom”不存在"),
    "suspends unknown deadline": ([("    effects:", "    suspends: [doom]\n    effects:")], "期限“doom”不存在"),
    "extends by two things": ([("until: agreed_on", "until: agreed_on, days: agreed_on")], "只写一项"),
    "extends to something not asked": ([("until: agreed_on", "until: whim")], "没有询问“whim”"),
    "extends by a date as days": ([("until: agreed_on", "days: agreed_on")], "类型应为 integer"),
    "unknown ask type": ([("type: money", "type: gold")], "填写类型“gold”不存在"),
    "unknown code list": ([("choices: causes", "choices: moods")], "代码表“moods”不存在"),
    "choice without list": ([(", choices: causes", "")], "必须用 choices 指明代码表"),
    "list without choice": ([("type: money,", "type: money, choices: causes,")], "只有类型 choice 和 choices"),
    "many choices": ([("choices: causes", "choices: causes, many: true")], "类型 choices，不写 many"),
    "impossible default": ([("type: money,", "type: money, default: -5,")], "默认值不能用：金额不能为负数"),
    "fresh where nothing is ever proposed": (
        [("title: 签署日期 }", "title: 签署日期, fresh: true }")],
        "“signed_on”本来就不沿用以前填写的内容",
    ),
    "the same as another, told anew": (
        [("title: 到账金额 }", "title: 到账金额, fresh: true, same_as: [sum] }")],
        "“amount”不沿用以前填写的内容，不能写 same_as",
    ),
    "today as a sum": ([("type: money,", "type: money, default: today,")], "默认值不能用"),
    "reserved event": ([("  withdraw:\n", "  options:\n")], "“options”是保留字"),
    "reserved ask": ([("amount: { type", "revision: { type")], "“revision”是保留字"),
    "ask that hides the model": ([("amount: { type", "json: { type")], "“json”是保留字"),
    "ask that is Python": ([("amount: { type", "from: { type")], "“from”是保留字"),
    "unreachable state": ([event("leave", "dead", "closed"), ("  closed:", DEAD_END)], "状态“dead”永远到不了"),
    "no way out": (
        [event("fall", "intake", "dead"), ("  closed:", DEAD_END), ("from: any", "from: [intake, mediation]")],
        "状态“dead”没有出路",
    ),
    "no end reachable": (
        [
            event("fall", "intake", "dead"),
            ("  closed:", DEAD_END + " { title: 结案, final: true }\n  dead2:"),
            ("dead2: { title: 结案, final: true }", DEAD_END.split("\n")[0].strip().replace("dead:", "dead2:")),
            (
                "    from: any\n    to: closed\n",
                "    from: dead\n    to: dead2\n  back:\n    title: 回\n    by: [clerk]\n"
                "    from: dead2\n    to: dead\n",
            ),
        ],
        "从状态“dead”走不到任何终点",
    ),
    "no end at all": ([(", final: true", "")], "没有终点状态"),
    "nobody acts": ([(", acts_next: mediator", "")], "状态“mediation”没有写明由谁办理"),
    "a stranger acts": ([("acts_next: mediator", "acts_next: king")], "状态“mediation”没有写明由谁办理"),
    "the clock acts": ([("acts_next: mediator", "acts_next: clock")], "状态“mediation”没有写明由谁办理"),
    "the actor has nothing to do": ([("acts_next: mediator", "acts_next: lawyer")], "该角色在此没有可办的事件"),
    "no within": ([(", within: finish", "")], "状态“mediation”没有办理期限"),
    "unknown within": ([("within: finish", "within: doom")], "期限“doom”不存在"),
    "an end with a duty": ([("final: true", "final: true, acts_next: clerk")], "终点状态“closed”不写 acts_next"),
    "within not opened": ([("    opens: [finish]\n", "")], "不能保证期限“finish”在状态“mediation”中"),
    "within closed on the way": (
        [("    extends:", "    closes: [finish]\n    extends:")],
        "经事件“postpone”从“mediation”进入时没有开启",
    ),
    "within not opened on one of two ways": (
        [event("skip", "intake", "mediation")],
        "经事件“skip”从“intake”进入时没有开启",
    ),
    "within not opened at the start": ([("opens_at_start: [answer_applicant]\n", "")], "程序开始时没有开启"),
    "open branch before the last": (
        [
            ("      - { state: same }\n", ""),
            ("      - { state: closed, g", "      - { state: same }\n      - { state: closed, g"),
        ],
        "不带条件的去向必须放在最后",
    ),
    "two open branches": (
        [("      - { state: same }\n", "      - { state: same }\n      - { state: closed }\n")],
        "有两个不带条件的去向",
    ),
    "shadowed branch": (
        [("      - { state: same }\n", "      - { state: same, guards: [all_have_signed, nothing_is_owed] }\n")],
        "这个去向永远走不到",
    ),
    "guard named like a deadline": ([("[amount_is_positive]", "[finish]")], "期限不能作为条件"),
    "guard that judges lateness": ([("[amount_is_positive]", "[not_late]")], "“not_late”按期限把关"),
    "branch guard that judges lateness": ([("[nothing_is_owed]", "[not_late]")], "“not_late”按期限把关"),
    "unknown period": ([("period: fifteen_days", "period: soon")], "法定期间“soon”不存在"),
    "period without cite": ([("period: fifteen_days", "period: uncited")], "“uncited”没有写明依据（cites）"),
    "cite nobody reviewed": ([("period: fifteen_days", "period: unreviewed")], "没有核对日期（reviewed_on）"),
    "period without length": ([("period: fifteen_days", "period: endless")], "“endless”没有天数"),
    "period without from": ([("    from: accepted_on\n", "")], "写了 period 就要写 from"),
    "agreed and legal at once": ([("on: due_on", "on: due_on, period: answer, from: today")], "只写一种"),
    "counted from something not asked": ([("from: accepted_on", "from: dream")], "没有询问“dream”"),
    "counted from an optional answer": (
        [("title: 受理日期 }", "title: 受理日期, required: false }")],
        "“accepted_on”不是必填项",
    ),
    "counted from an amount": (
        [("accepted_on: { type: date", "accepted_on: { type: money")],
        "类型应为 date、datetime",
    ),
    "counted from an answer before there is any": (
        [("from: received_on", "from: accepted_on")],
        "期限在程序开始时就开启",
    ),
    "each of something else": ([("each: promises", "each: signed_on")], "没有任何事件填写名为“signed_on”的表格"),
    "unknown column": ([("on: due_on", "on: day")], "没有“day”这一栏"),
    "each at the start": ([("[answer_applicant]\nstates", "[answer_applicant, promise_due]\nstates")], "没有表格可填"),
    "agreed date without title": ([("title: 履行日, ", "")], "必须填写“title”"),
    "no owner": ([(", owner: lawyer", "")], "必须填写“owner”"),
    "unknown owner": ([("owner: lawyer", "owner: king")], "角色“king”不存在"),
    "unknown role to remind": ([("lawyer: [1d]", "king: [1d]")], "角色“king”不存在"),
    "unused deadline": ([("deadlines:\n", IDLE)], "没有任何事件开启"),
    "unknown on_missed": ([("on_missed: run_out", "on_missed: explode")], "事件“explode”不存在"),
    "missed, but the clock may not": ([("on_missed: run_out", "on_missed: withdraw")], "其 by 必须包含 clock"),
    "another period that nobody knows": (
        [("    period: fifteen_days\n", "    period: fifteen_days\n    instead: { cause: { wages: never } }\n")],
        "法定期间“never”不存在",
    ),
    "another period chosen by what nobody tells": (
        [("    period: fifteen_days\n", "    period: fifteen_days\n    instead: { mood: { bad: answer } }\n")],
        "“mood”既不是案件已知的内容",
    ),
    "another period for an agreed day": (
        [("title: 履行日, each", "title: 履行日, instead: { cause: { wages: answer } }, each")],
        "instead 只能与 period 一起写",
    ),
    "on_end, but the clock may not": ([("by: [mediator, clock]", "by: [mediator]")], "by 必须包含 clock"),
    "the clock is asked": (
        [("    on_end: [legal_aid]\n", "    on_end: [legal_aid]\n    asks: { why: { type: text, title: 原因 } }\n")],
        "“why”不能是必填项",
    ),
    "too many events from anywhere": (
        [("  withdraw:\n", FOUR_FROM_ANYWHERE)],
        "from: any 的事件有 5 个",
    ),
    "two buttons with one title": ([("title: 延长调解", "title: 达成调解协议")], "有两个事件都叫“达成调解协议”"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_lint_refuses(tmp_path: Path, rule: str) -> None:
    swaps, expected = BROKEN[rule]
    found = faults(tmp_path, swapped(*swaps))
    assert any(expected in fault for fault in found), found


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = swapped(("[book_receipt]", "[fly]"), ("issues: [agreement]", "issues: [poem]"), (", within: finish", ""))
    found = faults(tmp_path, text)
    assert [fault.split(":")[0] for fault in found] == sorted((f.split(":")[0] for f in found), key=int)
    assert [text.splitlines()[int(fault.split(":")[0]) - 1].split(":")[0].strip() for fault in found] == [
        "mediation",
        "issues",
        "effects",
    ]


def test_a_sound_agreement_on_a_fact_at_the_start(tmp_path: Path) -> None:
    text = swapped(("{ period: answer, from: received_on,", "{ title: 答复日, on: received_on,"))
    assert faults(tmp_path, text) == []
    assert load(tmp_path, text).deadlines["answer_applicant"].legal is False


def test_what_the_clock_is_asked_may_have_a_default(tmp_path: Path) -> None:
    asks = "    on_end: [legal_aid]\n    asks: { why: { type: text, title: 原因, default: 期满 } }\n"
    assert faults(tmp_path, swapped(("    on_end: [legal_aid]\n", asks))) == []


NEXT = SOUND.replace("version: 1", "version: 2")


def test_a_state_that_vanished_must_be_renamed(tmp_path: Path) -> None:
    previous = load(tmp_path)
    gone = NEXT.replace("  settlement:", "  fulfilment:").replace("to: settlement", "to: fulfilment")
    gone = gone.replace("from: settlement", "from: fulfilment")
    assert any("上一版的状态“settlement”不见了" in fault for fault in faults(tmp_path, gone, previous))
    assert faults(tmp_path, gone + "renamed: { settlement: fulfilment }\n", previous) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SOUND, "version 应当大于上一版的 1"),
        (NEXT + "renamed: { intake: mediation }\n", "“intake”应当是上一版有、这一版没有的状态"),
        (NEXT + "renamed: { old: nowhere }\n", "renamed 指向的状态“nowhere”不存在"),
    ],
)
def test_a_succession_is_checked(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in fault for fault in faults(tmp_path, text, load(tmp_path)))


@pytest.mark.parametrize("text", ["", "[]", "x", "workflow: [", "states: 1\nevents: []\n"])
def test_rubbish_is_refused_and_never_crashes(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text) != []


def test_a_missing_file_is_a_fault_too(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match="找不到这个文件"):
        load_definition(write(tmp_path).with_name("other.yaml"), VOCABULARY)


def test_a_branch_has_deadlines_of_its_own(tmp_path: Path) -> None:
    """`closes` and `opens` of a branch count only on that way: here the way into mediation, not the one that stays."""
    branches = "    to:\n      - {{ state: mediation, guards: [all_have_signed]{} }}\n      - {{ state: same }}\n"
    away = [("    closes: [answer_applicant]\n    opens: [finish]\n", ""), ("    to: mediation\n", branches)]
    bare = swapped(away[0], (away[1][0], branches.format("")))
    own = swapped(away[0], (away[1][0], branches.format(", closes: [answer_applicant], opens: [finish]")))
    assert any("不能保证期限“finish”" in fault for fault in faults(tmp_path, bare))
    assert faults(tmp_path, own) == []
    decision = Machine(load(tmp_path, own), VOCABULARY).decide("intake", "accept", ["clerk"], Facts())
    assert (decision.branch.closes, decision.branch.opens) == (("answer_applicant",), ("finish",))
    stayed = Machine(load(tmp_path, own), VOCABULARY).decide("intake", "accept", ["clerk"], Facts(signed=False))
    assert (stayed.to_state, stayed.branch.opens) == ("intake", ())

"""What the loader makes of a file and of a folder with versions."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from mediation.engine.definition import Branch, Extension
from mediation.engine.loader import load_folder
from mediation.errors import BrokenDefinition

from .small_world import SOUND, VOCABULARY, load, write

ONE_WORKFLOW = SOUND.replace("    starts: legal_aid\n", "").replace("    on_end: [legal_aid]\n", "")


def test_a_file_becomes_frozen_values(tmp_path: Path) -> None:
    definition = load(tmp_path)
    assert (definition.name, definition.version, definition.initial) == ("dispute", 1, "intake")
    assert definition.opens_at_start == ("answer_applicant",)
    assert isinstance(definition.events, MappingProxyType)
    receipt = definition.events["record_receipt"]
    assert receipt.branches == (Branch("closed", ("nothing_is_owed",), "settled"), Branch(None, (), None))
    assert definition.events["postpone"].extends == (Extension("finish", "agreed_on", None),)
    assert definition.events["postpone"].asks["agreed_on"].required is True
    withdraw = definition.events["withdraw"]
    assert (withdraw.anywhere, withdraw.from_) == (True, ("intake", "mediation", "settlement"))
    assert [event.name for event in definition.events_from("intake")] == ["accept", "withdraw"]


def test_an_ask_says_what_its_form_begins_with(tmp_path: Path) -> None:
    text = SOUND.replace("title: 受理日期 }", "title: 受理日期, default: today }")
    text = text.replace("title: 到账金额 }", "title: 到账金额, same_as: [claimed] }")
    events = load(tmp_path, text.replace("required: false }", "required: false, fresh: true }")).events
    day, cause = events["accept"].asks["accepted_on"], events["accept"].asks["cause"]
    assert (day.today, day.default, day.required) == (True, None, True)
    assert (cause.today, cause.fresh, cause.same_as) == (False, True, ())
    assert events["record_receipt"].asks["amount"].same_as == ("claimed",)


@pytest.mark.parametrize("name", ["claimed", "amount", "cause"])
def test_the_same_as_what_nobody_asks_in_that_way_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, ONE_WORKFLOW.replace("title: 到账金额 }", f"title: 到账金额, same_as: [{name}] }}"))
    with pytest.raises(BrokenDefinition, match=f"same_as 写的“{name}”没有任何事件"):
        load_folder(tmp_path, VOCABULARY)


def test_the_same_as_a_fact_of_the_case(tmp_path: Path) -> None:
    write(tmp_path, ONE_WORKFLOW.replace("title: 到账金额 }", "title: 到账金额, same_as: [claimed] }"))
    known = replace(VOCABULARY, documents=frozenset({"agreement"}), known={"claimed": "money"})
    events = load_folder(tmp_path, known)["dispute"][1].events
    assert events["record_receipt"].asks["amount"].same_as == ("claimed",)


def test_a_deadline_takes_title_law_and_owner_from_where_they_stand(tmp_path: Path) -> None:
    rules = load(tmp_path).deadlines
    finish, promise = rules["finish"], rules["promise_due"]
    assert (finish.title, finish.legal, finish.owner, finish.target) == ("调解期限", True, "mediator", 2)
    assert finish.remind == {"mediator": (-5, -2, 0), "lawyer": (1,)}
    assert (promise.title, promise.legal, promise.each, promise.on) == ("履行日", False, "promises", "due_on")


def test_an_office_target_is_not_law(tmp_path: Path) -> None:
    text = SOUND.replace("period: answer,", "period: office_goal,")
    assert load(tmp_path, text).deadlines["answer_applicant"].legal is False


def test_the_digest_follows_the_bytes(tmp_path: Path) -> None:
    first = load(tmp_path).digest
    assert first == load(tmp_path / "elsewhere").digest
    assert first != load(tmp_path, SOUND + "# a remark\n").digest


def test_a_folder_holds_the_current_version_and_those_that_old_cases_follow(tmp_path: Path) -> None:
    write(tmp_path, ONE_WORKFLOW, "versions/dispute.v1.yaml")
    write(tmp_path, ONE_WORKFLOW.replace("version: 1", "version: 2"))
    found = load_folder(tmp_path, VOCABULARY)
    assert {name: list(versions) for name, versions in found.items()} == {"dispute": [1, 2]}
    assert found["dispute"][2].path.name == "dispute.yaml"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("other.yaml", ONE_WORKFLOW, "与文件名“other”不一致"),
        ("versions/dispute.v3.yaml", ONE_WORKFLOW, "version 写的是 1，与文件名不一致"),
        ("versions/dispute.yaml", ONE_WORKFLOW, "旧版本的文件名应当形如"),
        ("versions/dispute.v1.yaml", ONE_WORKFLOW, "version 应当大于上一版的 1"),
        ("broken.yaml", "workflow: broken\n", "定义必须填写“states”"),
    ],
)
def test_a_folder_is_refused(tmp_path: Path, name: str, text: str, expected: str) -> None:
    write(tmp_path, ONE_WORKFLOW)
    write(tmp_path, text, name)
    with pytest.raises(BrokenDefinition) as broken:
        load_folder(tmp_path, VOCABULARY)
    assert any(expected in fault for fault in broken.value.faults), broken.value.faults


def test_a_template_that_nothing_issues_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ONE_WORKFLOW)
    vocabulary = replace(VOCABULARY, documents=frozenset({"agreement", "forgotten"}))
    with pytest.raises(BrokenDefinition, match="文书模板“forgotten”没有任何流程签发"):
        load_folder(tmp_path, vocabulary)


def test_a_template_written_at_the_start_is_used(tmp_path: Path) -> None:
    text = ONE_WORKFLOW.replace("initial: intake\n", "initial: intake\nissues_at_start: [receipt]\n")
    write(tmp_path, text)
    vocabulary = replace(VOCABULARY, documents=frozenset({"agreement", "receipt"}))
    assert load_folder(tmp_path, vocabulary)["dispute"][1].issues_at_start == ("receipt",)


def test_the_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, ONE_WORKFLOW.replace("title: 受理\n", "titel: 受理\n"))
    write(tmp_path, "workflow: legal_aid\n", "legal_aid.yaml")
    with pytest.raises(BrokenDefinition) as broken:
        load_folder(tmp_path, VOCABULARY)
    assert {fault.split(":")[0].rsplit("/", 1)[1] for fault in broken.value.faults} == {
        "dispute.yaml",
        "legal_aid.yaml",
    }

"""`mediation workflow`: exit codes, faults one a line, and what is printed."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from mediation.cli.workflow import app
from mediation.engine.loader import load_folder
from mediation.law.book import LawBook
from mediation.law.workdays import Workdays

from .small_world import SOUND, VOCABULARY, write

LAW = LawBook({}, VOCABULARY.periods, {}, {}, Workdays([]))  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of definitions that the command reads instead of the bundled ones."""
    assembly = ModuleType("mediation.assembly")
    assembly.assemble_definitions = lambda: SimpleNamespace(  # type: ignore[attr-defined]
        definitions=load_folder(tmp_path, VOCABULARY), law=LAW, vocabulary=VOCABULARY
    )
    monkeypatch.setitem(sys.modules, "mediation.assembly", assembly)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_check_says_what_it_has_read(folder: Path) -> None:
    write(folder, SOUND)
    result = run("check", "dispute")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "没有问题：劳动争议调解（dispute）第1版，4 个状态，6 个事项，3 个期限\n"


def test_check_prints_each_fault_on_its_line_and_fails(folder: Path) -> None:
    path = write(folder, SOUND.replace("title: 受理\n", "titel: 受理\n"))
    result = run("check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [f"{path}:12", f"{path}:13"]


@pytest.mark.parametrize("command", ["check", "show", "diagram"])
def test_an_unknown_name_says_what_there_is(folder: Path, command: str) -> None:
    write(folder, SOUND)
    result = run(command, "dispatch")
    assert (result.exit_code, result.stderr) == (2, "没有名为“dispatch”的流程，已有：dispute\n")


def test_show_reads_like_a_manual(folder: Path) -> None:
    write(folder, SOUND)
    shown = run("show").stdout
    assert "## 调解中（mediation）" in shown
    assert "由调解员办理；期限：调解期限 15日（《测试法》第十四条）" in shown
    assert "达成调解协议（settle）[调解员] → 履行中" in shown
    assert "拦下时说：双方当事人尚未全部签字。调解组织尚未盖章。" in shown


def test_diagram_comes_as_text_or_picture(folder: Path) -> None:
    write(folder, SOUND)
    assert run("diagram", "dispute").stdout.startswith("stateDiagram-v2\n")
    assert run("diagram", "dispute", "--svg").stdout.startswith("<svg ")

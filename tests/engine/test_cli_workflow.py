"""`mediation workflow`: exit codes, faults one a line, and what is printed; on a folder of the office's own."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mediation.cli.workflow import app
from mediation.settings import bundled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped lawyer's room, which the setting points to, as an office may."""
    own = tmp_path / "workflows"
    shutil.copytree(bundled("workflows"), own)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(own))
    return own


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_check_says_what_it_has_read(folder: Path) -> None:
    result = run("check", "legal_aid")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "没有问题：职工法律援助（legal_aid）第1版，4 个状态，5 个事项，3 个期限",
        "没有问题：职工法律援助（legal_aid）第2版，17 个状态，29 个事项，13 个期限",
    ]


def test_check_prints_each_fault_on_its_line_and_fails(folder: Path) -> None:
    path = folder / "legal_aid.yaml"
    lines = path.read_text("utf-8").splitlines()
    place = lines.index("    title: 认领")
    path.write_text("\n".join([*lines[:place], "    titel: 认领", *lines[place + 1 :]]) + "\n", "utf-8")
    result = run("check")
    assert (result.exit_code, result.stdout) == (1, "")
    told = [line.split(": ")[0] for line in result.stderr.splitlines()]
    assert told == [f"{path}:{place}", f"{path}:{place + 1}"]
    assert "titel" in result.stderr


@pytest.mark.parametrize("command", ["check", "show", "diagram"])
def test_an_unknown_name_says_what_there_is(folder: Path, command: str) -> None:
    result = run(command, "dispatch")
    there = "、".join(sorted(path.stem for path in folder.glob("*.yaml")))
    assert (result.exit_code, result.stderr) == (2, f"没有名为“dispatch”的流程，已有：{there}\n")


def test_show_reads_like_a_manual(folder: Path) -> None:
    shown = run("show", "dispute").stdout
    assert "## 调解中（mediation）" in shown
    assert "《企业劳动争议协商调解规定》第二十九条" in shown
    assert "即时履行（settle_on_spot）[调解员] → 已履行待回访" in shown
    assert "调解员尚未签名（调解仲裁法第十四条）。" in shown


def test_diagram_comes_as_text_or_picture(folder: Path) -> None:
    assert run("diagram", "dispute").stdout.startswith("stateDiagram-v2\n")
    assert run("diagram", "dispute", "--svg").stdout.startswith("<svg ")

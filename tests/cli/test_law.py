"""`mediation law` on the command line."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mediation.cli import application
from mediation.settings import bundled
from tests.law.tables import TABLES


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(application(["law"]), ["law", *words])
    return result.exit_code, result.stdout, result.stderr


def test_the_list_goes_by_tables() -> None:
    code, out, err = run("list", "--group", "1.D")
    assert (code, err) == (0, "")
    assert "# 1.D 劳动人事仲裁" in out
    assert "arb_award  仲裁裁决：45日（自然日）" in out
    assert "mediation_finish" not in out
    everything = run("list")[1]
    assert [line[2:5] for line in everything.splitlines() if line.startswith("# 1.")] == sorted(TABLES)
    assert "min_wage_monthly" in everything
    assert "from_memory" in everything


def test_the_unverified_list_says_why() -> None:
    code, out, _ = run("list", "--unverified")
    assert code == 0
    assert "supervision_hint_reply  监督提示函的答复：15日（自然日），本单位设定（法律没有规定天数）【待核实】" in out
    assert "只见到办法的开头" in out
    assert "mediation_finish " not in out
    rows = json.loads(run("list", "--unverified", "--json")[1])
    assert len(rows["unverified"]) == 14
    assert all(period["unverified_because"] for period in rows["periods"])
    assert {amount["key"] for amount in rows["amounts"]} >= {"cap_wage_monthly", "injury_average_wage_monthly"}


SHOWN = {
    "mediation_finish": ["延长：双方当事人签字同意延期", "← 流程 dispute 的期限 mediation_finish"],
    "ER-29": ["← 期限 mediation_finish 调解期限", "← 流程 dispute 的期限 mediation_finish"],
    "LCL-47": ["← 请求项目 severance 经济补偿", "← 公式 severance"],
    "ER-26.2": ["← 文书 mediation_agreement 调解协议书"],
    "cap_wage_monthly": ["47103.25元/月", "← 待核实事项 average_wages"],
    "beijing_legal_aid": ["← 期限 legal_aid_bj_decide"],
    "LMA": ["LMA-29  第二十九条"],
    "supervision_hint_reply": ["外地规定（对本市没有约束力）：内蒙古", "本单位设定（法律没有规定天数）"],
}


@pytest.mark.parametrize(("id", "told"), SHOWN.items())
def test_one_row_is_shown_with_all_that_rests_on_it(id: str, told: list[str]) -> None:
    code, out, err = run("show", id)
    assert (code, err) == (0, "")
    assert [text for text in told if text not in out] == []


def test_programs_read_one_row() -> None:
    told = json.loads(run("show", "ER-29", "--json")[1])
    assert told["row"]["reviewed_on"] == "2026-11-20"
    assert told["resting"]["periods"] == ["mediation_finish"]
    period = json.loads(run("show", "supervision_hint_reply", "--json")[1])["row"][0]
    assert (period["law"], period["setting"], period["verified"]) == (False, True, False)


@pytest.mark.parametrize("id", ["ER-99", "", "; rm -rf /"])
def test_an_unknown_row_is_refused(id: str) -> None:
    code, out, err = run("show", id)
    assert (code, out) == (2, "")
    assert "没有编号为" in err


def test_an_almost_right_name_is_helped() -> None:
    assert "mediation_finish" in run("show", "mediation_fin")[2]
    assert "没有“9.Z”这一组" in run("list", "--group", "9.Z")[2]


def test_the_shipped_law_holds_together() -> None:
    code, out, err = run("check", "--on", "2026-11-20")
    assert (code, err) == (0, "")
    assert out.startswith("没有问题：")
    assert run("check", "--on", "someday")[0] == 2


def test_faults_are_told_with_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workflows, papers = tmp_path / "workflows", tmp_path / "papers"
    shutil.copytree(bundled("workflows"), workflows)
    shutil.copytree(bundled("document_templates"), papers)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(workflows))
    monkeypatch.setenv("MEDIATION_DOCUMENT_TEMPLATES", str(papers))
    heads, letter = workflows / "codes" / "demand_heads.yaml", papers / "enforcement_application.txt.j2"
    heads.write_text(heads.read_text(encoding="utf-8").replace("cites: LCL-82", "cites: LCL-999"), encoding="utf-8")
    letter.write_text(letter.read_text(encoding="utf-8").replace("LMA-51", "LMA-99", 1), encoding="utf-8")
    code, out, err = run("check", "--on", "2026-11-20")
    assert (code, out) == (1, "")
    lines = err.strip().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{heads}:8: ")
    assert lines[1].startswith(f"{letter}:")
    assert "LMA-99" in lines[1]


def test_a_period_that_ended_without_a_successor_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workflows = tmp_path / "workflows"
    shutil.copytree(bundled("workflows"), workflows)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(workflows))
    path = workflows / "law" / "periods" / "mediation.yaml"
    old = "cites: [ER-29]\n    in_force_from: 2012-01-01\n"
    shipped = path.read_text(encoding="utf-8")
    assert old in shipped
    path.write_text(shipped.replace(old, old + "    in_force_to: 2026-11-30\n"), encoding="utf-8")
    assert run("check", "--on", "2026-11-30")[0] == 0
    code, _, err = run("check", "--on", "2026-12-01")
    assert code == 1
    assert "“mediation_finish”已经失效而没有新的版本" in err
    assert f"{workflows}/dispute.yaml:" in err


def test_a_law_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workflows = tmp_path / "workflows"
    shutil.copytree(bundled("workflows"), workflows)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(workflows))
    path = workflows / "law" / "unverified.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[BJLA]", "[BJLB]"), encoding="utf-8")
    for words in (["check"], ["list"], ["show", "ER-29"]):
        code, out, err = run(*words)
        assert (code, out) == (1, "")
        assert err.startswith(f"{path}:")

"""`mediation calculate` on the command line."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from mediation.cli.calculate import calculate
from mediation.law.entitlements.registry import FORMULAS

app = typer.Typer()
app.command()(calculate)

HIRED = '{"start": "2020-03-16", "end": "2026-09-30", "average_wage": "15000"}'


def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, words, input=typed)
    return result.exit_code, result.stdout, result.stderr


def test_people_read_the_sum_the_steps_and_what_is_open() -> None:
    code, out, err = run("severance", "--input", HIRED)
    assert (code, err) == (0, "")
    assert out.startswith("经济补偿（N）：105,000.00元\n计算过程：\n1. 工作年限：2020年3月16日至2026年9月30日")
    assert "经济补偿 = 15,000元 × 7 = 105,000元" in out
    assert "《劳动合同法》第四十七条" in out
    assert "待核实：经济补偿封顶月工资" in out
    assert out.rstrip().endswith("由调解、仲裁或法院认定。")


def test_programs_read_json() -> None:
    answer = json.loads(run("severance_plus_one", "--input", HIRED[:-1] + ', "last_wage": 16000.5}', "--json")[1])
    assert (answer["rule"], answer["amount"], answer["range"]) == ("severance_plus_one@1", "121000.50", None)
    assert answer["demands"] == [
        {"head": "severance", "amount": "105000.00"},
        {"head": "notice_pay", "amount": "16000.50"},
    ]
    assert {"inputs", "steps", "articles", "rounding", "uncertain", "parameters", "caution"} <= set(answer)


def test_the_day_of_the_law_may_be_chosen() -> None:
    gap = '{"months": [{"month": "2026-03", "paid": "2000"}]}'
    sums = [
        json.loads(run("minimum_wage_gap", "--input", gap, "--json", *more)[1])["amount"]
        for more in ((), ("--as-of", "2024-01-01"))
    ]
    assert sums == ["540.00", "420.00"]


def test_inputs_come_from_a_file_or_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(HIRED, "utf-8")
    assert run("severance", "--input", f"@{file}")[1] == run("severance", "--input", "-", typed=HIRED)[1]


def test_without_a_formula_all_are_listed() -> None:
    code, out, _ = run()
    assert code == 0
    assert all(f"  {f.id}  {f.title}" in out for f in FORMULAS.values())
    assert [f["id"] for f in json.loads(run("--json")[1])] == list(FORMULAS)


def test_a_formula_tells_what_it_wants() -> None:
    code, out, _ = run("double_wage", "--schema")
    assert code == 0
    assert "  hired  入职日（必填；日期" in out
    assert "divisor 按月计薪天数21.75折算" in out
    assert "employer_says  单位主张的应发" in run("arrears", "--schema")[1]
    assert json.loads(run("arrears", "--schema", "--json")[1])["required"] == ["months"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["severence"], "  severance  经济补偿（N）"),
        (["severance"], "  start（入职日）：必须填写。"),
        (["severance", "--input", HIRED.replace("2026", "2019")], "  end（离职日）：离职日早于入职日"),
        (["severance", "--input", HIRED[:-1] + ', "k": 3}'], "  k：没有这一项"),
        (["arrears", "--input", '{"months": [{"month": "2026-13"}]}'], "  months.0.month（各月工资 第1行 月份）："),
        (["severance", "--input", "{"], "不是有效的 JSON"),
        (["severance", "--input", "[]"], "应为一组"),
        (["severance", "--input", "@nowhere.json"], "读不到“nowhere.json”"),
        (["severance", "--input", HIRED, "--as-of", "soon"], "“soon”不是有效的日期"),
        (["minimum_wage_gap", "--input", '{"months": [{"month": "2020-01"}]}'], "“月最低工资标准”自2021-08-01起"),
    ],
)
def test_what_cannot_be_computed_is_explained(words: list[str], told: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert told in err

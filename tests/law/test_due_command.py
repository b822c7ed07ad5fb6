"""`mediation due` on the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from mediation.cli.due import due

app = typer.Typer()
app.command()(due)


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout, result.stderr


def test_people_read_the_day_and_the_reasons() -> None:
    code, out, err = run("mediation_finish", "--from", "2026-09-17")
    assert (code, err) == (0, "")
    assert out.startswith("调解期限：2026-10-08\n未顺延的末日：2026-10-02\n")
    assert "自9月17日受理次日起算15日，末日10月2日为国庆节假期，顺延至10月8日" in out


def test_programs_read_json() -> None:
    code, out, _ = run("mediation_finish", "--from", "2026-09-17", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer.pop("reasons")[0] == "依《企业劳动争议协商调解规定》第二十九条，期限为15日（自然日）"
    assert answer == {
        "period": "mediation_finish",
        "start": "2026-09-17",
        "nominal_due": "2026-10-02",
        "legal_due": "2026-10-08",
        "provisional": False,
        "cite": {"law": "企业劳动争议协商调解规定", "article": "第二十九条", "source": "L"},
    }


def test_several_articles_are_all_listed() -> None:
    answer = json.loads(run("judicial_confirmation_apply", "--from", "2026-11-20", "--json")[1])
    assert [c["article"] for c in answer["cites"]] == ["第三十三条", "第二百零五条"]
    assert answer["cite"] == answer["cites"][0]


def test_internal_targets_cite_no_law() -> None:
    answer = json.loads(run("intake_screening", "--from", "2026-11-20", "--json")[1])
    assert answer["cite"] == {"law": None, "article": None, "source": "D"}


def test_what_is_not_verified_comes_with_its_reason() -> None:
    out = run("legal_aid_bj_decide", "--from", "2026-09-18")[1]
    assert "待核实：北京市法律援助条例：2008年通过之后是否修订或者废止没有核到" in out
    answer = json.loads(run("supervision_hint_reply", "--from", "2026-09-20", "--json")[1])
    assert any("只见到办法的开头" in reason for reason in answer["unverified_because"])
    assert "本单位设定，不是法定期限" in answer["reasons"][0]
    assert "unverified_because" not in json.loads(run("arb_accept", "--from", "2026-09-20", "--json")[1])


def test_a_provisional_day_is_marked() -> None:
    assert "2027-01-04（暂定）" in run("mediation_accept", "--from", "2026-12-30")[1]


def test_hours_take_an_instant() -> None:
    answer = json.loads(run("warning_verify_red", "--from", "2026-11-20T23:30", "--json")[1])
    assert answer["legal_due"] == "2026-11-21T01:30:00+08:00"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mediation_finnish", "--from", "2026-09-17"], "  mediation_finish  调解期限"),
        (["mediation_finish", "--from", "2026-02-30"], "“2026-02-30”不是有效的日期，请写成 2026-11-20"),
        (["mediation_finish", "--from", "2026-09-17", "--as-of", "soon"], "“soon”不是有效的日期"),
        (["warning_verify_red", "--from", "2026-09-17T25:00"], "不是有效的时刻"),
        (["warning_verify_red", "--from", "2026-09-17"], "按小时计算，请给出时刻"),
        (["mediation_finish_nef", "--from", "2024-09-17"], "自2025-01-10起才施行"),
        (["mediation_finish", "--from", "2026-09-17", "--as-of", "2011-01-01"], "才施行"),
        (["agreement_performance_due", "--from", "2026-09-17"], "请填写约定的日期"),
    ],
)
def test_what_cannot_be_answered_is_explained(words: list[str], told: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert told in err

"""The file of published cases is read strictly: every fault with line and path."""

from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from mediation.cli.replay import replay
from mediation.errors import BrokenDefinition
from mediation.replay.days import Published, read_published
from mediation.replay.published import read_cases
from mediation.replay.vocabulary import HANDLERS, TITLES
from tests.replay.case_files import case, write


def _faults(file: Path) -> str:
    with pytest.raises(BrokenDefinition) as broken:
        read_cases(file, TITLES)
    return str(broken.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": ["IN_WALKIN", "DANCE"]}, "cases[0].steps[1]（T-1）: 没有“DANCE”这个步骤编号"),
        ({"channel": "IN_NOWHERE"}, "没有“IN_NOWHERE”这个来源编号"),
        ({"sums": ("tausend", None, None)}, "cases[0].amounts.claimed.value（T-1）"),
        ({"sums": (True, None, None)}, "金额应为数字"),
        ({"sums": (-5, None, None)}, "金额不能为负数"),
        ({"timeline": [{"date": "2025-13", "event": "x"}]}, "“2025-13”这一天不存在"),
        ({"timeline": [{"date": "soon", "event": "x"}]}, "“soon”不是日期"),
        ({"workers_count": {"value": "three"}}, "人数应为整数"),
        ({"steps": []}, "cases[0].steps"),
    ],
)
def test_faults_say_where_and_what(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    found = _faults(write(tmp_path, case(**changes)))
    assert said in found
    assert found.startswith(f"{tmp_path / 'cases.yaml'}:")


def test_two_cases_may_not_share_a_number(tmp_path: Path) -> None:
    assert "案例编号“T-1”重复" in _faults(write(tmp_path, case(), case()))


def test_broken_yaml_and_files_that_are_not_there(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("cases: [\n", "utf-8")
    assert "YAML 写法有误" in _faults(broken)
    assert "找不到这个文件" in _faults(tmp_path / "none.yaml")


def test_every_code_has_a_title_and_something_that_answers_it() -> None:
    assert HANDLERS.keys() == TITLES.keys()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026", Published(2026)),
        ("2026-03", Published(2026, 3)),
        ("--03-05", Published(None, 3, 5)),
        ("2018-08..2018-11", Published(2018, 11, span=True)),
        ("unknown", Published()),
        (None, Published()),
    ],
)
def test_dates_as_far_as_they_were_published(text: str | None, read: Published) -> None:
    assert read_published(text) == read


@pytest.fixture
def command() -> Typer:
    app = Typer()
    app.command()(replay)
    return app


def test_the_command_answers_2_for_a_bad_file_and_an_unknown_case(tmp_path: Path, command: Typer) -> None:
    bad = write(tmp_path, case(steps=["DANCE"]))
    assert CliRunner().invoke(command, [str(bad)]).exit_code == 2
    good = write(tmp_path, case())
    assert CliRunner().invoke(command, [str(good), "--case", "T-9"]).exit_code == 2

"""A broken law file is refused at the start, with file and line, all faults at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mediation.errors import BrokenDefinition
from mediation.law.book import LawBook

Spoil = Callable[[str, str, str], int]


@pytest.fixture
def folder(law_copy: Path) -> Path:
    return law_copy


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Replace one text in one file; gives the line where it stood."""

    def change(file: str, old: str, new: str) -> int:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return change


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(BrokenDefinition) as broken:
        LawBook.load(folder)
    return broken.value.faults


LINES = [
    ("law/periods/mediation.yaml", "cites: [ER-29]", "cites: [ER-299]", "引用了不存在的条文“ER-299”"),
    ("law/periods/mediation.yaml", "cites: [ER-29]", "cites: []", "没有法条依据"),
    ("law/periods/mediation.yaml", "    kind: duty+effect", "    kind: wish", "的 kind 应由下列组成"),
    (
        "law/periods/mediation.yaml",
        "    title: 调解期限",
        "    title: 调解期限\n    titel: 调解期限",
        "不认识的键“titel”",
    ),
    ("law/periods/mediation.yaml", "    length: 15", "    length: fifteen", "的 length 应为不小于零的整数"),
    ("law/periods/mediation.yaml", "    length: 15", "    length: -15", "的 length 应为不小于零的整数"),
    ("law/periods/mediation.yaml", "    unit: natural_days", "    unit: days", "的 unit 应为下列之一"),
    ("law/periods/mediation.yaml", "in_force_from: 2012-01-01", "in_force_from: soon", "的 in_force_from 应为日期"),
    ("law/periods/mediation.yaml", "    counting: court", "    counting: courts", "的 counting 应为下列之一"),
    ("law/periods/mediation.yaml", "unit: natural_days, cap: 15 }", "unit: days, cap: 15 }", "的 unit 应为下列之一"),
    ("law/periods/limitation.yaml", "    direction: before", "    direction: before\n    roll: true", "不得顺延"),
    ("law/periods/mediation.yaml", "    source: B", "    source: X", "的 source 应由"),
    ("law/periods/mediation.yaml", "    source: B", "    source: B\n    verified: true", "不能标为 verified"),
    (
        "law/periods/mediation.yaml",
        "unit: working_days, source: D,",
        "unit: working_days, source: S,",
        "来源不能是 S 或 L",
    ),
    ("law/periods/mediation.yaml", "  mediation_accept_nef:", "  mediation_accept:", "键“mediation_accept”重复"),
    ("law/office.yaml", "basis: 内部工作安排, ", "", "请在 basis 写明由来"),
    ("law/office.yaml", "  intake_screening:", "  mediation_finish:", "在 periods/ 已有"),
    (
        "law/statutes/disputes.yaml",
        "可以延期；期满未达成协议的视为调解不成, reviewed_on: 2026-11-20,",
        "x,",
        "缺少 reviewed_on",
    ),
    ("law/statutes/disputes.yaml", "article: 第二十九条,", "article: 第二十八条,", "与条文“第二十八条”不一致"),
    ("law/statutes/disputes.yaml", "      ER-30:", "      XX-30:", "的编号应以“ER-”开头"),
    ("law/statutes/disputes.yaml", ", note: 只见二手卡片，且与十五日的规定不一致 }", " }", "请在 note 写明缘由"),
    ("law/counting.yaml", "rolls: [CC-203.1]", "rolls: [CC-999]", "引用了不存在的条文“CC-999”"),
    ("law/routes.yaml", "window: civil_limitation", "window: forever", "的 window 不是已有的期限"),
    ("law/amounts.yaml", "value: 14.6", "value: a lot", "的 value 应为数字"),
    ("law/amounts.yaml", ", note: 只见二手卡片；自第二个工资支付周期起 }", " }", "请在 note 写明缘由"),
    ("calendars/cn/2026.yaml", "statutory: [2026-04-05]", "statutory: [2027-04-05]", "2027-04-05 不在2026年内"),
    ("calendars/cn/2026.yaml", "rest: [2026-04-04, 2026-04-06]", "rest: [2026-04-05]", "2026-04-05 重复列出"),
    ("calendars/cn/2026.yaml", "2026-02-14, 2026-02-28", "2026-02-16, 2026-02-28", "2026-02-16 重复列出"),
    ("calendars/cn/2026.yaml", "makeup: [2026-01-04", "makeup: [2026-01-05", "2026-01-05 不是周六或周日"),
    ("calendars/cn/2026.yaml", "statutory: [2026-04-05]", "statutory: [2026-04-31]", "没有“2026-04-31”这一天"),
    ("calendars/cn/2026.yaml", "year: 2026", "year: 2025", "应与文件名 2026.yaml 一致"),
    ("calendars/cn/2026.yaml", "notice: 国办发明电〔2025〕7号", "notice:", "缺少 notice"),
]


@pytest.mark.parametrize(("file", "old", "new", "sentence"), LINES, ids=[f"{f}-{s}" for f, _, _, s in LINES])
def test_a_fault_names_file_and_line(folder: Path, spoil: Spoil, file: str, old: str, new: str, sentence: str) -> None:
    spoil(file, old, new)
    found = [fault for fault in faults_of(folder) if sentence in fault]
    assert found
    assert all(fault.startswith(f"{folder / file}:") for fault in found)


def test_the_line_is_the_line_of_the_mistake(folder: Path, spoil: Spoil) -> None:
    line = spoil("law/periods/mediation.yaml", "cites: [ER-29]", "cites: [ER-299]")
    (fault,) = faults_of(folder)
    assert fault == (
        f"{folder}/law/periods/mediation.yaml:{line}: "
        "“mediation_finish”引用了不存在的条文“ER-299”，请在 statutes/ 补上或改正"
    )


def test_all_faults_of_all_files_come_at_once(folder: Path, spoil: Spoil) -> None:
    spoil("law/periods/mediation.yaml", "cites: [ER-29]", "cites: [ER-299]")
    spoil("law/amounts.yaml", "value: 14.6", "value: a lot")
    spoil("calendars/cn/2026.yaml", "makeup: [2026-01-04", "makeup: [2026-01-05")
    assert len(faults_of(folder)) == 3


def test_versions_of_a_period_may_follow_but_not_overlap(folder: Path) -> None:
    office = folder / "law" / "office.yaml"
    row = "group: office, title: 试, kind: design, start: 登记, unit: working_days, basis: 试, source: D"
    shipped = office.read_text(encoding="utf-8")
    old = f"  trial:\n    - {{ {row}, length: 1, in_force_from: 2024-01-01, in_force_to: 2024-12-31 }}\n"
    office.write_text(f"{shipped}{old}    - {{ {row}, length: 2, in_force_from: 2025-01-01 }}\n", encoding="utf-8")
    versions = LawBook.load(folder).periods["trial"]
    assert [v.span and v.span.length for v in versions] == [1, 2]
    office.write_text(f"{shipped}{old}    - {{ {row}, length: 2, in_force_from: 2024-12-31 }}\n", encoding="utf-8")
    (fault,) = faults_of(folder)
    assert "施行期间重叠" in fault


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "law" / "amounts.yaml").unlink()
    (fault,) = [f for f in faults_of(folder) if "找不到" in f]
    assert fault.startswith(f"{folder}/law/amounts.yaml:1:")


def test_no_calendar_at_all_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "calendars")
    (fault,) = faults_of(folder)
    assert "没有任何年份的放假安排" in fault


def test_the_calendar_version_follows_the_content(folder: Path, spoil: Spoil) -> None:
    before = LawBook.load(folder).calendar_version
    assert LawBook.load(folder).calendar_version == before
    spoil("calendars/cn/2026.yaml", "2026-05-09, ", "")
    assert LawBook.load(folder).calendar_version != before

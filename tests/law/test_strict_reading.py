"""What stands in a YAML file is what is read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mediation.errors import BrokenDefinition
from mediation.law.strict_yaml import MarkedDict, MarkedList, load, parse

FILE = Path("law.yaml")


def test_only_plain_values_become_values() -> None:
    read = parse("on: yes\nn: 12\nday: 2026-10-01\nq: '12'\nf: 1.5\nt: true\ne:\nz: 007\nu: 1_000\nneg: -3", FILE)
    assert read == {
        "on": "yes",
        "n": 12,
        "day": date(2026, 10, 1),
        "q": "12",
        "f": "1.5",
        "t": True,
        "e": None,
        "z": "007",
        "u": "1_000",
        "neg": -3,
    }


def test_lines_are_kept() -> None:
    read: Any = parse("a: 1\nb:\n  - x\n  - y: 2\n", FILE)
    assert isinstance(read, MarkedDict)
    assert isinstance(read["b"], MarkedList)
    assert (read.lines, read["b"].lines) == ({"a": 1, "b": 2}, {0: 3, 1: 4})
    assert (read.line, read["b"].line, read["b"][1].line, read.path) == (1, 3, 4, FILE)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2", "law.yaml:2: 键“a”重复，第1行已有"),
        ("a:\n\t- 1", "law.yaml:2: 含有制表符"),
        ("a: &x 1", "law.yaml:1: 不允许定义锚点“&x”"),
        ("a: *x", "law.yaml:1: 不允许引用锚点“*x”"),
        ("a: 1\n<<: 2", "law.yaml:2: 不允许用“<<”合并"),
        ("a: !!python/object:os.system 1", "law.yaml:1: 不允许使用类型标签"),
        ("? [1]\n: 2", "law.yaml:1: 键必须是普通文字"),
        ("a: 2026-02-30", "law.yaml:1: 没有“2026-02-30”这一天"),
        ("a: 1\n---\nb: 2", "law.yaml:2: 一个文件只能有一份"),
        ("a: [1", "YAML 写法有误"),
        ("a: \x00", "law.yaml:1: 含有 YAML 不允许的字符"),
        ("[" * 5000 + "]" * 5000, "law.yaml:1: 嵌套层数过多"),
    ],
)
def test_tricks_are_refused(text: str, fault: str) -> None:
    with pytest.raises(BrokenDefinition) as broken:
        parse(text, FILE)
    assert fault in broken.value.faults[0]


def test_every_fault_of_a_file_is_told() -> None:
    with pytest.raises(BrokenDefinition) as broken:
        parse("a: 1\na: 2\nb: &x 3\nc: 2026-13-01", FILE)
    assert len(broken.value.faults) == 3


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match="找不到"):
        load(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("a: 国庆".encode("gbk"))
    with pytest.raises(BrokenDefinition, match="UTF-8"):
        load(tmp_path / "gbk.yaml")

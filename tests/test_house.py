"""The rules of the house, kept by the tests: floors, style, types, sizes, names, and nothing from anybody's machine."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.settings import Settings

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CODE = ("mediation", "api", "tests", ".ci")
NOT_OURS = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"}
MADE = {"__pycache__", "build", "dist", "var", "artefacts"}
LONGEST = 400
VAGUE = {"utils", "helpers", "services", "managers", "common", "core", "base"}
REGISTRIES = ["pypi." + "org", "python" + "hosted", "npm" + "js", "tuna." + "tsinghua", "mirrors." + "aliyun"]
SOMEBODYS_PATH = re.compile(r"(?<![\w./-])/(?:home|root|tmp|Users|opt|mnt|srv)/\w")


def _files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project, with what tools and runs left behind taken out."""
    for entry in sorted(folder.iterdir()):
        if entry.name in NOT_OURS | MADE or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def _python(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in _files(ROOT / folder) if path.suffix == ".py"]
    assert found
    return found


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _files():
        try:
            yield path.relative_to(ROOT), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("lint-imports", "--no-logo", "--no-cache"), id="floors"),
        pytest.param(("ruff", "check", "."), id="style"),
        pytest.param(("ruff", "format", "--check", "."), id="format"),
        pytest.param(("mypy",), id="types"),
    ],
)
def test_tools_have_nothing_to_say(command: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_short() -> None:
    """Steps of the schema are drafted by a tool and never edited afterwards, so they may be long."""
    written = [path for path in _python(*CODE) if path.parent.name != "versions"]
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in written}
    assert {path: size for path, size in sizes.items() if size > LONGEST} == {}


def test_module_names_say_what_is_inside() -> None:
    parts = [path.relative_to(ROOT).with_suffix("").parts for path in _python("mediation", "api")]
    assert [path for path in parts if VAGUE & set(path)] == []


def test_lawyers_rooms_hold_no_python() -> None:
    rooms = [path for room in ("workflows", "document_templates") for path in _files(ROOT / room)]
    assert rooms
    assert [path for path in rooms if path.suffix in {".py", ".pyi", ".pyc", ".ipynb"}] == []


def test_no_package_registry_is_named() -> None:
    assert [(path, host) for path, text in _texts() for host in REGISTRIES if host in text] == []


def test_no_machine_path_is_written() -> None:
    found = [(path, m.group()) for path, text in _texts() for m in SOMEBODYS_PATH.finditer(text)]
    here = [path for path, text in _texts() if len(ROOT.parts) > 2 and str(ROOT) in text]
    assert (found, here) == ([], [])


def test_every_setting_is_used() -> None:
    """A field counts as used where code outside settings.py reads it, or a property or method that reads it."""
    elsewhere = [p.read_text("utf-8") for p in _python("mediation", "api") if p != ROOT / "mediation" / "settings.py"]
    used = {name for text in elsewhere for name in re.findall(r"\b[sS]ettings(?:\(\))?\.(\w+)", text)}
    assert set(Settings.model_fields) - used - _read_by(used) == set()


def _read_by(members: set[str]) -> set[str]:
    """The fields that the given members of `Settings` read."""
    tree = ast.parse((ROOT / "mediation" / "settings.py").read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    reading = [function for function in functions if function.name in members]
    return {node.attr for function in reading for node in ast.walk(function) if isinstance(node, ast.Attribute)}

"""The program as it is installed: one name in site-packages, everything in it, and the main job runs anywhere."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BESIDE = ("api", "workflows", "document_templates")


@pytest.fixture(scope="module")
def checkout() -> list[Path]:
    """The files that belong in the wheel, as they were before it was built; relative to the checkout."""
    found = [path for folder in ("mediation", *BESIDE) for path in (ROOT / folder).rglob("*")]
    return [path.relative_to(ROOT) for path in found if path.is_file() and "__pycache__" not in path.parts]


@pytest.fixture(scope="module")
def wheel(checkout: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment, outside the checkout, with the wheel in it."""
    return _install(tmp_path_factory.mktemp("environment"), str(wheel))


def _install(folder: Path, *what: str) -> Path:
    """Without any network: the libraries are those of the environment that runs the tests."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site_packages = Path(
        _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--no-warn-script-location", "-q")
    _run(sys.executable, "-m", "pip", "--python", str(python), "install", *options, *what, cwd=folder)
    return folder


def _run(*command: str | Path, cwd: Path) -> str:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "MEDIATION_", "COV"))}
    done = subprocess.run(command, cwd=cwd, env=inherited, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _ask(environment: Path, code: str, cwd: Path) -> object:
    """What `code`, an expression, is worth in the installed program."""
    program = f"import json, mediation, mediation.settings; print(json.dumps({code}))"
    return json.loads(_run(environment / "bin" / "python", "-c", program, cwd=cwd))


def test_wheel_takes_one_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mediation"}


def test_wheel_holds_every_file_of_the_checkout(wheel: Path, checkout: list[Path]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert {file.parts[0] for file in checkout} == {"mediation", *BESIDE}
    assert [str(f) for f in checkout if str(f if f.parts[0] == "mediation" else "mediation" / f) not in packed] == []


def test_installed_program_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    file = _ask(installed, "mediation.__file__", tmp_path)
    assert str(file).startswith(str(installed.resolve()))


@pytest.mark.parametrize("folder", BESIDE)
def test_installed_program_finds_its_folders(installed: Path, tmp_path: Path, folder: str) -> None:
    found = Path(str(_ask(installed, f"str(mediation.settings.bundled('{folder}'))", tmp_path)))
    assert found.is_dir()
    assert found.is_relative_to(installed.resolve())


def test_installed_program_makes_its_tables(installed: Path, tmp_path: Path) -> None:
    code = """
from mediation.db import make_engine
from mediation.migrations.apply import migrate, schema_version
engine = make_engine("sqlite:///new.db", synchronous="OFF")
migrate(engine)
print(schema_version(engine))
"""
    assert _run(installed / "bin" / "python", "-c", code, cwd=tmp_path).strip()


def test_installed_program_reckons_a_period(installed: Path, tmp_path: Path) -> None:
    words = ("due", "mediation_finish", "--from", "2026-09-17", "--json")
    told = json.loads(_run(installed / "bin" / "mediation", *words, cwd=tmp_path))
    assert (told["nominal_due"], told["legal_due"]) == ("2026-10-02", "2026-10-08")


def test_installed_program_runs_the_practice_district(installed: Path, tmp_path: Path) -> None:
    """Outside the checkout: the first start builds, the second only serves; pages and figures come out of it."""
    first = _served(installed, tmp_path)
    again = _served(installed, tmp_path)
    assert "练习区已建好" in first
    assert "练习区已建好" not in again
    assert all(login in again for login in ("tiaojie", "lvshi", "zhuguan"))
    assert "全部相符" in _run(installed / "bin" / "mediation", "verify", cwd=tmp_path)


def _served(environment: Path, folder: Path) -> str:
    """Start `mediation demo`, wait until it answers, look at the log-in page, stop it; what it printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "MEDIATION_", "COV"))}
    told = {**inherited, "MEDIATION_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    command = [environment / "bin" / "mediation", "demo"]
    with subprocess.Popen(command, cwd=folder, env=told, stdout=subprocess.PIPE, text=True) as program:
        try:
            _answers(program, port)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=10) as page:
                assert "工会劳动争议调解" in page.read().decode()
        finally:
            program.terminate()
        return program.communicate(timeout=30)[0]


def _answers(program: "subprocess.Popen[str]", port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as health:
                assert health.status == 200
                return
        except OSError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(timeout=0.2)
                raise AssertionError("the program ended by itself") from None
    raise AssertionError("the program does not answer")


def test_editable_install_uses_the_checkout_as_it_is(tmp_path: Path) -> None:
    environment = _install(tmp_path / "environment", "-e", str(ROOT))
    for folder in BESIDE:
        assert _ask(environment, f"str(mediation.settings.bundled('{folder}'))", tmp_path) == str(ROOT / folder)
    assert _ask(environment, "__import__('api').__file__", tmp_path) == str(ROOT / "api" / "__init__.py")
    assert not list(environment.glob("lib/*/site-packages/mediation"))

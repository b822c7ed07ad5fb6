"""The command `mediation`. One file per group of commands; each says what to do when something is wrong."""

import sys
from collections.abc import Iterable
from importlib import import_module

import typer

from ..errors import BrokenDefinition, MediationError
from .starting import starting

COMMANDS = {
    "calculate": "calculate",
    "calendar": "calendar",
    "case": "case",
    "demo": "serve",
    "due": "due",
    "keys": "keys",
    "law": "law",
    "office": "office",
    "replay": "replay",
    "report": "report",
    "retention": "retention",
    "serve": "serve",
    "sweep": "sweep",
    "training-copy": "training",
    "verify": "verify",
    "workflow": "workflow",
}
"""Command → the module that has it, as a group `app` or as a function of the command's name."""


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands. Only their modules are imported: `due` needs no database to start."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, help="劳动争议调解与法律援助工作流引擎")
    app.callback()(_nothing)
    for name in names:
        module = import_module(f".{COMMANDS[name]}", __package__)
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name.replace("-", "_")))
    return app


def _nothing() -> None:
    """劳动争议调解与法律援助工作流引擎"""


def main() -> None:
    """Run the command; errors meant for people become one sentence on stderr and exit code 1."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        with starting():
            command = application([wanted] if wanted in COMMANDS else COMMANDS)
        command()
    except BrokenDefinition as broken:
        for fault in broken.faults:
            print(fault, file=sys.stderr)
        raise SystemExit(1) from None
    except MediationError as error:
        print(error.sentence, file=sys.stderr)
        raise SystemExit(1) from None

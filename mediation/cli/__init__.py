"""The command `mediation`. One file per group of commands; each says what to do when something is wrong."""

import sys

import typer

from ..errors import BrokenDefinition, MediationError
from . import calendar, case, due, office, replay, report, serve, sweep, verify, workflow

app = typer.Typer(no_args_is_help=True, add_completion=False, help="劳动争议调解与法律援助工作流引擎")
app.command("due")(due.due)
app.command("case")(case.case)
app.command("demo")(serve.demo)
app.command("replay")(replay.replay)
app.command("serve")(serve.serve)
app.command("sweep")(sweep.sweep)
app.command("verify")(verify.verify)
app.add_typer(calendar.app, name="calendar")
app.add_typer(office.app, name="office")
app.add_typer(report.app, name="report")
app.add_typer(workflow.app, name="workflow")


def main() -> None:
    """Run the command; errors meant for people become one sentence on stderr and exit code 1."""
    try:
        app()
    except BrokenDefinition as broken:
        for fault in broken.faults:
            print(fault, file=sys.stderr)
        raise SystemExit(1) from None
    except MediationError as error:
        print(error.sentence, file=sys.stderr)
        raise SystemExit(1) from None

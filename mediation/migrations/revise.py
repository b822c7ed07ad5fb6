"""Writes the next migration from the difference between the steps so far and the models.

    make migration MESSAGE="Letters get an answer date"

Only for developers: the result is a draft to read and mend (a rename looks like a drop and an add), then to commit.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory

from ..db import make_engine
from .apply import configuration, exclusive


def revise(message: str) -> Path:
    """Draft the next step and give its file. Works on a throw-away SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/draft.db", synchronous="OFF")
        with exclusive(engine) as connection:
            config = configuration(connection)
            command.upgrade(config, "head")
        with exclusive(engine) as connection:
            config = configuration(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            number = f"{len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1:04}"
            script = command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    assert isinstance(script, Script)
    return Path(script.path)


if __name__ == "__main__":
    file = revise(" ".join(sys.argv[1:]))
    for arguments in (["format", "-q"], ["check", "--fix", "-q"]):
        subprocess.run([Path(sys.executable).parent / "ruff", *arguments, file], check=True)
    sys.stdout.write(f"{file}\n")

"""`pophub` in the process of a test, as a shell sees it: its exit code, stdout and stderr. To start it takes a second.

That the program which a shell finds does the same is a test of tests/test_readme_commands.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from subprocess import CompletedProcess

from typer.testing import CliRunner

from pophub.organizer.cli.cli import app
from pophub.organizer.paths import ROOT


def run_pophub(
    *arguments: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Run it in a folder; `environment` is all of it, otherwise that of the test. Its bugs are raised."""
    others = {} if environment is None else dict.fromkeys(os.environ) | dict(environment)
    with chdir(folder):
        ran = CliRunner().invoke(app, arguments, env=others, catch_exceptions=False)
    return CompletedProcess(arguments, ran.exit_code, ran.stdout, ran.stderr)

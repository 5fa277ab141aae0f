"""`pophub demo`: the whole of pophub on this computer. The only command that imports the lab."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Drive it from deploy to destroy, print a table, exit.")] = False,
    port: Annotated[int | None, typer.Option(help="The hub's port on 127.0.0.1; otherwise a free one.")] = None,
) -> None:
    """Show the whole of pophub on this computer.

    It deploys the example event into an AWS on this computer and opens its hub; Ctrl-C destroys it.
    Nothing leaves this computer and nothing is charged.

    Examples:
        pophub demo --port 8000
        pophub demo --once
    """
    from lab.demo import Demo, run_folder
    from lab.steps import Steps, print_table
    from pophub.core.errors import ExitCode
    from pophub.organizer.cli.terminal import organizer_errors
    from pophub.organizer.deploy.interrupt import interrupt_once

    steps = Steps()
    with interrupt_once():
        try:
            with organizer_errors(), run_folder() as folder:
                play = Demo(steps, folder, port=port)
                (play.drive if once else play.show)()
        except KeyboardInterrupt:
            steps.console.print("interrupted; what was started is gone")
            sys.exit(ExitCode.FIX)
        finally:
            if once:
                print_table(steps)

"""Show the whole of pophub on this computer: deploy the example event into an AWS that runs here, use the hub, destroy."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lab.demo import Demo, run_folder
from lab.steps import Steps, print_table
from pophub.core.errors import ExitCode
from pophub.organizer.cli.terminal import organizer_errors
from pophub.organizer.deploy.interrupt import heard_once

app = typer.Typer(add_completion=False)


@app.command()
def main(
    *,
    once: Annotated[bool, typer.Option("--once", help="Drive it from deploy to destroy, print a table, exit.")] = False,
    port: Annotated[int | None, typer.Option(help="The hub's port on 127.0.0.1; otherwise a free one.")] = None,
) -> None:
    """Deploy the example event into an AWS on this computer and open its hub; Ctrl-C destroys it.

    Nothing leaves this computer and nothing is charged.

    Examples:
        python scripts/demo.py --port 8000

        python scripts/demo.py --once
    """
    steps = Steps()
    with heard_once():
        try:
            with organizer_errors(), run_folder() as folder:
                demo = Demo(steps, folder, port=port)
                (demo.drive if once else demo.show)()
        except KeyboardInterrupt:
            steps.console.print("interrupted; what was started is gone")
            sys.exit(ExitCode.FIX)
        finally:
            if once:
                print_table(steps)


if __name__ == "__main__":
    app()

"""`pophub demo`: an event from its deploy to its end on this computer. Only this command imports the lab."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import Json, event_starting

Event = Annotated[
    str | None,
    typer.Argument(
        help="An event, or the path of an event file; otherwise the example.", autocompletion=event_starting
    ),
]


def demo(
    event: Event = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Drive it from deploy to destroy, print a table, exit.")] = False,
    port: Annotated[int | None, typer.Option(help="The hub's port on 127.0.0.1; otherwise a free one.")] = None,
    json: Json = False,
) -> None:
    """Show an event of yours, or the example, on this computer.

    It deploys into an AWS on this computer and opens the hub, with made-up people and secrets; Ctrl-C ends the event, and
    its zip file stays. Nothing is charged. Of the world it asks only for image and content, and says what stands in for
    them. Several events can be shown at once. One with workers plays itself, on machines of this computer.

    Examples:
        pophub demo geo-hackweek --port 8000
        pophub demo geo-hackweek --once
    """
    from datetime import UTC, datetime

    from lab.demo.play import play, plays_itself
    from lab.demo.run_folder import run_folder
    from lab.demo.shown_event import shown_event
    from lab.steps import Steps, print_table
    from pophub.core.errors import ExitCode
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.deploy.interrupt import interrupt_once

    with organizer_errors(as_json=json):
        file, chosen = shown_event(event, datetime.now(UTC))
    steps = Steps(title=f"demo of {chosen.name}")
    with interrupt_once():
        try:
            with organizer_errors(), run_folder() as folder:
                play(steps, file, chosen, folder, once=once, port=port)
        except KeyboardInterrupt:
            steps.console.print("interrupted; what was started is gone")
            sys.exit(ExitCode.FIX)
        finally:
            if steps.done and (once or plays_itself(chosen)):
                print_json(steps.as_json()) if json else print_table(steps)

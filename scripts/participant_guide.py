"""Print the participant guide of an event as Markdown, for the event's website. It asks nobody and changes nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from pophub.organizer.cli.terminal import organizer_errors, print_json
from pophub.organizer.event.event_file import blamed_on, load_event
from pophub.organizer.guide.guide_pages import as_json, as_markdown
from pophub.organizer.paths import event_file

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or the path of an event file.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Print what participants must know about the hub: address, times, sign-in, files, quota, when things stop.

    Examples:
        python scripts/participant_guide.py geo-hackweek > guide.md

        python scripts/participant_guide.py hub-config/example-event.yaml --json
    """
    path = event_file(event)
    with organizer_errors(as_json=json), blamed_on(path):
        loaded = load_event(path)
    if json:
        print_json(as_json(loaded))
    else:
        print(as_markdown(loaded), end="")


if __name__ == "__main__":
    app()

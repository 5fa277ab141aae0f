"""`pophub open`: a hub's address, on the terminal and in a browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import Event, Json


def open_hub(
    event: Event,
    *,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    json: Json = False,
) -> None:
    """Print the hub's address, and open it in a browser.

    Without a browser or a display it only prints the address.

    Examples:
        pophub open geo-hackweek
        pophub open geo-hackweek --no-browser
    """
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.event.event_file import load_event
    from pophub.organizer.paths import event_file

    with organizer_errors(as_json=json):
        url = load_event(event_file(event)).url
    print_json({"url": url}) if json else print(url)
    if not no_browser and _has_browser():
        webbrowser.open(url)


def _has_browser() -> bool:
    # without a display, Python opens lynx or w3m in the terminal
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))

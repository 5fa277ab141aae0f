"""`pophub VERB`: the commands of an organizer, grouped by when an organizer needs them.

A command's function imports what it needs when it is called, so that help and completion load nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import typer

from pophub.organizer.cli import (
    archive,
    check,
    cost,
    demo,
    deploy,
    destroy,
    doctor,
    explain,
    guide,
    leftovers,
    mail,
    new,
    open_hub,
    prices,
    rehearse,
    roster,
    running,
    schema,
)

# group of the help → verb → its function, whose docstring is the verb's help
VERBS: dict[str, dict[str, Callable[..., None]]] = {
    "Before the event": {
        "new": new.new,
        "check": check.check,
        "doctor": doctor.doctor,
        "guide": guide.guide,
        "roster": roster.roster,
        "mail": mail.mail,
        "demo": demo.demo,
        "schema": schema.schema,
    },
    "Deploy": {
        "deploy": deploy.deploy,
        "open": open_hub.open_hub,
        "explain": explain.explain,
    },
    "While it runs": {
        "status": running.status,
        "start": running.start,
        "stop": running.stop,
        "keep": running.keep,
        "cost": cost.cost,
        "rehearse": rehearse.rehearse,
    },
    "The end": {
        "archive": archive.archive,
        "links": archive.links,
        "restore": archive.restore,
        "destroy": destroy.destroy,
        "leftovers": leftovers.leftovers,
    },
    "Account and prices": {
        "prices": prices.prices,
    },
}

app = typer.Typer(no_args_is_help=True, help="A pop-up JupyterHub on AWS for one event.")
for group, verbs in VERBS.items():
    for verb, function in verbs.items():
        app.command(verb, rich_help_panel=group)(function)


def main() -> None:
    """The entry point of the console script."""
    app()

"""`pophub VERB`: every command of this checkout under one name. A verb's own code is loaded when the verb is used."""

from __future__ import annotations

import functools
import re
import runpy
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from pophub.organizer.event.event_file import event_names
from pophub.organizer.paths import SCRIPTS


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: the script that does it, what it does, and which of the script's actions or subcommands it stands for."""

    script: str
    help: str
    action: str = ""
    subcommand: str = ""


VERBS = {
    "check": Verb("check_event", "What follows from an event file, or what is wrong with it"),
    "doctor": Verb("doctor", "Look before a deploy at all that it needs"),
    "deploy": Verb("deploy", "Deploy an event, or the account once"),
    "status": Verb("cost_watch", "What runs, why, and what it costs", "status"),
    "start": Verb("cost_watch", "Switch the hub on", "start"),
    "stop": Verb("cost_watch", "Switch the hub off", "stop"),
    "keep": Verb("cost_watch", "Keep the hub on until a time", "keep"),
    "cost": Verb("cost_report", "What an event will cost, or has cost"),
    "guide": Verb("participant_guide", "What participants must know, for the event's website"),
    "watch": Verb("cost_watch", "What the hub's watch would decide now", "once"),
    "archived": Verb("archive", "What is archived, home by home", "status"),
    "archive": Verb("archive", "Archive every home now", "make"),
    "links": Verb("archive", "Links for the participants to their archived work", "links"),
    "restore": Verb("archive", "Bring one participant's home back", "restore"),
    "destroy": Verb("destroy", "End an event: archive every home, destroy, prove it"),
    "leftovers": Verb("leftovers", "What an event has left in AWS"),
    "prices": Verb("prices", "Bring the price tables up to date", subcommand="refresh"),
    "explain": Verb("explain", "What the errors of a log mean, and what to do"),
    "demo": Verb("demo", "The whole of it on this computer"),
}


class Verbs(TyperGroup):
    """The verbs in the order of an event's life."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        verb = VERBS.get(cmd_name)
        return verb and TyperCommand(cmd_name, help=verb.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # from whose keys a mistyped verb is guessed
        self.commands = {name: self.get_command(ctx, name) for name in VERBS}
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and command(str(name)), rest


def command(name: str) -> Any:
    """A verb's real command, with its own options and help."""
    verb = VERBS[name]
    loaded: Any = typer.main.get_command(runpy.run_path(str(SCRIPTS / f"{verb.script}.py"))["app"])
    if verb.subcommand:
        loaded = loaded.commands[verb.subcommand]
    if verb.action:
        _fix_action(loaded, verb.action)
    for each in loaded.params:
        if each.name == "event":
            each._custom_shell_complete = lambda ctx, param, typed: [
                name for name in event_names() if name.startswith(typed)
            ]
    loaded.name = name
    loaded.help = _examples(loaded.help or "", verb, name)
    return loaded


def _fix_action(loaded: Any, action: str) -> None:
    """Leave out the argument whose value the verb says."""
    [argument] = [each for each in loaded.params if each.name == "action"]
    loaded.params.remove(argument)
    loaded.callback = functools.partial(loaded.callback, action=type(argument.default)(action))


def _examples(text: str, verb: Verb, name: str) -> str:
    """A script's examples as this verb is typed; those of its other actions are left out."""
    start = f"python scripts/{verb.script}.py {verb.subcommand}".rstrip()
    if not verb.action:
        return text.replace(start, f"pophub {name}")
    with_action = re.compile(rf"{re.escape(start)} (\S+) {verb.action}\b")
    lines = [with_action.sub(rf"pophub {name} \1", line) for line in text.splitlines()]
    kept = "\n".join(line for line in lines if start not in line)
    return kept if f"pophub {name}" in kept else f"{kept}\n    pophub {name} geo-hackweek"


app = typer.Typer(cls=Verbs, no_args_is_help=True, help="A pop-up JupyterHub on AWS for one event.")


@app.callback()
def _verbs() -> None:
    """`pophub VERB --help` has the options and examples of a verb."""


def main() -> None:
    """What the console script calls."""
    app()

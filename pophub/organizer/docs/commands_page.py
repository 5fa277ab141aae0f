"""docs/commands.md: every command with its options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from pophub.organizer.cli.cli import VERBS, app

HEAD = """# Commands

`source .venv/bin/activate` in the checkout makes `pophub` a command of the terminal. `pophub` alone lists the commands, and
`pophub VERB --help` shows what is below. Exit codes: 0 done, 1 you can fix it, 2 wrong usage, 3 the cloud or the hub refused.

This page is made from the commands (`make generated`)."""


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    commands: Any = typer.main.get_command(app)
    yield HEAD
    for group, verbs in VERBS.items():
        yield f"\n## {group}"
        for verb in verbs:
            yield from _command(verb, commands.commands[verb])
    yield ""


def _command(verb: str, command: Any) -> Iterator[str]:
    about, _, examples = str(command.help).partition("\n\nExamples:\n")
    yield f"\n### pophub {verb}\n"
    yield about
    yield "\n```"
    yield from (line.strip() for line in examples.splitlines())
    yield "```"
    if command.params:
        yield "\n| argument or option | what it is |"
        yield "| --- | --- |"
    for param in command.params:
        name = param.opts[0] if param.opts[0].startswith("-") else f"{param.name.upper()}"
        required = " (required)" if param.required else ""
        yield f"| `{name}`{required} | {param.help} |"

"""Each `pophub VERB --option` that a text, a hint or a page names is there, and no older form of a command is named."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import typer

from pophub.organizer.cli.cli import app
from tests.test_house import read, tree

# what stands before it, the verb, and the rest up to the end of the quotation, of the command or of the line
COMMAND = re.compile(r"""(.)\bpophub ([a-z]+)\b([^`"'\n\\#;]*)""")
OLDER = re.compile(
    r"make (?:check|doctor|explain|cost|prices|status|start|stop|keep|guide|archived?|links|restore|leftovers) EVENT="
    r"|scripts/(?:archive|check_event|cost_report|demo|deploy|destroy|doctor|explain|leftovers|participant_guide|prices)\.py"
)


def texts() -> list[str]:
    kinds = (".md", ".py", ".toml", ".sh", ".yaml", ".html", ".txt", "Makefile")
    # these have old and half-typed commands
    own = ("tests/test_command_names.py", "tests/pophub/organizer/cli/test_cli.py")
    return [file for file in tree() if file.endswith(kinds) and file not in own]


@cache
def options() -> dict[str, set[str]]:
    """Of each verb."""
    group: Any = typer.main.get_command(app)
    return {
        verb: {"--help", *(option for param in command.params for option in param.opts)}
        for verb, command in group.commands.items()
    }


def test_each_verb_and_option_that_is_named_is_there() -> None:
    named = [
        (f"{file}: pophub {verb}{rest}", verb, set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", rest)))
        for file in texts()
        for before, verb, rest in COMMAND.findall(read(file))
        # "pophub" may also be the subject of a sentence
        if before == "`" or verb in options()
    ]

    assert len(named) > 100
    assert not [text for text, verb, given in named if verb not in options() or given - options()[verb]]


def test_no_older_form_of_a_command_is_named() -> None:
    assert not [f"{file}: {old}" for file in texts() for old in OLDER.findall(read(file))]

"""`pophub new`: an event file from about fifteen questions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pophub.organizer.cli.new_draft import Draft
    from pophub.organizer.cli.new_questions import Question


def new(
    name: Annotated[str, typer.Argument(help="The new event: small letters, digits and hyphens.")],
    *,
    answers: Annotated[
        Path | None,
        typer.Option(help="A YAML file with the answers by name, as in `participants: 60`; nothing is asked."),
    ] = None,
) -> None:
    """Ask about fifteen questions and write the event file.

    Each answer is checked at once. Enter takes the default in brackets. Nothing is written before the last answer, and
    no file is overwritten. It asks neither AWS nor any other service.

    Answers by name: title, timezone, days, hours, region, participants, sign_in, organizations, domains, admins, address,
    zone, image, content, contact, budget.

    Examples:
        pophub new geo-hackweek
        pophub new geo-hackweek --answers answers.yaml
    """
    from datetime import UTC, datetime

    from pophub.organizer.cli import new_event
    from pophub.organizer.cli.new_draft import unanswered
    from pophub.organizer.cli.terminal import organizer_errors
    from pophub.organizer.cost.estimate_forms import summary

    with organizer_errors():
        path = new_event.free_file(name)
        draft = unanswered(name, datetime.now(UTC))
        if answers is not None:
            new_event.from_answers(draft, new_event.answers_in(answers))
        else:
            _from_terminal(draft, path)
        new_event.write(draft, path)
    print(f"{path} is written.")
    for title, line in summary(draft.plan) if draft.plan else ():
        print(f"  {title:8}{line}")
    print(f"Next:\n  pophub check {name}\n  pophub deploy {name} --dry-run")


def _from_terminal(draft: Draft, path: Path) -> None:
    from pophub.core.errors import ExitCode, PophubError
    from pophub.organizer.cli.new_event import fill

    if not sys.stdin.isatty():
        hint = "give the answers in a file: --answers FILE"
        raise PophubError("this command needs a terminal to ask questions", hint=hint, code=ExitCode.USAGE)
    try:
        fill(draft, _ask(draft), _refuse)
    except (KeyboardInterrupt, EOFError):
        raise PophubError(f"\n{path} was not written", hint="the same command starts again") from None


def _ask(draft: Draft) -> Callable[[Question, str | None], str]:
    """Ask at the terminal."""

    def ask(question: Question, default: str | None) -> str:
        if note := question.note(draft):
            print(f"\n{note}", file=sys.stderr)
        print(f"{question.text}{f' [{default}]' if default else ''}: ", end="", file=sys.stderr, flush=True)
        return input()

    return ask


def _refuse(_: Question, problem: str) -> None:
    print(f"  {problem}", file=sys.stderr)

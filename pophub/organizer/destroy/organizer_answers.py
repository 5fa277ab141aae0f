"""Decisions of the organizer at the end of an event: asked at the terminal, or given as options. It changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer

from pophub.core.errors import PophubError
from pophub.organizer.cli.terminal import progress, require_answer
from pophub.organizer.destroy.end_steps import Organizer
from pophub.organizer.destroy.final_archive import finals_of, wholly_covered_by
from pophub.organizer.destroy.remote_hub import ONCE_ASKED, who_works
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.leftovers import removable
from pophub.organizer.leftovers.render import as_line, as_text
from pophub.organizer.leftovers.resource import Findings, Resource

WORK_STAYS = "not archived for good, so this holds people's work and stays (--without-archive removes it too):"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that were given as options; all others are asked at the terminal if there is one."""

    yes: bool = False
    while_at_work: bool = False
    remove_snapshot: bool = False
    homes_are_gone: bool = False
    without_archive: str = ""

    @property
    def archives(self) -> bool:
        """True unless --without-archive was given."""
        return not self.without_archive


def confirmed(event: str, given: Answers) -> None:
    """Ask for the event's name, unless the command's options confirm the destroy.

    Raises:
        PophubError: there is no terminal to ask at, or --without-archive names another event.
    """
    if given.without_archive not in ("", event):
        raise PophubError(
            f"--without-archive names {given.without_archive!r}, and this is {event}",
            hint=f"--without-archive {event} saves only a snapshot of the home volume; without it everything is archived",
        )
    if given.yes or given.without_archive:
        return
    require_answer("look at it with --dry-run, then give --yes")
    if typer.prompt("Type the event's name to destroy it", err=True) != event:
        raise typer.Abort


def organizer(given: Answers) -> Organizer:
    """An organizer at a terminal, with some answers already given as options."""
    return Organizer(
        closes=lambda people: _closes(given, people),
        removes=lambda resources, losses: _removes(given, resources, losses),
        has_none=lambda what: _has_none(given, what),
        progress=progress,
        warns=lambda text: print(text, file=sys.stderr),  # noqa: T201
    )


def _closes(given: Answers, people: Sequence[str] | None) -> bool:
    who = "somebody is at work, and the hub does not say who" if people is None else f"at work: {', '.join(people)}"
    print(who, file=sys.stderr)  # noqa: T201
    if given.while_at_work:
        return True
    if given.yes:
        raise PophubError(f"nothing was done: {who}", hint="wait until they are done, or give --while-at-work")
    require_answer("wait until they are done, or give --while-at-work")
    return typer.confirm("Close the hub while they work? What they have saved is archived", err=True)


def _removes(given: Answers, resources: Sequence[Resource], losses: Sequence[str]) -> bool:
    if given.remove_snapshot and not losses:
        return True
    if losses:
        print("not archived as it was:", *losses, sep="\n  ", file=sys.stderr)  # noqa: T201
    if given.yes or not sys.stdin.isatty():
        return False
    print(*map(as_line, resources), sep="\n", file=sys.stderr)  # noqa: T201
    but = ", but for what is named above" if losses else ""
    return typer.confirm(
        f"All homes and the shared data in it are archived and were read back{but}. Remove it now?", err=True
    )


def _has_none(given: Answers, what: str) -> bool:
    print(what, file=sys.stderr)  # noqa: T201
    if given.homes_are_gone:
        return True
    if given.yes or not sys.stdin.isatty():
        return False
    return typer.confirm("Is that right, and may the disk be deleted?", err=True)


def to_remove(context: EventContext, findings: Findings, *, without_archive: bool) -> tuple[Resource, ...]:
    """The resources to remove, after the event's name was typed and somebody agreed to stop people at work; maybe none.

    Raises:
        PophubError: there is no terminal to ask at, a machine may hold homes that are archived nowhere, or somebody may
            have worked while the question was open.
    """
    resources = _removable(context, findings, without_archive=without_archive)
    left = [resource for resource in findings.left if resource not in resources]
    stay = [f"  {resource.type} {resource.id}" for resource in left if resource.holds_work]
    print(as_text(findings), *([WORK_STAYS, *stay] if stay else []), sep="\n", file=sys.stderr)  # noqa: T201
    _require_machines_for(context, left, resources)
    if not resources:
        return ()
    require_answer("run it where you can type the event's name")
    if typer.prompt(f"Its name, to remove {len(resources)} of these", err=True) != context.event:
        raise typer.Abort
    if any(resource.type == "instance" for resource in resources):
        with progress(f"who works on {context.event}", ONCE_ASKED) as talk:
            people = who_works(context, talk)
        if people != [] and not _closes(Answers(), people):
            raise typer.Abort
    if resources != _removable(context, findings, without_archive=without_archive):
        raise PophubError("nothing was removed: the hub was open again meanwhile", hint="the same command asks anew")
    return resources


def _removable(context: EventContext, findings: Findings, *, without_archive: bool) -> tuple[Resource, ...]:
    finals = wholly_covered_by(finals_of(context, findings.left))
    return removable(findings, (lambda resource: True) if without_archive else finals)


def _require_machines_for(context: EventContext, left: Sequence[Resource], resources: Sequence[Resource]) -> None:
    """Raise if removal would lose homes: only its own machine can archive the homes on a machine's disk or volume."""
    destroy = f"pophub destroy {context.event} archives them first, and needs the event's file; "
    destroy += "--without-archive removes them too"
    machines = [resource.id for resource in left if resource.type == "instance" and resource.holds_work]
    if machines:
        raise PophubError(
            f"nothing was removed: homes of accounts may be on the system disk of {', '.join(machines)}, without a final archive",
            hint=destroy,
        )
    stay = {resource.id for resource in left if resource.type == "volume" and resource.holds_work}
    machines = [resource.id for resource in resources if resource.type == "instance" and resource.disk in stay]
    if machines:
        raise PophubError(
            f"nothing was removed: only {', '.join(machines)} can archive the homes on its volume", hint=destroy
        )

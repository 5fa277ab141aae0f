"""The steps at the end of an event, in order: close the hub, archive and read back, write the page, destroy, prove it.

After an interruption at any point it can continue: each step looks at what exists, and no step begins before the one
that it depends on has succeeded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from pophub.aws.client import AwsRefusal
from pophub.core.contract import FINAL_FILE
from pophub.core.errors import PophubError
from pophub.hub.archive.homes import ARCHIVE
from pophub.hub.archive.receipt import Receipt, receipts_on
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.destroy.final_archive import Final, covered_by, final_of, finals_of, losses_of, note_final
from pophub.organizer.destroy.remote_hub import (
    HOW_LONG_TO_ARCHIVE,
    ONCE_ASKED,
    UNTIL_IT_ANSWERS,
    RemoteHub,
    reach,
    who_works,
)
from pophub.organizer.destroy.remove_stack import remove_stack
from pophub.organizer.destroy.run_command import Machine, Pause, Talk, machine_of
from pophub.organizer.event_context import EventContext, last_disk, people_with_servers
from pophub.organizer.leftovers.leftovers import HOW_LONG_TO_LOOK, find, removable, remove
from pophub.organizer.leftovers.machines import home_disks
from pophub.organizer.leftovers.resource import Findings, Resource


@dataclass(frozen=True, slots=True)
class Organizer:
    """The organizer's decisions; each function is called only when its answer is needed."""

    # the people who are at work (None: somebody is, but it is unknown who): may the hub close all the same?
    closes: Callable[[Sequence[str] | None], bool]
    # all homes are archived except for the given losses: may the last snapshots of the disk be removed?
    removes: Callable[[Sequence[Resource], Sequence[str]], bool]
    # homes are missing, as the text says: is that expected?
    has_none: Callable[[str], bool]
    # shows a step that takes time, and how long it may take; no question is asked meanwhile
    progress: Callable[[str, str], AbstractContextManager[Talk]]
    warns: Callable[[str], None] = lambda text: None


@dataclass(frozen=True, slots=True)
class Steps:
    """The actions on this event that are not plain AWS calls."""

    # destroys the event's stack
    remove_stack: Callable[[Talk], None]
    # writes a page about the event and stores it
    write_retrospective: Callable[[Talk], object]
    pause: Pause = time.sleep


def end(context: EventContext, organizer: Organizer, steps: Steps, *, archives: bool, now: datetime) -> Ended:
    """Take all steps that have not been taken yet; without `archives`, skip the archive.

    Raises:
        PophubError: a step failed; no later step was begun.
    """
    with _nothing_destroyed():
        if archives:
            _archive(context, organizer, steps, now)
        else:
            _ask_people_at_work(context, organizer, steps)
            _look_back(context, organizer, steps)
    remove_stack(context, organizer, steps)
    return _prove(context, organizer, archives=archives)


def _archive(context: EventContext, organizer: Organizer, steps: Steps, now: datetime) -> None:
    with organizer.progress(f"who works on {context.event}", UNTIL_IT_ANSWERS) as talk:
        machine = reach(context, talk, steps.pause)
        disks = home_disks(context)
        if machine is None or _home_volume_was_removed(machine.machine, disks):
            _require_nothing_to_archive(context, disks)
            return
        machine.start(now)
        people = machine.at_work()
    _require_consent(organizer, people)
    with organizer.progress(f"archiving {context.event}", HOW_LONG_TO_ARCHIVE) as talk:
        _close_and_archive(replace(machine, talk=talk), organizer, steps)


def _home_volume_was_removed(machine: Machine, disks: Sequence[Resource]) -> bool:
    """Whether an earlier end was interrupted after the machine lost the disk of its last archive."""
    last = final_of(machine.context, last_disk(machine.context))
    if last is None or last.machine != machine.id or last.disk == machine.disk:
        return False
    return all(last.covers(disk) for disk in disks)


def _ask_people_at_work(context: EventContext, organizer: Organizer, steps: Steps) -> None:
    with organizer.progress(f"who works on {context.event}", ONCE_ASKED) as talk:
        people = who_works(context, talk, steps.pause)
    _require_consent(organizer, people)


def _look_back(context: EventContext, organizer: Organizer, steps: Steps) -> None:
    """Write the page while the machine still exists; a failed upload does not block the destroy."""
    with organizer.progress(f"looking back on {context.event}", "a page about the event: some seconds") as talk:
        if machine_of(context) is None:
            return
        try:
            steps.write_retrospective(talk)
        except AwsRefusal as refusal:
            talk(f"there is no page about it: {refusal.sentence}")


def _require_consent(organizer: Organizer, people: Sequence[str] | None) -> None:
    if people != [] and not organizer.closes(people):
        raise PophubError("nothing was done, because people are at work", hint="the same command when they are not")


def _close_and_archive(machine: RemoteHub, organizer: Organizer, steps: Steps) -> None:
    before = _people(receipts_on(machine.bucket))
    # from here on the disk may change; it may also have changed since an interrupted end
    machine.bucket.delete(FINAL_FILE)
    closed_at = machine.close()
    machine.archive(final=True)
    _require_homes(machine, organizer, before)
    _require_consent_to_losses(machine, organizer)
    steps.write_retrospective(machine.talk)
    # checked last, because the organizer may have left a question open until the next morning's start, and the computer
    # may have slept
    machine.require_closed()
    note_final(machine.bucket, closed_at, machine=machine.machine.id, by=machine.by)


def _require_homes(machine: RemoteHub, organizer: Organizer, before: set[str]) -> None:
    """Raise if homes are missing: an empty folder instead of the home volume would be archived at once."""
    there = machine.bucket.get_json(ARCHIVE)["homes"]
    now = _people(receipt for receipt in receipts_on(machine.bucket) if receipt.home in there)
    if now and before <= now:
        return
    if not now and (people := people_with_servers(machine.context)):
        raise PophubError(
            f"nothing was destroyed: no home is on the disk of {machine.machine.id}, and {people} people had servers",
            hint="is the home volume mounted on the machine? Where they are lost, "
            f"--without-archive {machine.context.event} destroys the event all the same and leaves a snapshot",
        )
    missing = f", and none of {', '.join(sorted(before - now))} any more" if before - now else ""
    if not organizer.has_none(f"{len(now)} homes are on the disk{missing}"):
        raise PophubError(
            "nothing was destroyed, because homes seem to be missing",
            hint="look at /srv/home on the machine; if it is as it should be, give --homes-are-gone",
        )


def _require_consent_to_losses(machine: RemoteHub, organizer: Organizer) -> None:
    """An account's home may be on the machine's own disk, of which no snapshot stays."""
    lines = list(losses_of(it for it in receipts_on(machine.bucket) if it.account and it.is_somebodys))
    if lines and not organizer.has_none("\n  ".join(["not archived as it was, and maybe in no snapshot:", *lines])):
        hint = "look at them on the machine; where nothing can be done about it, give --homes-are-gone"
        raise PophubError("nothing was destroyed, because not all of the homes could be archived", hint=hint)


def _people(receipts: Iterable[Receipt]) -> set[str]:
    return {receipt.user for receipt in receipts if receipt.is_somebodys}


def _require_nothing_to_archive(context: EventContext, disks: Sequence[Resource]) -> None:
    """Raise if a disk with homes is not archived; there is no machine any more that could archive it."""
    is_archived = covered_by(finals_of(context, disks))
    left = [disk.id for disk in disks if not is_archived(disk)]
    if left:
        raise PophubError(
            f"{', '.join(left)} holds people's work that is not archived, and there is no machine to archive it",
            hint=f"pophub deploy {context.event}, then this again; or --without-archive {context.event}, which leaves a snapshot",
        )


def _prove(context: EventContext, organizer: Organizer, *, archives: bool) -> Ended:
    with organizer.progress(f"looking for what is left of {context.event}", HOW_LONG_TO_LOOK) as talk:
        findings, last = _found(context, talk), final_of(context, last_disk(context))
    finals = finals_of(context, findings.left)
    work = [resource for resource in findings.left if resource.holds_work]
    archived = archives and last is not None and all(map(covered_by(finals), work))
    resources = tuple(resource for resource in removable(findings, covered_by(finals)) if resource.type == "snapshot")
    losses = _losses(finals, resources)
    if not resources or not organizer.removes(resources, losses):
        return Ended(archived, findings, lossy=bool(losses))
    with organizer.progress("removing the snapshot", f"then {HOW_LONG_TO_LOOK}") as talk:
        failed = remove(context, resources, talk)
        return Ended(archived, _found(context, talk), failed)


def _losses(finals: Mapping[str, Final], resources: Sequence[Resource]) -> tuple[str, ...]:
    return tuple(line for disk in sorted({resource.disk for resource in resources}) for line in finals[disk].losses)


def _found(context: EventContext, talk: Talk) -> Findings:
    findings = find(context, talk)
    talk(f"{len(findings.left)} left")
    return findings


@contextmanager
def _nothing_destroyed() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise PophubError(
            "interrupted; nothing was destroyed, and the machine may go on archiving",
            hint="the same command goes on where it stopped",
        ) from interrupt

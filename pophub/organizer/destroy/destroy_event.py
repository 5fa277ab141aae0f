"""Destroy an event with all the steps of its end, for `pophub destroy` and the demo. Its caller asks the organizer."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.reports import note_that_it_is_gone
from pophub.core.contract import WATCH_REPORT_FILE
from pophub.core.cost.report import Report
from pophub.core.errors import PophubError
from pophub.hub.archive.history import HISTORY, from_json
from pophub.hub.archive.receipt import receipts_on
from pophub.organizer.cost import cost_report
from pophub.organizer.destroy.archive_commands import status_of
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.destroy.end_steps import Organizer, Steps, end
from pophub.organizer.destroy.end_zip import contents, zipped
from pophub.organizer.destroy.retrospective import page
from pophub.organizer.destroy.run_command import Pause, Talk
from pophub.organizer.event.brand import brand_of_file
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event_context import EventContext, archive_of, event_context
from pophub.organizer.only_one import only_one
from pophub.organizer.paths import DOT_POPHUB, event_file

RETROSPECTIVE, END_ZIP = "retrospective.md", "end.zip"


def destroy(
    name: str,
    aws: Aws,
    organizer: Organizer,
    remove_stack: Callable[[Talk], None],
    *,
    archives: bool,
    folder: Path,
    now: datetime,
    pause: Pause = time.sleep,
    locks: Path = DOT_POPHUB / "ends",
) -> Ended:
    """From the first question to the proof that nothing is left; the pages go into `folder` and the account bucket.

    `locks` is the folder in which a second end of the same event in the same account sees the first.

    Raises:
        PophubError: a step failed; no later step was begun.
    """
    context = event_context(name, aws)

    def taken_away(talk: Talk) -> None:
        remove_stack(talk)
        # until this note exists the cost report continues to count disks; a failure to write it blocks nothing
        with suppress(AwsRefusal):
            note_that_it_is_gone(context.reports)

    def looked_back(talk: Talk) -> None:
        talk(f"what there is to keep of it: {write_retrospective(name, context, folder, now=now)}")

    steps = Steps(taken_away, looked_back, pause)
    with only_one(f"the end of {context.event}", locks / f"{context.event}.lock", now=now):
        ended = end(context, organizer, steps, archives=archives, now=now)
    files = (folder / f"{context.event}-{name}" for name in (END_ZIP, RETROSPECTIVE))
    return replace(ended, files=tuple(file for file in files if file.is_file()))


def write_retrospective(name: str, context: EventContext, folder: Path, *, now: datetime) -> Path:
    """Write the page and the zip file with it, here and to the account bucket; they say so if the hub recorded nothing."""
    file = event_file(name)
    archive, cost = archive_of(context), _cost(name, context.aws, now)
    history, homes = from_json(archive.look_up(HISTORY)), receipts_on(archive)
    text = page(load_event(file), cost=cost, homes=homes, last_report=_last_word(context), history=history, now=now)
    archive_status = status_of(context.event, archive, homes).facts
    own = (file.name, file.read_bytes())
    brand = brand_of_file(file)
    files = contents(text, cost, archive=archive_status, history=history, event_file=own, brand=brand)
    zip_file = folder / f"{context.event}-{END_ZIP}"
    _keep(context, RETROSPECTIVE, text.encode(), folder / f"{context.event}-{RETROSPECTIVE}")
    _keep(context, END_ZIP, zipped(zip_file.stem, files, now), zip_file)
    return zip_file


def _keep(context: EventContext, key: str, content: bytes, file: Path) -> None:
    """Store it in the account bucket, and in a local file that only its owner can read, because it names people."""
    context.reports.put(key, content)
    try:
        file.touch(mode=0o600)
        file.write_bytes(content)
    except OSError as error:
        hint = "the same command in a folder of your own, on a disk with room, goes on where it stopped"
        raise PophubError(f"{file} cannot be written: {error.strerror}", hint=hint) from error


def _cost(name: str, aws: Aws, now: datetime) -> Report | str:
    try:
        found = cost_report.so_far(name, aws, [], now=now, ask=False, names=False, gone=now)
    except PophubError as error:
        return error.sentence
    return "; ".join(found.notes) if found.usd is None else found


def _last_word(context: EventContext) -> dict[str, Any] | None:
    try:
        return context.reports.get_json(WATCH_REPORT_FILE)
    except (AwsRefusal, ValueError):
        return None

"""`pophub mail`: collect the content of the letters, and write them into a new folder."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.aws.client import Aws
from pophub.organizer.destroy.links import links
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import blamed_on, load_event, with_files
from pophub.organizer.event_context import archive_of, event_context
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import event_file
from pophub.organizer.people.letters import LIST, Letter, as_files, letters, letters_with_links
from pophub.organizer.people.occasion import Occasion
from pophub.organizer.people.standing import named
from pophub.organizer.plan.plan import plan_elsewhere
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.private_folder import write_private_folder


def write_letters(name: str, occasion: Occasion, folder: Path | None, days: int, *, now: datetime) -> Outcome:
    """Write the letters into a new folder that only its owner can read.

    Raises:
        PophubError: the event file or its roster has mistakes, nothing is archived, or the folder is there already.
    """
    path = event_file(name)
    with blamed_on(path):
        event = with_files(path, load_event(path))
    if occasion is Occasion.FILES:
        found = links(archive_of(event_context(name, Aws())), event.name, days=days)
        written = letters_with_links(event, found, now + timedelta(days=days))
    else:
        written = letters(plan_elsewhere(event, region_prices(event.region), now=now), occasion)
    folder = folder or Path(f"{event.name}-mail-{occasion}")
    write_private_folder(folder, as_files(written))
    return _outcome(event, occasion, folder, written)


def _outcome(event: Event, occasion: Occasion, folder: Path, written: list[Letter]) -> Outcome:
    without_mail = [letter.person for letter in written if not letter.person.mail]
    lines = [f"{len(written)} texts in {folder}, and {LIST} for a mail merge; nothing was sent"]
    if event.people and without_mail:
        lines.append(f"no mail address: {named(without_mail)}")
    facts: dict[str, Any] = {"folder": str(folder), "list": str(folder / LIST), "texts": len(written)}
    facts["without_mail"] = [person.title for person in without_mail] if event.people else []
    if not event.people:
        lines.append(f"{event.name} has no roster, so nobody is named: `roster: people.csv` in its file changes that")
    if occasion is Occasion.FILES:
        users = {letter.person.line for letter in written}
        nothing = [person for person in event.people if person.line not in users]
        facts["without_files"] = [event.login.provider.user_name(person) or person.title for person in nothing]
        lines += [f"no archived files: {named(nothing)}"] if nothing else []
        lines.append("whoever has a link has the files; the links run out, and the same command makes new ones")
    return Outcome(facts, "\n".join(lines))

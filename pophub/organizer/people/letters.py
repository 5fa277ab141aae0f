"""The text for each person of an event, from the event file, the guide's promises and the archive's links. Pure.

`pophub mail` writes them into files; nothing is sent.
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pophub.organizer.destroy.link_page import file_names, unpacking
from pophub.organizer.destroy.links import Link
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import Section, guide
from pophub.organizer.guide.guide_words import day
from pophub.organizer.people.occasion import Occasion
from pophub.organizer.people.roster import Person
from pophub.organizer.plan.plan import Plan

WIDTH = 76
LIST = "mail.csv"
WHERE, BEFORE, FIRST = "Where and when", "Before the first session", "The first sign-in"
# the person of the one text of an event without a roster
EVERYBODY = Person("everybody", "", "", 0)


@dataclass(frozen=True, slots=True)
class Letter:
    """A text for one person. Only a letter about the files has a `link`."""

    person: Person
    subject: str
    body: str
    link: str = ""

    @property
    def text(self) -> str:
        """The letter as the content of a file."""
        to = f"To: {self.person.mail}\n" if self.person.mail else ""
        return f"{to}Subject: {self.subject}\n\n{self.body}"


def letters(plan: Plan, occasion: Occasion) -> list[Letter]:
    """A letter for each person of the roster, or one for everybody; for the files see `letters_with_links`."""
    people = plan.event.people or (EVERYBODY,)
    return [_letter(plan, occasion, person) for person in people]


def letters_with_links(event: Event, found: Iterable[Link], until: datetime) -> list[Letter]:
    """A letter for each archived home; `until` is the latest time at which the links work."""
    provider = event.login.provider
    by_user = {provider.user_name(person): person for person in event.people}
    return [_files(event, by_user.get(link.user) or Person("", "", link.user, 0), link, until) for link in found]


def as_files(written: Iterable[Letter]) -> Mapping[str, str]:
    """File name → text: a file for each letter, and the table for a mail merge."""
    written = list(written)
    names = file_names((letter.person.account or letter.person.title for letter in written), "txt")
    return {**{name: letter.text for name, letter in zip(names, written, strict=True)}, LIST: _as_csv(written)}


def _as_csv(written: Iterable[Letter]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["name", "mail", "account", "subject", "link", "text"])
    for letter in written:
        person = letter.person
        table.writerow([person.name, person.mail, person.account, letter.subject, letter.link, letter.body])
    return text.getvalue()


def _letter(plan: Plan, occasion: Occasion, person: Person) -> Letter:
    title, sections = plan.event.title, {section.title: section for section in guide(plan)}
    first = plan.event.sessions[0]
    subject, parts = {
        Occasion.INVITATION: (f"{title}: what you need before the first session", _invitation(plan, person, sections)),
        Occasion.DAY_BEFORE: (
            f"{title} begins on {day(first.first)} at {first.start:%H:%M}",
            _day_before(plan, person, sections),
        ),
        Occasion.LAST_DAY: (f"{title}: your files, and the last day of the hub", _last_day(plan, sections)),
    }[occasion]
    return Letter(person, subject, _body(person, parts, plan.event))


def _invitation(plan: Plan, person: Person, sections: Mapping[str, Section]) -> Iterator[str]:
    yield (
        f"in {plan.event.title} everybody works in JupyterLab in the browser, on a hub of the event. There is nothing to "
        "install. Please do the following before the first session; it takes five minutes."
    )
    yield from _listed(sections, BEFORE)
    yield from _account(plan.event, person)
    yield from _listed(sections, WHERE)
    yield from _listed(sections, FIRST)
    yield f"While the hub runs, the whole guide is at {plan.event.url}/hub/guide"


def _account(event: Event, person: Person) -> Iterator[str]:
    """What the organizers know of the person's account at the sign-in provider; nothing for other logins."""
    if not event.people or not event.login.provider.question:
        return
    if person.account:
        yield f"We have noted your account as {person.account}. If that is wrong, tell us at once."
    else:
        yield "We do not know your account yet: please answer with its name."


def _day_before(plan: Plan, person: Person, sections: Mapping[str, Section]) -> Iterator[str]:
    yield f"{plan.event.title} is about to begin."
    yield from _listed(sections, WHERE)
    yield "If you have not done this yet, do it today:"
    yield from _items(sections[BEFORE])
    yield from _account(plan.event, person)
    yield from _listed(sections, FIRST)


def _last_day(plan: Plan, sections: Mapping[str, Section]) -> Iterator[str]:
    promised = {sentence.key: sentence.text for section in sections.values() for sentence in section.sentences}
    yield promised["last_day"]
    yield promised["archive"]
    yield promised["logout"]
    if "off_between" in promised:
        yield promised["off_between"]
    yield f"The hub is at {plan.event.url}. Thank you for coming."


def _files(event: Event, person: Person, link: Link, until: datetime) -> Letter:
    until = until.astimezone(ZoneInfo(event.timezone))
    names = {"file": link.file_name, "zip": link.zip_name}
    parts = [
        f"your files of {event.title} are packed in one archive of {link.stored_bytes / 10**6:,.1f} MB "
        f"({link.files:,} files):",
        link.address,
        *(
            [f"The same files as a zip, of {link.zip_bytes / 10**6:,.1f} MB:", link.zip_address]
            if link.zip_address
            else []
        ),
        f"The link works until {day(until.date())}, {until:%H:%M %Z}, at the latest. It is a secret: whoever has it has "
        "your files. When it does not work any more, ask us for a new one.",
        *([f"{link.problems:,} files or folders could not be archived: ask us which."] if link.problems else []),
        "How to unpack it:",
        *(f"- {system}: {how.replace('`', '').format(**names)}" for system, how in unpacking(link)),
    ]
    return Letter(person, f"{event.title}: your files", _body(person, parts, event), link.address)


def _listed(sections: Mapping[str, Section], title: str) -> Iterator[str]:
    yield f"{title}:"
    yield from _items(sections[title])


def _items(section: Section) -> Iterator[str]:
    return (f"- {sentence.text}" for sentence in section.sentences)


def _body(person: Person, parts: Iterable[str], event: Event) -> str:
    greeting = f"Hello {person.name}," if person.name and person is not EVERYBODY else "Hello,"
    contact = f"Questions? Write to {' or '.join(event.contact)}." if event.contact else "Questions? Answer this mail."
    return "".join(_spaced([greeting, *parts, contact])).lstrip("\n")


def _spaced(parts: Iterable[str]) -> Iterator[str]:
    """Paragraphs with an empty line before each, except before the items of a list."""
    before = ""
    for part in parts:
        follows = part.startswith("- ") and (before.startswith("- ") or before.endswith(":"))
        yield ("" if follows else "\n") + _wrapped(part) + "\n"
        before = part


def _wrapped(part: str) -> str:
    """Lines of at most 76 characters; an address stays in one piece."""
    indent = "  " if part.startswith("- ") else ""
    return textwrap.fill(part, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)

"""What a participant must know, made from the event file. It reads no clock; each sentence is a promise with a key.

tests/hub_config/guide_promises.py names for each key what keeps the promise; a sentence without one fails a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from pophub.core.calendar import STOP_AFTER
from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.terms import SHORTEST_IDLE, TIGHTEN
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide_words import SPOT, day, days, minutes, size
from pophub.organizer.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain text of one or two sentences. The key names the promise; it does not depend on the event's own words."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences below it."""

    title: str
    sentences: tuple[Sentence, ...]


def guide(plan: Plan) -> tuple[Section, ...]:
    """What a participant can read in five minutes before the first session."""
    event, provider = plan.event, plan.event.login.provider
    parts = {
        "Where and when": _where_and_when(plan),
        "Before the first session": provider.before(),
        "The first sign-in": provider.first_sign_in(event.url),
        "Your server": _server(event),
        "Your files": _files(event),
        "When you stop working": _leaving(event),
        "What stops when, and what is deleted": _stopping(plan),
        "When you are stuck": _stuck(event),
    }
    return tuple(Section(title, tuple(Sentence(*it) for it in sentences)) for title, sentences in parts.items())


def title(event: Event) -> str:
    """The heading of the whole guide."""
    return f"{event.title}: how to use the hub"


def _where_and_when(plan: Plan) -> Iterator[tuple[str, str]]:
    event, early = plan.event, minutes(plan.timetable.lead)
    yield "address", f"The hub is at {event.url}. All you need is a browser."
    for session in event.sessions:
        yield "session", f"{days(session)} from {session.start:%H:%M} to {session.end:%H:%M}."
    yield "timezone", f"All times are local times of {event.timezone}."
    yield (
        "opens",
        f"The hub starts {early} minutes before a session. Come early on the first day: there is time for help.",
    )


def _server(event: Event) -> Iterator[tuple[str, str]]:
    server = event.server
    standard = size(server.memory_gib, server.cpus)
    if server.choices:
        names = ", ".join(f"{it.name} ({size(it.memory_gib, it.cpus)})" for it in server.choices)
        yield "choices", f"Choose the size of your server: standard ({standard}), or {names}. Not sure? Take standard."
    else:
        yield "size", f"Your server may use up to {standard}."
    yield (
        "waiting",
        "It starts in seconds, or in about a minute if everybody comes at once. Leave the page open: JupyterLab opens by itself.",
    )
    yield (
        "memory",
        "A program that wants more memory is ended, and JupyterLab says so. Saved files stay; nobody else notices.",
    )


def _files(event: Event) -> Iterator[tuple[str, str]]:
    server = event.server
    yield "home", "Your files are in your home folder, which JupyterLab's file list shows."
    if event.login.provider.files_are_private:
        yield "private", "Other participants can neither see nor change them."
    if event.login.admins:
        names = ", ".join(event.login.admins)
        if server.admin_access:
            yield "helpers_open", f"The event's helpers ({names}) can open your server, to help you."
        else:
            yield "helpers_restart", f"The event's helpers ({names}) can stop and start your server, but not open it."
    yield (
        "quota",
        f"There is room for {server.home_gib} GiB. When it is full, delete something; your server still starts.",
    )
    yield (
        "elsewhere",
        "Everything outside it is gone when your server stops, also what you installed with pip or conda.",
    )
    yield (
        "environment",
        "To keep packages: in a terminal, python3 -m venv --system-site-packages ~/mine (or conda create --prefix ~/mine "
        "ipykernel pip), ~/mine/bin/pip install PACKAGES; ~/mine/bin/python -m ipykernel install --user --name mine.",
    )
    if server.content:
        yield "content", f"The event's material is fetched there from {server.content} each time your server starts."
        yield (
            "content_changed",
            "Your changes to it are kept. If it is not the newest version, a note beside it says why.",
        )
    yield "shared_data", "If there is a folder shared-data, it holds data for everybody: copy what you want to change."
    yield (
        "public_buckets",
        "Public buckets need no keys: anon=True (s3fs), anonymous=True (pyarrow), AWS_NO_SIGN_REQUEST=YES (GDAL).",
    )


def _leaving(event: Event) -> Iterator[tuple[str, str]]:
    yield "logout", "Save, then choose File → Log Out. That stops your server and makes room for others."
    yield "kept", "Your saved files stay: the next sign-in finds them."
    # an idle hub stops all servers, also the last one
    server, alone = event.idle.server_minutes, min(event.idle.server_minutes, event.idle.hub_minutes)
    text = f"If you only close the tab, your server stops later: after {alone} minutes, in a session after {server}."
    yield "closed_tab", text


def _idle(event: Event) -> Iterator[tuple[str, str]]:
    idle = event.idle
    if idle.kernel_minutes:
        yield (
            "idle_kernel",
            f"A notebook in which nothing has run for {idle.kernel_minutes} minutes loses its kernel, and with it its "
            "variables. The notebook stays; a cell that runs is not disturbed.",
        )
    else:
        yield (
            "kept_kernel",
            "Variables live as long as your server. Shut down kernels you no longer need: they keep memory.",
        )
    yield (
        "idle_server",
        f"A server that nobody uses for {idle.server_minutes} minutes is stopped; saved files stay. Outside of the "
        f"sessions the whole hub stops once nobody works for {idle.hub_minutes} minutes.",
    )


def _stopping(plan: Plan) -> Iterator[tuple[str, str]]:
    event, idle = plan.event, plan.event.idle
    yield from _idle(event)
    yield (
        "protected",
        f"A computation may go on for {idle.protect_hours} hours without you, whether it prints something or not. A cell "
        "that only waits may not, and the daily switch-off stops everything: save results often.",
    )
    yield (
        "short_of_money",
        f"Once {TIGHTEN} % of the event's budget is spent, idle servers and an idle hub stop after half of these minutes, "
        f"but never sooner than after {minutes(SHORTEST_IDLE)}.",
    )
    if idle.server_max_hours:
        yield (
            "oldest_server",
            f"A server is stopped {idle.server_max_hours} hours after its start, even if it works: save, and start it again.",
        )
    if plan.workers is not None and plan.workers.spot:
        yield "spot", SPOT
    if any(rule.id.startswith("stop-") for rule in plan.timetable.rules):
        yield (
            "off_between",
            "Outside the sessions the hub is usually off, and its address does not answer. It stops "
            f"{STOP_AFTER // timedelta(hours=1)} hours after a session's end, or earlier if nobody works. Saved files stay.",
        )
    first, last = minutes(FIRST_WARNING), minutes(LAST_WARNING)
    yield (
        "warned",
        f"Before the hub stops by itself, JupyterLab says so, {first} minutes and again {last} minutes before. If it "
        "stops because nobody seems to work, press “Keep the hub on for an hour” there.",
    )
    yield from _vanishing(event)


def _vanishing(event: Event) -> Iterator[tuple[str, str]]:
    yield (
        "last_day",
        f"{day(event.ends)} is the last day of the hub. Download before its end what you want to keep: right-click "
        "in the file list, Download.",
    )
    yield "archive", f"The organizers keep a copy of everybody's files for {event.archive_days} days more: ask them."


def _stuck(event: Event) -> Iterator[tuple[str, str]]:
    home = f"{event.url}/hub/home"
    yield "old_page", "Saving fails after a break: copy your unsaved work, then reload the page."
    yield "stuck_notebook", "A notebook does not answer: Kernel → Restart Kernel."
    yield (
        "stuck_server",
        f"JupyterLab does not answer: press “Stop my server” at {home}, wait, then press “Start my server”.",
    )
    yield "stuck_start", f"Your server did not start: start it once more at {home}."
    people = f"write to {' or '.join(event.contact)}" if event.contact else "ask the organizers"
    yield "help", f"Something else, or it happens again: {people}. Say what you did and what you saw."

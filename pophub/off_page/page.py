"""The off page as HTML. All words of the event are escaped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from string import Template

from pophub.core.calendar import Window
from pophub.core.look import framed
from pophub.off_page.decide import Decision, State
from pophub.off_page.facts import EventFacts

WAKE_PATH = "/pophub/wake"
_TEMPLATE = Template(Path(__file__).with_name("page.html").read_text())
_SCRIPT = Path(__file__).with_name("page.js").read_text()
# a weekday alone names a day of the coming week
WEEK = timedelta(days=6)


def render(event: EventFacts, decision: Decision, *, now: datetime, path: str, seconds: int, problem: str = "") -> str:
    """The page. `path` is what the visitor asked for; `seconds` is how long the name takes to lead to a machine that is up.

    `problem` says why a start has just failed.
    """
    body = _TEMPLATE.substitute(
        title=escape(event.title),
        name=decision.state,
        seconds=seconds,
        state=escape(_state(event, decision, now)),
        action=_action(decision, path, problem),
        sessions="".join(f"<li>{escape(it)}</li>" for it in _sessions(event, now)),
        timezone=escape(event.timezone),
        guide=_guide(event),
        contact=_contact(event),
    )
    return framed(event.title, body, brand=event.brand, script=_SCRIPT)


def _state(event: EventFacts, decision: Decision, now: datetime) -> str:
    returns = decision.returns and moment_text(decision.returns, event, now)
    match decision.state:
        case State.UP | State.STARTING:
            return "The hub is starting. This page leads you there: it takes some minutes."
        case State.MISSING:
            return "The hub should be on now, and does not answer. Your files are safe."
        case State.USED_UP:
            return "The hub is off, because its budget is used up. Your files are safe."
        case State.OVER:
            return "The event is over, and the hub is off. Ask the organizers for your files."
    return f"The hub is off{f' until {returns}' if returns else ''}. Your files are safe."


def moment_text(moment: datetime, event: EventFacts, now: datetime) -> str:
    """A moment in the event's time zone, as `Monday 08:45`; with its date if it is not within a week."""
    local, today = moment.astimezone(event.zone), now.astimezone(event.zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    soon = local.date() - today <= WEEK
    return f"{local:%A %H:%M}" if soon else f"{local:%A}, {local.day} {local:%B}, {local:%H:%M}"


def _sessions(event: EventFacts, now: datetime) -> Iterable[str]:
    """The sessions that have not ended; every session if all have ended."""
    for window in [it for it in event.sessions if it.end > now] or event.sessions:
        yield _session(window, event)


def _session(window: Window, event: EventFacts) -> str:
    start, end = window.start.astimezone(event.zone), window.end.astimezone(event.zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%A} {end:%H:%M}"
    return f"{start:%A}, {start.day} {start:%B}, {start:%H:%M} to {until}"


def _action(decision: Decision, path: str, problem: str) -> str:
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    if decision.refusal is None:
        return (
            f'{alert}<form method="post" action="{WAKE_PATH}"><input type="hidden" name="next" value="{escape(path)}">'
            '<button class="button first">Start the hub</button></form>'
        )
    return alert + (f'<p class="quiet">{escape(decision.refusal)}</p>' if decision.refusal else "")


def _guide(event: EventFacts) -> str:
    parts = (
        f"<h3>{escape(title)}</h3><ul>{''.join(f'<li>{escape(it)}</li>' for it in sentences)}</ul>"
        for title, sentences in event.guide
    )
    return f"<details><summary>How to use the hub</summary>{''.join(parts)}</details>" if event.guide else ""


def _contact(event: EventFacts) -> str:
    if not event.contact:
        return ""
    links = ", ".join(f'<a href="mailto:{escape(it)}">{escape(it)}</a>' for it in event.contact)
    return f'<p class="quiet">Questions: {links}</p>'

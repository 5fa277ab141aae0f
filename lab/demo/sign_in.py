"""The sign-in of an event in the demo: a stand-in of its provider, made-up secrets, and people who try it."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from lab.demo import logins
from lab.demo.people import DemoSignIn
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event

STAND_INS = {module.name for module in iter_modules(logins.__path__)}


def sign_in_of(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    """The sign-in with the event's own login; `stack` ends the stand-in."""
    require_stand_in(event)
    found: DemoSignIn = import_module(f"lab.demo.logins.{event.login.kind}").sign_in(event, folder, stack)
    return found


def require_stand_in(event: Event) -> None:
    """Check that the event's login has a stand-in.

    Raises:
        PophubError: it has none.
    """
    if event.login.kind not in STAND_INS:
        raise PophubError(
            f"login `{event.login.kind}` cannot be shown: the demo has no stand-in for it",
            hint="in a copy of the event file, write `login: {shared_password: {}}`, and show the copy: pophub demo COPY.yaml",
        )

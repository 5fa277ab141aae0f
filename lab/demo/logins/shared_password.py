"""People who have an event's made-up password."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from pathlib import Path

from lab.demo.people import DemoSignIn, Visitor
from lab.hub import Secrets
from pophub.organizer.event.event import Event

NAMES = ("ada", "grace", "katherine")


def sign_in(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    """See lab/demo/sign_in.py; `stack` ends the stand-in."""
    settings = event.login.provider
    made_up = {name: secrets.token_hex(16) for name in settings.secrets}
    shared, admins = (made_up[name] for name in settings.secrets)
    helpers = settings.admins
    # a helper's name would need the helpers' password
    member = next(name for name in (*NAMES, "a-participant") if name not in {helper.lower() for helper in helpers})
    lines = (
        f"Sign in under any user name, for example {member}, with the made-up password {shared}",
        *([f"  helpers ({', '.join(helpers)}) with their own: {admins}"] if helpers else []),
    )
    return DemoSignIn(
        Secrets({name.upper(): value for name, value in made_up.items()}),
        made_up,
        "two made-up passwords",
        "with the shared password",
        Visitor(member, password=shared),
        Visitor("mallory", password="a guessed one"),
        lines,
    )

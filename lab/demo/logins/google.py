"""An event's people at the lab's Google."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from lab.demo.people import DemoSignIn, Visitor
from lab.github_state import LOOPBACK
from lab.google import LabGoogle
from lab.google_accounts import accounts_for
from pophub.organizer.event.event import Event


def sign_in(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    """See lab/demo/sign_in.py; `stack` ends the stand-in."""
    accounts = list({account.email: account for account in accounts_for(event)}.values())
    google = stack.enter_context(LabGoogle(accounts, folder, callback_hosts=[*LOOPBACK, event.domain]))
    settings = event.login.google
    first = settings.hosted_domain[0]
    helpers = {name.lower() if "@" in name else f"{name.lower()}@{first}" for name in settings.admins}
    people = (
        f"  {account.email}: {account.described}{', a helper' if account.email.lower() in helpers else ''}"
        for account in accounts
    )
    return DemoSignIn(
        google,
        dict(zip(settings.secrets, (google.client_id, google.client_secret), strict=True)),
        f"a Google at {google.url}",
        "through the whole OAuth exchange",
        Visitor(f"ada@{first}", "ada"),
        Visitor("mallory@elsewhere.example"),
        ("Sign in with the lab's Google; who you are there is your choice:", *people),
    )

"""An event's people at the lab's GitHub."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from lab.demo.people import DemoSignIn, Visitor
from lab.directory import Directory
from lab.github import LabGitHub
from lab.github_state import LOOPBACK
from pophub.organizer.event.event import Event


def sign_in(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    """See lab/demo/sign_in.py; `stack` ends the stand-in."""
    directory = Directory.for_event(event)
    # the hub's address here, and its address on AWS
    github = stack.enter_context(LabGitHub(directory, folder, callback_hosts=[*LOOPBACK, event.domain]))
    settings = event.login.github
    # without an organization, only members of its team may sign in
    member = directory.person("ada" if any(":" not in entry for entry in settings.allow) else "grace")
    assert member is not None
    helpers = {name.lower() for name in settings.admins}
    people = (
        f"  {name}: {directory.describe(name)}{', a helper' if name.lower() in helpers else ''}"
        for name in directory.people
    )
    return DemoSignIn(
        github,
        dict(zip(settings.secrets, (github.client_id, github.client_secret), strict=True)),
        f"a GitHub at {github.url}",
        "through the whole OAuth exchange",
        Visitor(member),
        Visitor("mallory"),
        ("Sign in with the lab's GitHub; who you are there is your choice:", *people),
    )

"""A GitHub with an organization of each kind that keeps somebody out, and an event that means them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.directory import Directory, Organization
from lab.github import LabGitHub
from lab.hub import LabHub
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from tests.conftest import unpacked

ALLOW = ["geohackweek", "partners:participants-2027", "corp", "campus:staff", "closed", "silent"]
DIRECTORY = Directory(
    people=("ada", "heidi", "ivy", "saskia", "stefan", "olga", "sil", "mallory", "both", "carl", "octocat"),
    organizations=(
        Organization("geohackweek", ("ada", "both"), invited=("ivy",)),
        Organization("partners", ("heidi",), (("participants-2027", ()),)),
        Organization("corp", ("saskia", "both"), saml=True),
        Organization("campus", ("stefan",), (("staff", ("stefan",)),), saml=True, secret_teams=("staff",)),
        Organization("closed", ("olga",), app="refused"),
        Organization("silent", ("sil",), app="hidden"),
    ),
)


@contextmanager
def hub_of_all(event: Event, github: LabGitHub, folder: Path) -> Iterator[LabHub]:
    """A hub for the members of all these organizations."""
    login = Login.model_validate({"github": {"allow": ALLOW, "admins": ["octocat"]}})
    bundle = unpacked(event.model_copy(update={"login": login}), folder)
    with LabHub(bundle, github, servers="processes") as hub:
        yield hub

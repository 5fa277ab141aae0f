"""Two events' stacks and the account's, each synthesized once for the whole run and then only read."""

from __future__ import annotations

import pytest

from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from tests.stacks.synthesis import Stack, Synthesis, synthesize

BOUNDARY = "arn:aws:iam::123456789012:policy/our-boundary"


@pytest.fixture(scope="session")
def account(synth: Synthesis) -> Stack:
    return synth.stacks["account"]


@pytest.fixture(scope="session")
def stack(synth: Synthesis) -> Stack:
    """The example event's."""
    return synth.stacks["geo-hackweek"]


@pytest.fixture(scope="session")
def other(synth: Synthesis) -> Stack:
    """The winter school's, which differs wherever two events can."""
    return synth.stacks["winter-school"]


@pytest.fixture(scope="session")
def event(synth: Synthesis) -> Event:
    return load_event(synth.folder / "events" / "geo-hackweek.yaml")


@pytest.fixture(scope="session")
def other_event(synth: Synthesis) -> Event:
    return load_event(synth.folder / "events" / "winter-school.yaml")


@pytest.fixture(scope="session")
def named_shelf(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """An account with a shelf of its own name in another region, the state on it, and rules of an institution."""
    account = f"{{region: eu-west-1, shelf: our-shelf, state: shelf, permissions_boundary: '{BOUNDARY}'}}"
    return synthesize(tmp_path_factory.mktemp("named"), "geo-hackweek", account=account)

"""The stacks of two events and of the account, synthesized once for the whole run and then only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from tests.stacks.synthesis import Stack, Synthesis, synthesize_once

BOUNDARY = "arn:aws:iam::123456789012:policy/our-boundary"


@pytest.fixture(scope="session")
def account(synth: Synthesis) -> Stack:
    return synth.stacks["account"]


@pytest.fixture(scope="session")
def stack(synth: Synthesis) -> Stack:
    """The stack of the example event."""
    return synth.stacks["geo-hackweek"]


@pytest.fixture(scope="session")
def other(synth: Synthesis) -> Stack:
    """The stack of the winter school, which differs from the example event wherever possible."""
    return synth.stacks["winter-school"]


@pytest.fixture(scope="session")
def course(synth: Synthesis) -> Stack:
    """The stack of the example event with workers, on the spot market."""
    return synth.stacks["course"]


@pytest.fixture(scope="session")
def event(synth: Synthesis) -> Event:
    return load_event(synth.folder / "events" / "geo-hackweek.yaml")


@pytest.fixture(scope="session")
def other_event(synth: Synthesis) -> Event:
    return load_event(synth.folder / "events" / "winter-school.yaml")


@pytest.fixture(scope="session")
def named_bucket(run_folder: Path) -> Synthesis:
    """An account whose bucket has its own name and another region, with Terraform's state in it and an institution's rules."""
    account = f"{{region: eu-west-1, bucket: our-bucket, state: bucket, permissions_boundary: '{BOUNDARY}'}}"
    return synthesize_once(run_folder / "named", "geo-hackweek", "course", account=account)

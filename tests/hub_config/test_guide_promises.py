"""Every sentence of the participant guide is kept by what the hub does; a new one without a proof is a failed test."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from traitlets.config import Config

from lab.plans import plan_of
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import guide
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.hub_config.guide_promises import PROMISES, Said, source
from tests.hub_config.test_login import PASSWORDS

Load = Callable[..., Config]
EVENTS: dict[str, dict[str, Any]] = {
    "example": {},
    "github": {
        "login": {"github": {"allow": ["geohackweek", "partners:participants"], "admins": ["Octocat"]}},
        "server": {"choices": [{"name": "large", "memory_gib": 8, "cpus": 4}], "memory_gib": 1, "home_gib": 3},
        "archive_days": 30,
    },
    "google": {
        "login": {"google": {"hosted_domain": ["uni.example"]}},
        "idle": {"server_minutes": 45, "kernel_minutes": 15, "server_max_hours": 12},
        "contact": [],
    },
    "shared_password": {
        "login": {"shared_password": {"admins": ["ada"]}},
        "server": {"admin_access": True},
        "timezone": "Asia/Kathmandu",
    },
    "workers": {"workers": {"spot": True}},
    "system": {"login": {"system": {"create_users": True}}, "ends": "2027-03-20"},
}


@pytest.fixture(params=EVENTS)
def hackweek(request: pytest.FixtureRequest) -> Event:
    """In place of the event that the other tests load."""
    example: dict[str, Any] = lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data
    changes = EVENTS[request.param]
    server = {**example["server"], **changes.get("server", {})}
    return Event.model_validate({**example, **changes, "server": server, "name": "hackweek"})


def test_every_sentence_is_kept(hackweek: Event, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PASSWORDS.items():
        monkeypatch.setenv(name, value)
    config = load()
    sentences = [sentence for section in guide(plan_of(hackweek)) for sentence in section.sentences]

    assert len(sentences) > 20
    for sentence in sentences:
        assert sentence.key in PROMISES, f"guide_promises.py has no proof for {sentence.key!r}: {sentence.text}"
        PROMISES[sentence.key](Said(sentence.text, hackweek, config))


def test_every_promise_is_made_of_one_of_these_events_and_no_proof_is_left_over() -> None:
    example: dict[str, Any] = lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data
    events = [
        Event.model_validate(
            {**example, **changes, "server": {**example["server"], **changes.get("server", {})}, "name": "hackweek"}
        )
        for changes in EVENTS.values()
    ]
    said = {sentence.key for event in events for section in guide(plan_of(event)) for sentence in section.sentences}
    written = set(re.findall(r'yield \(?\s*"(\w+)"', source("pophub/organizer/guide/guide.py")))

    assert said == written == PROMISES.keys()

"""Every sentence of the participant guide is kept by what the hub does; a new one without a proof is a failed test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import guide
from pophub.organizer.login import PROVIDERS
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.conftest import unpacked
from tests.hub_config.conftest import settings_of
from tests.hub_config.guide_promises import PROMISES, Said, source
from tests.hub_config.test_login import PASSWORDS

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
def event(request: pytest.FixtureRequest) -> Event:
    example: dict[str, Any] = lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data
    changes = EVENTS[request.param]
    server = {**example["server"], **changes.get("server", {})}
    return Event.model_validate({**example, **changes, "server": server, "name": "hackweek"})


def test_every_sentence_is_kept(event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PASSWORDS.items():
        monkeypatch.setenv(name, value)
    config = settings_of(unpacked(event, tmp_path) / "hub-config", monkeypatch)
    sentences = [sentence for section in guide(plan_of(event)) for sentence in section.sentences]

    assert len(sentences) > 20
    for sentence in sentences:
        assert sentence.key in PROMISES, f"guide_promises.py has no proof for {sentence.key!r}: {sentence.text}"
        PROMISES[sentence.key](Said(sentence.text, event, config))


def test_every_promise_is_made_of_one_of_these_events_and_no_proof_is_left_over() -> None:
    example: dict[str, Any] = lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data
    events = [
        Event.model_validate(
            {**example, **changes, "server": {**example["server"], **changes.get("server", {})}, "name": "hackweek"}
        )
        for changes in EVENTS.values()
    ]
    said = {sentence.key for event in events for section in guide(plan_of(event)) for sentence in section.sentences}
    files = ("guide/guide.py", *(f"login/{kind}.py" for kind in PROVIDERS))
    texts = "\n".join(source(f"pophub/organizer/{file}") for file in files)
    written = set(re.findall(r'yield \(?\s*"(\w+)"', texts))

    assert said == written == PROMISES.keys()

"""A deploy's outcome says whether its hub is open to people, and after how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.deploy import wait_for_hub as module
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.ready import HOW_LONG, Ready
from pophub.organizer.deploy.wait_for_hub import wait
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import EXAMPLE_EVENT

FACTS = {name: "x" for name in Deployment.model_fields} | {
    "event": "geo-hackweek",
    "hub_url": "https://hub.example.org",
}
DEPLOYED = Outcome(FACTS, "geo-hackweek is deployed")


@contextmanager
def _progress(what: str, how_long: str) -> Iterator[Callable[[str], None]]:
    assert (what, how_long) == ("waiting until geo-hackweek is ready", HOW_LONG)
    yield lambda line: None


@pytest.fixture(autouse=True)
def _event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geo-hackweek.yaml").write_text(EXAMPLE_EVENT.read_text())
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))


def _after(monkeypatch: pytest.MonkeyPatch, outcome: Ready | BaseException) -> Outcome:
    def waited(made: Deployment, event: Any, world: Any, talk: Any) -> Ready:
        assert (made.hub_url, event.name) == ("https://hub.example.org", "geo-hackweek")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(module, "wait_until_ready", waited)
    return wait(DEPLOYED, Aws(), {}, _progress)


def test_a_ready_hub_is_told_with_its_address_and_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = _after(monkeypatch, Ready(214))

    assert outcome.text.splitlines() == [
        "ready: https://hub.example.org is open to people, 214 s after the deployment",
        "geo-hackweek is deployed",
    ]
    assert (outcome.facts["ready"], outcome.facts["seconds"], outcome.facts["event"]) == (True, 214, "geo-hackweek")


def test_a_machine_that_is_switched_off_is_told_and_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = _after(monkeypatch, Ready(1, "the machine is stopped"))

    assert outcome.text.startswith(
        "the machine is stopped, so the hub is not open: the schedule starts it, or: pophub start geo-hackweek"
    )
    assert outcome.facts["ready"] is False


def test_whoever_does_not_want_to_wait_any_longer_leaves_the_hub_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PophubError, match="geo-hackweek is deployed; you stopped waiting for its hub"):
        _after(monkeypatch, KeyboardInterrupt())


def test_the_account_has_no_hub() -> None:
    account = Outcome({"stack": "account"}, "the bucket is made")

    assert wait(account, Aws(), {}, _progress) is account

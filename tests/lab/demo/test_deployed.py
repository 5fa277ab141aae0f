"""A deployed event never outlives its block; Terraform itself is in the tests marked `demo`."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from lab.demo import deployed as module
from lab.demo.deployed import deployed, no_drift
from lab.steps import Steps
from pophub.core.errors import PophubError


class App:
    """Notes what is asked; one command of it fails."""

    def __init__(self, fails: str = "", *, drifted: bool = False) -> None:
        self.done: list[str] = []
        self._fails, self._drifted = fails, drifted

    def deploy(self, stack: str) -> None:
        self._do(f"deploy {stack}")

    def destroy(self, stack: str) -> None:
        self._do(f"destroy {stack}")

    def has_drifted(self, stack: str) -> bool:
        return self._drifted

    def _do(self, what: str) -> None:
        self.done.append(what)
        if what == self._fails:
            raise PophubError("no")


def site_of(app: App) -> Any:
    deployment = SimpleNamespace(hub_url="https://hub", instance_id="i-1", public_ip="192.0.2.1")
    return SimpleNamespace(
        app=app, event=SimpleNamespace(name="geo", region="us-west-2"), deployment=lambda: deployment
    )


@pytest.fixture(autouse=True)
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    looked: list[str] = []
    monkeypatch.setattr(module, "take_inventory", lambda aws, region: frozenset())
    monkeypatch.setattr(module, "nothing_left", lambda steps, before, aws, region: looked.append(region))
    return looked


def play(app: App, error: BaseException | None = None) -> list[str]:
    aws: Any = None
    with deployed(Steps(Console(file=io.StringIO())), site_of(app), aws):
        if error:
            raise error
    return app.done


def test_after_its_block_the_demo_looks_for_what_is_left(looked: list[str]) -> None:
    assert play(App()) == ["deploy account", "deploy geo"]
    assert looked == ["us-west-2"]


@pytest.mark.parametrize("error", [PophubError("no"), KeyboardInterrupt()], ids=["an error", "Ctrl-C"])
def test_whatever_ends_the_block_the_event_is_destroyed(error: BaseException, looked: list[str]) -> None:
    app = App()
    with pytest.raises(type(error)):
        play(app, error)

    assert app.done[-1] == "destroy geo"
    assert looked == []


def test_a_deploy_that_fails_half_way_is_destroyed_too() -> None:
    app = App("deploy geo")
    with pytest.raises(PophubError):
        play(app)

    assert app.done[-1] == "destroy geo"


def test_drift_fails() -> None:
    steps = Steps(Console(file=io.StringIO()))
    no_drift(steps, site_of(App()))
    assert [step.name for step in steps.done] == ["no drift in account", "no drift in geo"]

    with pytest.raises(PophubError, match="a second deploy would change something"):
        no_drift(steps, site_of(App(drifted=True)))

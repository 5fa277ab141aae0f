"""The server that the running hub tries: who may ask for it, and what they read."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from tornado.web import HTTPError
from traitlets.config import Config

Load = Callable[..., Config]
MACHINE = SimpleNamespace(name="cost-watch", kind="service")


class Asked(SimpleNamespace):
    """What the handler has of a request, and what it says."""

    def __init__(self, by: Any) -> None:
        super().__init__(current_user=by, settings={"of": "the hub"}, said=[], _finished=False, log=self)

    def get_query_argument(self, name: str) -> str:
        return {"image": "an:image"}[name]

    def set_header(self, name: str, value: str) -> None:
        assert (name, value) == ("Content-Type", "text/plain; charset=utf-8")

    def finish(self, text: str = "") -> None:
        """JupyterHub's own: nobody can wait for it."""
        self._finished = True
        self.said.append(text)

    def exception(self, words: str) -> None:
        self.said.append(words)


@pytest.fixture
def trial_at_hub(load: Load) -> Any:
    load()
    return importlib.import_module("sections.trial_at_hub")


def ask(trial_at_hub: Any, monkeypatch: pytest.MonkeyPatch, *, starts: str = "", stops: str = "") -> list[str]:
    """All that was said and done, in its order; `starts` and `stops` are words of what fails."""
    asked = Asked(MACHINE)

    @asynccontextmanager
    async def answering(settings: Any, image: str, folder: str | None) -> AsyncIterator[None]:
        assert (settings, image, folder) == ({"of": "the hub"}, "an:image", trial_at_hub.FOLDER)
        if starts:
            raise ValueError(starts)
        yield
        asked.said.append("stops")
        if stops:
            raise ValueError(stops)

    monkeypatch.setattr(trial_at_hub, "answering", answering)
    asyncio.run(trial_at_hub.TryServer.post(asked))
    said: list[str] = asked.said
    return said


def test_nothing_is_said_of_a_server_that_answers_and_that_is_said_before_it_stops(
    trial_at_hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(trial_at_hub, monkeypatch) == ["", "stops"]


def test_why_no_server_answers_is_said(trial_at_hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(trial_at_hub, monkeypatch, starts="no room") == ["ValueError: no room"]


def test_a_server_that_cannot_be_stopped_is_logged(trial_at_hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ask(trial_at_hub, monkeypatch, stops="Docker is gone")

    assert said == ["", "stops", "the server that was tried could not be stopped"]


@pytest.mark.parametrize(
    "by", [None, SimpleNamespace(name="cost-watch", kind="user"), SimpleNamespace(name="costs", kind="service")]
)
def test_nobody_but_the_hubs_machine_may_ask(trial_at_hub: Any, by: Any) -> None:
    asked = Asked(by)

    with pytest.raises(HTTPError, match="403"):
        asyncio.run(trial_at_hub.TryServer.post(asked))
    assert not asked.said
    # browsers send cookies automatically
    assert not trial_at_hub.TryServer._accept_cookie_auth

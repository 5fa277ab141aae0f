"""The event's content as the hub sees it: who waits for it reads so."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config

URL = "https://git.example.org/a/tutorials.git/"
Load = Callable[..., Config]


def spawner(home: Path, url: str = URL) -> Any:
    binds = {str(home): {"bind": "/home/jovyan", "mode": "rw"}, "/opt/server": {"bind": "/opt/server", "mode": "ro"}}
    return SimpleNamespace(environment={"POPHUB_CONTENT": url} if url else {}, volume_binds=binds)


@pytest.fixture
def content(load: Load) -> ModuleType:
    load()
    return sys.modules["sections.content"]


@pytest.fixture
def half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a participant's server puts the content while it comes."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "hub-config/server"))
    monkeypatch.delitem(sys.modules, "content", raising=False)
    import content  # noqa: PLC0415  # type: ignore[import-not-found]

    wanted: Path = content.Content.wanted({"POPHUB_CONTENT": URL}, tmp_path).half
    monkeypatch.delitem(sys.modules, "content")
    return wanted


def test_content_that_comes_into_a_new_home_is_seen(content: ModuleType, half: Path, tmp_path: Path) -> None:
    assert not content.is_being_fetched(spawner(tmp_path))
    half.mkdir()

    assert content.is_being_fetched(spawner(tmp_path))
    assert not content.is_being_fetched(spawner(tmp_path, url=""))
    assert not content.is_being_fetched(spawner(tmp_path / "new"))


@pytest.mark.parametrize("of_workers", [False, True], ids=["container", "worker"])
def test_who_waits_for_the_content_reads_so(load: Load, half: Path, tmp_path: Path, of_workers: bool) -> None:
    load()
    __import__("sections.workers")
    module = sys.modules[f"sections.{'workers' if of_workers else 'containers'}"]
    kind = module.WorkerServer if of_workers else module.Watched
    half.mkdir()
    queue = SimpleNamespace(place=lambda _: None)
    ada = SimpleNamespace(**vars(spawner(tmp_path)), queue=queue, starts=True, waits=False)

    message = asyncio.run(asyncio.wait_for(anext(kind.progress(ada)), 10))

    assert message == {"progress": 60, "message": "The event's content is being copied into your home."}

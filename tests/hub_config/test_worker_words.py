"""Why a start waits; test_workers.py follows it on the page."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("known", "words"),
    [(None, "COMES"), ("{}", "COMES"), ('{"trouble": ""}', "COMES"), ('{"trouble": "x"}', "REFUSED")],
)
def test_the_words_follow_what_the_daemon_knows(
    load: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: str | None, words: str
) -> None:
    load()
    module = import_module("sections.worker_words")
    file = tmp_path / "workers.json"
    if known is not None:
        file.write_text(known)
    monkeypatch.setattr(module, "WORKERS", file)

    assert module.why_it_waits() == getattr(module, words)

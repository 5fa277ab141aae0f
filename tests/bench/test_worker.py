"""The bench of workers: each kind is born once, and starts are compared on the last one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import worker


def test_each_kind_is_born_once_and_the_last_one_starts_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    born: list[dict[str, Any]] = []

    def run(*command: str, **_: object) -> str:
        return {"node": "ready\n", "-c": "115712\n"}.get(command[1], "")

    @contextmanager
    def bear(hub: object, number: int, **kind: Any) -> Iterator[Any]:
        born.append(kind)
        yield SimpleNamespace(name=f"i-{number}", seconds=20.0 + number)

    hub = SimpleNamespace(await_open=lambda: 9.0, journal=lambda unit: "the hub is ready", run=run)
    lab = SimpleNamespace(machine=lambda: nullcontext(hub), worker=bear)
    monkeypatch.setattr(worker, "MachineLab", lambda event, folder: nullcontext(lab))
    monkeypatch.setattr(worker, "_starts", lambda hub, talk: (("on a worker", "5.0", "4.0", "6.0"),))
    births, starts, waiting = worker.measure(tmp_path, lambda line: None)

    assert [kind.get("baked", True) for kind in born] == [False, True, True]
    assert births.rows[0] == ("bare Debian", "20.0")
    assert starts.rows == (("on a worker", "5.0", "4.0", "6.0"),)
    assert waiting.rows[1] == ("with 500 that wait, MiB", "113")

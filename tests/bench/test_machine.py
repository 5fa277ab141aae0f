"""The bench of a machine's birth: what it reads out of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import machine


def test_each_step_stands_beside_the_same_one_of_a_pre_baked_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def boot(*, baked: bool) -> Iterator[Any]:
        said = f"step 1 of 2 (homes): done in 0 s\nstep 2 of 2 (packages): done in {0 if baked else 21} s\nopen\n"
        yield SimpleNamespace(await_open=lambda: 9.04 if baked else 41.96, journal=lambda unit: said)

    @contextmanager
    def lab(*_: object) -> Iterator[Any]:
        yield SimpleNamespace(machine=boot)

    monkeypatch.setattr(machine, "MachineLab", lab)
    (figures,) = machine.measure(tmp_path, lambda line: None)

    assert figures.rows == (
        ("homes", "0", "0"),
        ("packages", "21", "0"),
        ("switched on to healthy", "42.0", "9.0"),
    )

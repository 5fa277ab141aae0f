"""What is missing for the lab's machines is said with what helps."""

from __future__ import annotations

import os

import pytest

from lab.machine import missing
from lab.machine.missing import what_is_missing


@pytest.fixture
def _root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing.sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.usefixtures("_root")
def test_missing_programs_are_named_by_their_packages() -> None:
    found = what_is_missing({"sh": "dash", "no-such-program": "b-package", "nor-this": "a-package"})

    assert found == ("not installed: a-package, b-package", "apt-get install a-package b-package")
    assert what_is_missing({"sh": "dash"}) is None


@pytest.mark.usefixtures("_root")
def test_only_root_can_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert what_is_missing({}) == ("only root on Linux can boot a machine", "run it as root")

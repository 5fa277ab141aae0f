"""What failed, in one line for an organizer."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from pophub.hub.install import faults
from pophub.hub.install.aws import METADATA

CADDY = """
not JSON
{"level": "error", "error": "first"}
{"level": "info", "error": "not one"}
[]
{"level": "error", "error": "HTTP 400 urn:ietf:params:acme:error:rejectedIdentifier - no"}
{"level": "error", "msg": "without a cause"}
""".splitlines()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Whom the clock was compared with; it is right."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(faults, "clock_problem", lambda *hosts: asked.append(hosts) or "")
    return asked


def test_the_last_words_say_why(clock: list[tuple[str, ...]]) -> None:
    assert faults.explain("one\ntwo\n  \n", on_ec2=True) == "two"
    assert faults.explain("x" * 500, on_ec2=False) == "x" * 400
    assert faults.explain("", on_ec2=False) == ""
    assert clock == [(METADATA,), (), ()]


def test_a_wrong_clock_explains_whatever_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "clock_problem", lambda *_: "the clock is wrong")

    assert faults.explain("certificate is not yet valid", on_ec2=True) == "the clock is wrong"


@pytest.mark.parametrize("words", ["No space left on device", "cp: Disk quota exceeded"])
def test_a_full_disk_is_told_with_its_place(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=7 << 20))
    told = faults.explain(f"tar: {words}\nexit 1", on_ec2=True)

    assert told.startswith("the disk is full (/: 7 MB left")
    assert told.endswith("): delete what is not needed, or enlarge the disk")


def test_a_disk_is_named_once_and_only_if_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(faults.full_disks(["/", "/etc", "/nowhere"])) == [] or shutil.disk_usage("/").free < 200 << 20
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=199 << 20))
    assert list(faults.full_disks(["/", "/usr/share", "/nowhere"])) == ["/: 199 MB left"]


def test_the_authority_is_told_by_its_last_error() -> None:
    assert faults.authority_error(CADDY) == "it refuses: rejectedIdentifier - no"
    assert faults.authority_error(["not JSON"]) == ""

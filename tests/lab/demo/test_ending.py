"""What an ended event may leave in the lab AWS."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from lab.demo import ending
from lab.demo.ending import nothing_left
from lab.steps import Steps
from pophub.core.contract import ARCHIVE, BUNDLES, CERTIFICATES, REPORTS
from pophub.core.errors import PophubError

BEFORE = frozenset({("Buckets", "bucket")})
SNAPSHOT = ("Snapshots", "snap-1")
LEFT: dict[str, tuple[set[tuple[str, str]], str]] = {
    "a volume": ({SNAPSHOT, ("Volumes", "vol-1")}, "left behind: .*vol-1"),
    "a bundle": ({("Objects", f"bucket-1/{BUNDLES}/geo/archive/1.tar.gz")}, "left behind: .*1.tar.gz"),
    "a second snapshot": ({SNAPSHOT, ("Snapshots", "snap-2")}, "left behind: .*snap-2"),
}


def look(monkeypatch: pytest.MonkeyPatch, left: set[tuple[str, str]]) -> str:
    monkeypatch.setattr(ending, "take_inventory", lambda aws, region: BEFORE | left)
    steps, aws = Steps(Console(file=io.StringIO())), None
    unasked: Any = aws
    nothing_left(steps, BEFORE, unasked, "us-west-2")
    return steps.done[0].result


@pytest.mark.parametrize(("left", "problem"), LEFT.values(), ids=LEFT)
def test_whatever_else_is_left_is_named(
    monkeypatch: pytest.MonkeyPatch, left: set[tuple[str, str]], problem: str
) -> None:
    with pytest.raises(PophubError, match=problem):
        look(monkeypatch, left)


def test_the_last_snapshot_of_the_homes_may_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(monkeypatch, {SNAPSHOT}) == "nothing but the home volume's final snapshot, snap-1"


def test_after_an_archive_the_bucket_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {
        ("Objects", f"bucket-1/{ARCHIVE}/geo/homes/ada.tar.zst"),
        ("Objects", f"bucket-1/{REPORTS}/geo/retrospective.md"),
    }
    assert look(monkeypatch, kept) == "nothing but 2 objects of archive and reports in the bucket"
    kept.add(("Objects", f"bucket-1/{CERTIFICATES}/geo/caddy.tar.gz"))
    assert look(monkeypatch, kept) == "nothing but 3 objects of archive, certificates and reports in the bucket"

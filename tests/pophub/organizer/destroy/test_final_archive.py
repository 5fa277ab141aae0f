"""The final archive is of one disk and one moment: it says nothing of another disk, an older snapshot or later work."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pophub.aws.client import Aws
from pophub.core.contract import FINAL_FILE
from pophub.hub.archive.archive import archive
from pophub.organizer.destroy.final_archive import Final, covered_by, final_of, finals_of, note_final, wholly_covered_by
from pophub.organizer.event_context import EventContext, archive_of
from pophub.organizer.leftovers.resource import Resource
from tests.pophub.planted import NOW, event_context

VOLUME = Resource("volume", "vol-1", Decimal(1), holds_work=True, disk="vol-1")


@pytest.fixture
def context(aws: Aws, tmp_path: Path) -> EventContext:
    """An event whose one disk is archived for good."""
    context = event_context(aws, f"final-{tmp_path.name[-8:].strip('_').lower()}")
    (tmp_path / "ada").mkdir()
    bucket = archive_of(context, "vol-1")
    archive(bucket, tmp_path, now=NOW)
    note_final(bucket, NOW, machine="i-1", by="user/ada")
    return context


def snapshot(disk: str, since: timedelta) -> Resource:
    return Resource("snapshot", "snap", Decimal(1), holds_work=True, disk=disk, since=NOW + since)


@pytest.mark.parametrize(
    ("resource", "covered"),
    [
        (VOLUME, True),
        (Resource("volume", "vol-2", Decimal(1), disk="vol-2"), False),
        (snapshot("vol-1", timedelta(minutes=1)), True),
        (snapshot("vol-1", timedelta(0)), True),
        (snapshot("vol-1", timedelta(minutes=-1)), False),
        (snapshot("vol-2", timedelta(minutes=1)), False),
        (Resource("volume", "i-1", Decimal(1)), False),
        (Resource("instance", "i-1", Decimal(1), disk="vol-1"), True),
        # its disk has been taken from it
        (Resource("instance", "i-1", Decimal(1), disk="i-1"), True),
        (Resource("instance", "i-2", Decimal(1), disk="vol-1"), False),
    ],
)
def test_it_covers_its_disk_its_machine_and_the_snapshots_of_it_since_then(
    context: EventContext, resource: Resource, covered: bool
) -> None:
    assert covered_by(finals_of(context, [resource, VOLUME]))(resource) is covered


@pytest.mark.parametrize("change", ["another archive", "a lost home", "taken back", "nonsense"])
def test_whatever_changes_in_the_bucket_ends_it(context: EventContext, tmp_path: Path, change: str) -> None:
    bucket = archive_of(context, "vol-1")
    assert final_of(context, "vol-1") == Final("vol-1", "i-1", NOW, ())
    match change:
        case "another archive":
            (tmp_path / "grace").mkdir()
            archive(bucket, tmp_path, now=NOW)
        case "a lost home":
            bucket.delete("homes/ada.tar.zst")
        case "taken back":
            bucket.put_json(FINAL_FILE, {})
        case _:
            bucket.put(FINAL_FILE, b"[1]")

    assert final_of(context, "vol-1") is None


def test_what_could_not_be_archived_as_it_was_keeps_the_disk(context: EventContext) -> None:
    finals = {"vol-1": Final("vol-1", "i-1", NOW, ("ada: 1 times input/output error",))}

    assert covered_by(finals)(VOLUME)
    assert not wholly_covered_by(finals)(VOLUME)

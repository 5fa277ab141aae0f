"""The archive of all homes goes on wherever it was cut off, misses no change, and is complete only when it is."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.aws import bucket as bucket_module
from pophub.aws.bucket import MIB, BucketPrefix, Upload
from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.hub.archive import archive as module
from pophub.hub.archive.archive import Progress, archive
from pophub.hub.archive.homes import SHARED, Home, homes_in
from pophub.hub.archive.read_back import Damaged, Nobody, read_back
from pophub.hub.archive.receipt import is_verified, receipts_on
from pophub.organizer.destroy.restore import restore
from tests.pophub.organizer.destroy.tree import odd_home, state
from tests.pophub.planted import BUCKET, NOW, REGION

KILLS = 20
MOST_MEMORY = 150 * 10**6
# what S3 takes at least
SMALLEST_PART = 5 * MIB
# what the kernel has seen at most of this program alone, in KiB; what it tells a parent may be the parent's own
MEASURED = """
import re, sys
from pathlib import Path
from pophub.aws import bucket
from pophub.hub.archive.command import main
size = int(sys.argv.pop(1)) * bucket.MIB
bucket.PARTS = ((0, size),)
main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three homes; one of them comes in three parts."""
    monkeypatch.setattr(bucket_module, "PARTS", ((0, SMALLEST_PART),))
    folder = tmp_path / "homes"
    odd_home(folder / "carol-2dx")
    for name, size in {"ada": 1, "grace": 2 * SMALLEST_PART + MIB}.items():
        (folder / name).mkdir()
        (folder / name / "data").write_bytes(os.urandom(size))
    return folder


def said(bucket: BucketPrefix, homes: Path) -> dict[str, str]:
    """What was done with whom."""
    progress: list[Progress] = []
    assert archive(bucket, homes, progress.append, now=NOW).is_complete
    assert [it.done for it in progress] == list(range(1, len(progress) + 1))
    return {it.user: it.what for it in progress}


def assert_all_is_there(bucket: BucketPrefix, homes: Path, to: Path) -> None:
    for home in homes_in(homes):
        restore(bucket, home, to / home.folder)
        assert state(to / home.folder) == state(homes / home.folder), home.user


def test_every_home_is_archived_and_read_back(bucket: BucketPrefix, homes: Path, tmp_path: Path) -> None:
    assert said(bucket, homes) == dict.fromkeys(["ada", "carol-x", "grace"], "archived, read back")
    assert is_verified(bucket)
    assert_all_is_there(bucket, homes, tmp_path / "back")


def test_a_second_time_nothing_is_sent(bucket: BucketPrefix, homes: Path) -> None:
    said(bucket, homes)
    before = bucket.list("homes/")

    assert set(said(bucket, homes).values()) == {"as before"}
    assert bucket.list("homes/") == before


@pytest.mark.parametrize("change", ["content", "same length and time", "new", "gone", "mode", "renamed"])
def test_any_change_since_is_archived(bucket: BucketPrefix, homes: Path, tmp_path: Path, change: str) -> None:
    said(bucket, homes)
    file = homes / "ada" / "data"
    before = file.stat()
    match change:
        case "content":
            file.write_bytes(b"other")
        case "same length and time":
            file.write_bytes(b"!")
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "new":
            (homes / "ada" / "later").touch()
        case "gone":
            file.unlink()
        case "mode":
            file.chmod(0o600)
        case _:
            file.rename(homes / "ada" / "renamed")

    assert said(bucket, homes) == {"ada": "archived, read back", "carol-x": "as before", "grace": "as before"}
    assert_all_is_there(bucket, homes, tmp_path / "back")


@pytest.mark.parametrize("key", ["data", "manifest", "receipt"])
def test_what_was_lost_or_spoilt_in_the_bucket_is_made_anew(bucket: BucketPrefix, homes: Path, key: str) -> None:
    said(bucket, homes)
    bucket.put(getattr(Home("ada"), key), b"{}")

    assert not is_verified(bucket)
    assert said(bucket, homes)["ada"] == "archived, read back"
    assert is_verified(bucket)


def test_an_archive_is_verified_only_when_every_home_of_the_last_run_was_read_back(
    bucket: BucketPrefix, homes: Path
) -> None:
    assert not is_verified(bucket)

    said(bucket, homes)
    (homes / "late").mkdir()
    with pytest.raises(Killed):
        archive(_killed_at(bucket, 8), homes, now=NOW)

    assert {receipt.user for receipt in receipts_on(bucket)} >= {"ada", "carol-x", "grace"}
    # the list of that archive stands, and the new home is not on it
    assert is_verified(bucket)
    assert "late" not in bucket.get_json("archive.json")["homes"]

    # a home of the list that is being made anew is not what was archived
    (homes / "ada" / "data").write_bytes(b"other")
    archive(bucket, homes, now=NOW, checked=False)
    assert not is_verified(bucket)


def test_a_home_that_cannot_be_read_is_told_and_the_others_are_archived(
    bucket: BucketPrefix, homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open

    def refuse(path: Any, *arguments: Any, **named: Any) -> int:
        if path == homes / "carol-2dx":
            raise PermissionError(13, "Permission denied")
        return real_open(path, *arguments, **named)

    monkeypatch.setattr(module.os, "open", refuse)
    archived = archive(bucket, homes, now=NOW)

    assert archived.failed == (("carol-x", "not archived: permission denied"),)
    assert [receipt.user for receipt in archived.receipts] == ["ada", "grace"]
    assert not archived.is_complete
    assert not is_verified(bucket)


def test_what_the_bucket_would_keep_for_fewer_days_is_put_there_anew(aws: Aws, homes: Path) -> None:
    def of(days: int) -> BucketPrefix:
        return BucketPrefix(aws, BUCKET, REGION, "archive/days", {"pophub:keep-days": str(days)})

    assert set(said(of(7), homes).values()) == {"archived, read back"}
    assert set(said(of(7), homes).values()) == {"as before"}
    assert set(said(of(90), homes).values()) == {"archived, read back"}


def test_a_home_that_was_moved_behind_a_link_is_told(bucket: BucketPrefix, homes: Path, tmp_path: Path) -> None:
    (homes / "ada").rename(tmp_path / "large")
    (homes / "ada").symlink_to(tmp_path / "large")

    archived = archive(bucket, homes, now=NOW)

    told = f"not archived: it is a link to {tmp_path}/large; move that folder here"
    assert (archived.is_complete, archived.failed) == (False, (("ada", told),))


def test_a_home_that_has_the_name_of_everybodys_data_is_told(bucket: BucketPrefix, homes: Path, tmp_path: Path) -> None:
    (homes / SHARED).mkdir()
    with pytest.raises(PophubError, match=f"two folders would have one place in the archive: {SHARED}"):
        archive(bucket, homes, now=NOW, also={Home(SHARED, account=True): tmp_path})

    assert bucket.list() == {}


def test_a_folder_that_the_disk_does_not_give_is_no_empty_home(
    bucket: BucketPrefix, homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.listdir

    def fail(folder: Any) -> list[str]:
        if isinstance(folder, int) and "data" in real(folder):
            raise OSError(5, "Input/output error")
        return real(folder)

    monkeypatch.setattr(os, "listdir", fail)
    archived = archive(bucket, homes, now=NOW)

    assert dict(archived.failed) == dict.fromkeys(["ada", "grace"], "not archived: input/output error")
    assert not is_verified(bucket)


@pytest.mark.parametrize(
    ("age", "done"), [(timedelta(hours=20), "as before"), (timedelta(days=85), "archived, read back")]
)
def test_at_the_end_what_has_lain_there_for_long_is_put_there_anew(
    bucket: BucketPrefix, homes: Path, age: timedelta, done: str
) -> None:
    """The bucket would let it go so many days after it was put there, and not after the end."""
    archive(bucket, homes, now=NOW - age)
    progress: list[Progress] = []
    archived = archive(bucket, homes, progress.append, now=NOW, not_before=NOW - timedelta(days=1))

    assert {it.what for it in progress} == {done}
    assert {receipt.at for receipt in archived.receipts} == {(NOW if age.days else NOW - age).isoformat()}


def test_an_archive_that_is_not_read_back_whole_is_not_receipted_as_read(
    bucket: BucketPrefix, homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Upload.close

    def spoil(upload: Upload) -> Any:
        if upload._part.tell() and upload._key == "homes/ada.tar.zst":
            upload._part[upload._part.tell() // 2] ^= 1
        return put(upload)

    monkeypatch.setattr(Upload, "close", spoil)
    archived = archive(bucket, homes, now=NOW)

    assert [user for user, _ in archived.failed] == ["ada"]
    assert not is_verified(bucket)

    monkeypatch.setattr(Upload, "close", put)

    assert archive(bucket, homes, now=NOW).is_complete


class Killed(BaseException):
    """As a killed process: nothing after it is done."""


def _killed_at(bucket: BucketPrefix, call: int) -> BucketPrefix:
    """The same place, where the process dies at its n-th call; from then on no call gets through."""

    class Dying(BucketPrefix):
        calls = 0

        def call(self, operation: str, key: str, **arguments: Any) -> dict[str, Any]:
            Dying.calls += 1
            if Dying.calls >= call:
                raise Killed
            return super().call(operation, key, **arguments)

    return Dying(bucket._aws, bucket.bucket, bucket.region, bucket.prefix, {"pophub:keep-days": "90"})


def test_killed_at_any_call_to_the_bucket_it_goes_on_and_loses_nothing(
    bucket: BucketPrefix, homes: Path, tmp_path: Path
) -> None:
    deaths = 0
    while True:
        # each run gets one call further than the one before, if it could not use what that has done
        try:
            archive(_killed_at(bucket, deaths + 1), homes, now=NOW)
            break
        except Killed:
            deaths += 1
            assert_receipts_are_true(bucket)

    assert deaths > 10
    assert is_verified(bucket)
    assert_all_is_there(bucket, homes, tmp_path / "back")


def assert_receipts_are_true(bucket: BucketPrefix) -> None:
    for receipt in receipts_on(bucket):
        home = Home(receipt.home)
        try:
            read_back(bucket.read(home.data), bucket.read(home.manifest), home.top, Nobody())
        except Damaged:
            # what the killed one had sent last may arrive late; then its receipt does not fit any more
            assert not receipt.fits(bucket.list("homes/"))


def test_killed_at_twenty_random_moments_it_goes_on_and_loses_nothing(
    bucket: BucketPrefix, homes: Path, tmp_path: Path
) -> None:
    seconds = _archive_in_a_process(bucket, homes, kill_after=None)
    assert seconds is not None
    moments, killed = random.Random(6), 0
    for number in range(KILLS):
        # somebody works on: there is always something to do
        (homes / "grace" / f"more-{number}").write_bytes(os.urandom(2**18))
        took = _archive_in_a_process(bucket, homes, kill_after=moments.uniform(0, seconds))
        killed += took is None
        # the first run has more to do than those after it, and may have been beside more
        seconds = min(seconds, took or seconds)
        assert_receipts_are_true(bucket)
    assert killed > KILLS * 0.6
    assert archive(bucket, homes, now=NOW).is_complete
    assert is_verified(bucket)
    assert_all_is_there(bucket, homes, tmp_path / "back")


# of the parts in which a home travels: the usual ones, and those of a home beyond 23 GiB
@pytest.mark.parametrize("part_mib", [8, 32])
def test_little_memory_is_enough(aws: Aws, tmp_path: Path, part_mib: int) -> None:
    home = tmp_path / "homes" / "ada"
    home.mkdir(parents=True)
    chance = random.Random(part_mib)
    (home / "large").write_bytes(os.urandom(160 * MIB))
    # no holes, and in the bucket nearly nothing
    with (home / "zeros").open("wb") as file:
        for _ in range(160):
            file.write(bytes(MIB))
    for number in range(5000):
        (home / f"small-{number}").write_bytes(chance.randbytes(1 + number // 5))
    place = [f"memory-{part_mib}", "--bucket", BUCKET, "--region", REGION, "--homes", str(home.parent)]
    command = [sys.executable, "-c", MEASURED, str(part_mib), *place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    *_, summary, peak = done.stdout.splitlines()

    assert json.loads(summary)["complete"], done.stderr
    assert int(peak) * 1024 <= MOST_MEMORY


def _archive_in_a_process(bucket: BucketPrefix, homes: Path, *, kill_after: float | None) -> float | None:
    """How long it took; None where the kill came before its end."""
    place = (bucket.bucket, bucket.region, bucket.prefix)
    process = multiprocessing.get_context("fork").Process(target=_child, args=(place, homes))
    began = time.monotonic()
    process.start()
    process.join(kill_after)
    if kill_after is not None:
        process.kill()
    process.join()
    assert process.exitcode == 0 or (kill_after is not None and process.exitcode == -signal.SIGKILL)
    return None if process.exitcode else time.monotonic() - began


def _child(place: tuple[str, str, str], homes: Path) -> None:
    archive(BucketPrefix(Aws(), *place), homes, now=NOW)

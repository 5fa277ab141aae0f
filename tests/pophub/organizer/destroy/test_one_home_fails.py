"""One home of three that cannot be archived, for whatever reason: the others are, it is named, and a next run tries it alone."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pophub.aws.bucket import BucketPrefix, Upload
from pophub.aws.client import AwsRefusal
from pophub.hub.archive import archive as module
from pophub.hub.archive.archive import Progress, archive
from pophub.hub.archive.pack import Packer
from pophub.hub.archive.read_back import Damaged
from pophub.hub.archive.receipt import is_verified
from tests.pophub.planted import NOW, Forbidden

USERS = ["ada", "bob", "cyd"]
Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    for name in USERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").write_bytes(os.urandom(9 * 2**20 if name == "bob" else 1000))
    return tmp_path


def refused_by_s3(*operations: str, code: str) -> Break:
    """As S3 answers these calls about bob's archive; the others go through."""
    refusing = Forbidden(*operations, code=code)

    def break_(patch: pytest.MonkeyPatch) -> None:
        call = BucketPrefix.call

        def of_bob(bucket: BucketPrefix, operation: str, key: str, **arguments: Any) -> dict[str, Any]:
            if key.startswith("homes/bob."):
                bucket = BucketPrefix(refusing, bucket.bucket, bucket.region, bucket.prefix)
            return call(bucket, operation, key, **arguments)

        patch.setattr(BucketPrefix, "call", of_bob)

    return break_


def raised_in(owner: Any, name: str, error: Exception) -> Break:
    """An error in the middle of bob's archive; which home it is only the caller's arguments say."""

    def break_(patch: pytest.MonkeyPatch) -> None:
        real = getattr(owner, name)

        def of_bob(*arguments: Any, **named: Any) -> Any:
            if any("bob" in str(getattr(it, "_key", getattr(it, "_top", it))) for it in arguments):
                raise error
            return real(*arguments, **named)

        patch.setattr(owner, name, of_bob)

    return break_


NO_ROOM = OSError(errno.ENOSPC, "No space left on device")
BREAKS: dict[str, tuple[Break, str]] = {
    "S3 refuses the completion": (
        refused_by_s3("CompleteMultipartUpload", code="InvalidPart"),
        "s3 complete_multipart_upload: InvalidPart",
    ),
    "S3 refuses the beginning": (
        refused_by_s3("CreateMultipartUpload", code="AccessDenied"),
        "s3 create_multipart_upload: AccessDenied",
    ),
    "S3 refuses a part, and to take back what was sent": (
        refused_by_s3("UploadPart", "AbortMultipartUpload", code="SlowDown"),
        "s3 upload_part: SlowDown",
    ),
    "S3 refuses the receipt": (refused_by_s3("PutObject", code="AccessDenied"), "s3 put_object: AccessDenied"),
    "S3 refuses to give it back": (refused_by_s3("GetObject", code="AccessDenied"), "s3 get_object: AccessDenied"),
    "there is no room": (raised_in(Packer, "pack", NO_ROOM), "no space left on device"),
    "it is damaged on the way": (raised_in(Upload, "close", Damaged("x")), "the archive is damaged or incomplete: x"),
    "an error that nobody foresaw": (
        raised_in(Packer, "pack", ZeroDivisionError("by zero")),
        "an error of pophub's own: ZeroDivisionError: by zero",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_others_are_archived_and_the_next_run_tries_it_alone(
    bucket: BucketPrefix, homes: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    break_, reason = BREAKS[what]
    with monkeypatch.context() as patch:
        break_(patch)
        archived = archive(bucket, homes, now=NOW)

    assert [receipt.user for receipt in archived.receipts] == ["ada", "cyd"]
    assert [user for user, _ in archived.failed] == ["bob"]
    assert archived.failed[0][1].startswith("not archived: ")
    assert reason in archived.failed[0][1]
    assert not is_verified(bucket)
    listed = bucket.get_json("archive.json")
    assert (listed["complete"], sorted(listed["homes"])) == (False, ["ada", "cyd"])
    assert listed["failed"] == [list(archived.failed[0])]

    steps: list[Progress] = []
    assert archive(bucket, homes, steps.append, now=NOW).is_complete
    assert {it.user for it in steps if it.what == "as before"} >= {"ada", "cyd"}
    assert is_verified(bucket)


def test_a_file_that_changes_while_it_is_read_ends_nothing(
    bucket: BucketPrefix, homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = Upload.close

    def grows(upload: Upload) -> Any:
        with (homes / "bob" / "data").open("ab") as file:
            file.write(b"more")
        return close(upload)

    monkeypatch.setattr(Upload, "close", grows)
    archived = archive(bucket, homes, now=NOW)

    assert archived.is_complete
    # what changed later is archived the next time
    monkeypatch.setattr(Upload, "close", close)
    steps: list[Progress] = []
    archive(bucket, homes, steps.append, now=NOW)
    assert {it.user: it.what for it in steps} == {"ada": "as before", "bob": "archived, read back", "cyd": "as before"}


def test_a_bucket_that_takes_nothing_ends_the_run(bucket: BucketPrefix, homes: Path) -> None:
    closed = BucketPrefix(Forbidden("PutObject", "CreateMultipartUpload"), bucket.bucket, bucket.region, bucket.prefix)
    steps: list[Progress] = []
    with pytest.raises(AwsRefusal, match="AccessDenied"):
        archive(closed, homes, steps.append, now=NOW)

    assert [it.user for it in steps] == USERS
    assert module.ARCHIVE not in bucket.list()

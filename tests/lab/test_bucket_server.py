"""The bench's bucket answers the few calls of S3 that the archive makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.child import Child
from pophub.aws.bucket import MIB, BucketPrefix
from pophub.aws.client import Aws, AwsRefusal


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BucketPrefix]:
    (tmp_path / "bucket").mkdir()
    with Child("lab.bucket_server", str(tmp_path / "bucket"), log=tmp_path / "log") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "lab")
        yield BucketPrefix(Aws(), "bench-bucket", "us-west-2", "archive/bench")


def test_objects_go_in_whole_or_in_parts_and_come_out(bucket: BucketPrefix) -> None:
    content = os.urandom(20 * MIB)
    upload = bucket.upload("homes/large")
    upload.write(content)
    stored = {"homes/large": upload.close(), "homes/small": bucket.put("homes/small", b"x")}

    assert b"".join(bucket.read("homes/large")) == content
    assert b"".join(bucket.read("homes/small")) == b"x"
    assert bucket.list("homes/") == stored
    assert bucket.list("homes/s") == {"homes/small": stored["homes/small"]}


@pytest.mark.parametrize(("created_with", "completed_with"), [({}, True), ({"ChecksumAlgorithm": "CRC32"}, False)])
def test_part_checksums_are_in_all_of_an_upload_or_in_none(
    bucket: BucketPrefix, created_with: dict[str, Any], completed_with: bool
) -> None:
    upload = {"UploadId": bucket.call("create_multipart_upload", "x", **created_with)["UploadId"]}
    answer = bucket.call("upload_part", "x", **upload, PartNumber=1, Body=b"x")
    part = {"PartNumber": 1, "ETag": answer["ETag"]}
    part |= {"ChecksumCRC32": answer["ChecksumCRC32"]} if completed_with else {}
    with pytest.raises(AwsRefusal, match="InvalidPart"):
        bucket.call("complete_multipart_upload", "x", **upload, MultipartUpload={"Parts": [part]})

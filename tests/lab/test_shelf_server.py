"""The bench's shelf answers the few calls of S3 that the archive makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.child import Child
from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.shelf import MIB, ShelfPrefix


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShelfPrefix]:
    (tmp_path / "shelf").mkdir()
    with Child("lab.shelf_server", str(tmp_path / "shelf"), log=tmp_path / "log") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "lab")
        yield ShelfPrefix(Aws(), "bench-shelf", "us-west-2", "archive/bench")


def test_objects_go_in_whole_or_in_parts_and_come_out(shelf: ShelfPrefix) -> None:
    content = os.urandom(20 * MIB)
    upload = shelf.upload("homes/large")
    upload.write(content)
    stored = {"homes/large": upload.close(), "homes/small": shelf.put("homes/small", b"x")}

    assert b"".join(shelf.read("homes/large")) == content
    assert b"".join(shelf.read("homes/small")) == b"x"
    assert shelf.list("homes/") == stored
    assert shelf.list("homes/s") == {"homes/small": stored["homes/small"]}


@pytest.mark.parametrize(("created_with", "completed_with"), [({}, True), ({"ChecksumAlgorithm": "CRC32"}, False)])
def test_part_checksums_are_in_all_of_an_upload_or_in_none(
    shelf: ShelfPrefix, created_with: dict[str, Any], completed_with: bool
) -> None:
    upload = {"UploadId": shelf.call("create_multipart_upload", "x", **created_with)["UploadId"]}
    answer = shelf.call("upload_part", "x", **upload, PartNumber=1, Body=b"x")
    part = {"PartNumber": 1, "ETag": answer["ETag"]}
    part |= {"ChecksumCRC32": answer["ChecksumCRC32"]} if completed_with else {}
    with pytest.raises(AwsRefusal, match="InvalidPart"):
        shelf.call("complete_multipart_upload", "x", **upload, MultipartUpload={"Parts": [part]})

"""The lab's S3 refuses of uploads in parts what S3 refuses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.aws import LabAws
from tests.pophub.planted import BUCKET, REGION, lab_aws

__all__ = ["lab_aws"]
WHERE = {"Bucket": BUCKET, "Key": "uploads/x"}
SMALLEST = bytes(5 * 2**20)


class Parts:
    """An upload of these parts, as boto3 sends it by itself."""

    def __init__(self, lab: LabAws, *contents: bytes, algorithm: str = "") -> None:
        self._s3 = lab.client("s3", REGION)
        named = {"ChecksumAlgorithm": algorithm} if algorithm else {}
        self.id = self._s3.create_multipart_upload(**WHERE, **named)["UploadId"]
        self.stored = [self.put(number, content) for number, content in enumerate(contents, 1)]

    def put(self, number: int, content: bytes, **more: Any) -> dict[str, Any]:
        answer = self._s3.upload_part(**WHERE, UploadId=self.id, PartNumber=number, Body=content, **more)
        return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": answer["ChecksumCRC32"]}

    def complete(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        answer = self._s3.complete_multipart_upload(**WHERE, UploadId=self.id, MultipartUpload={"Parts": parts})
        return dict(answer)

    def abort(self) -> None:
        self._s3.abort_multipart_upload(**WHERE, UploadId=self.id)


def without_checksum(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]


def test_part_checksums_need_an_algorithm_at_creation(lab_aws: LabAws) -> None:
    upload = Parts(lab_aws, SMALLEST, b"x")
    with pytest.raises(ClientError, match="InvalidPart"):
        upload.complete(upload.stored)

    assert upload.complete(without_checksum(upload.stored))["Key"] == WHERE["Key"]


def test_an_algorithm_at_creation_needs_the_checksum_of_each_part(lab_aws: LabAws) -> None:
    upload = Parts(lab_aws, SMALLEST, b"x", algorithm="CRC32")
    with pytest.raises(ClientError, match=r"InvalidRequest.*missing for part 2"):
        upload.complete([upload.stored[0], *without_checksum(upload.stored[1:])])
    with pytest.raises(ClientError, match="InvalidPart"):
        upload.complete([upload.stored[0], upload.stored[1] | {"ChecksumCRC32": upload.stored[0]["ChecksumCRC32"]}])

    first = upload.complete(upload.stored)

    assert upload.complete(upload.stored)["ETag"] == first["ETag"], "a completion that is repeated is answered again"


def test_a_part_has_no_other_checksum_than_its_upload(lab_aws: LabAws) -> None:
    upload = Parts(lab_aws, algorithm="CRC32")
    with pytest.raises(ClientError, match="expected checksum Type: crc32, actual checksum Type: sha256"):
        upload.put(1, b"x", ChecksumAlgorithm="SHA256")


def test_parts_are_named_in_their_order_with_their_own_etags(lab_aws: LabAws) -> None:
    upload = Parts(lab_aws, SMALLEST, SMALLEST)
    parts = without_checksum(upload.stored)
    with pytest.raises(ClientError, match="InvalidPartOrder"):
        upload.complete(parts[::-1])
    with pytest.raises(ClientError, match="InvalidPart"):
        upload.complete([parts[0] | {"ETag": '"0123"'}, parts[1]])
    with pytest.raises(ClientError, match="InvalidPart"):
        upload.complete([*parts, parts[1] | {"PartNumber": 3}])


def test_only_the_last_part_may_be_small(lab_aws: LabAws) -> None:
    upload = Parts(lab_aws, SMALLEST[1:], b"x")
    with pytest.raises(ClientError, match="EntityTooSmall"):
        upload.complete(without_checksum(upload.stored))


def test_an_upload_that_was_given_up_takes_no_parts(lab_aws: LabAws) -> None:
    upload = Parts(lab_aws, SMALLEST)
    upload.abort()
    for again in (upload.abort, lambda: upload.put(2, b"x"), lambda: upload.complete(without_checksum(upload.stored))):
        with pytest.raises(ClientError, match="NoSuchUpload"):
            again()


def test_a_part_has_a_number_up_to_ten_thousand(lab_aws: LabAws) -> None:
    with pytest.raises(ClientError, match="InvalidArgument"):
        Parts(lab_aws).put(10_001, b"x")

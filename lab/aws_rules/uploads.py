"""S3's rules for uploads in parts: checksums at creation, in each part and at completion; order; ids of ended uploads.

The rules for part checksums were observed at S3: without an algorithm at creation, parts with a checksum are stored,
and a completion that names their checksums fails with InvalidPart.
https://github.com/aws/aws-sdk-java-v2/issues/6518, https://github.com/apache/hadoop/pull/7882,
https://github.com/aws/aws-sdk-go-v2/issues/3005. The messages are those of versitygw, whose tests run against S3 too:
https://github.com/versity/versitygw/blob/main/backend/posix/posix.go (validatePartChecksum)
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from moto.s3.exceptions import InvalidPart, InvalidPartOrder, NoSuchUpload, S3ClientError
from moto.s3.models import FakeMultipart, S3Backend
from moto.s3.responses import S3Response
from moto.s3.utils import compute_checksum

from lab.aws_rules.moto_patch import before

CHECKSUM = "x-amz-checksum-"


def enforce() -> None:
    """Add the rules to moto's S3."""
    before(S3Response, "upload_part", _check_part)
    before(S3Response, "_key_response_post", _check_completion)
    # 404 NoSuchUpload, where moto raises KeyError:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
    for call in ("upload_part", "list_parts", "abort_multipart_upload"):
        before(S3Backend, call, _check_upload)


def _check_upload(self: S3Backend, bucket_name: str, multipart_id: str, *_: Any, **__: Any) -> None:
    if multipart_id not in self.get_bucket(bucket_name).multiparts:
        raise NoSuchUpload(upload_id=multipart_id)


def _check_part(self: Any) -> None:
    """https://github.com/apache/arrow-rs/issues/6793: "Checksum Type mismatch occurred, expected checksum Type: null".

    A CRC32 is accepted even without an algorithm at creation, because newer SDKs send it with every part.
    """
    upload = self.backend.get_bucket(self.bucket_name).multiparts.get(self._get_param("uploadId"))
    sent = self.headers.get("x-amz-sdk-checksum-algorithm", "") or next(iter(_in_headers(self.headers)), "")
    if upload is None or not sent:
        return
    named = _algorithm(upload)
    if sent.upper() != (named or "CRC32"):
        message = f"expected checksum Type: {named.lower() or 'null'}, actual checksum Type: {sent.lower()}"
        raise S3ClientError("InvalidRequest", f"Checksum Type mismatch occurred, {message}")


def _in_headers(headers: Any) -> list[str]:
    names = [
        str(name).lower().removeprefix(CHECKSUM)
        for name, _ in headers.items()
        if str(name).lower().startswith(CHECKSUM)
    ]
    return [name for name in names if name not in ("algorithm", "type", "mode")]


def _algorithm(upload: FakeMultipart) -> str:
    return str(upload.metadata.get("x-amz-checksum-algorithm") or "").upper()


def _check_completion(self: Any, *call: Any) -> None:
    _, body, bucket_name, query, key_name = call
    if not query.get("uploadId"):
        return
    upload_id = query["uploadId"][0]
    upload = self.backend.get_bucket(bucket_name).multiparts.get(upload_id)
    if upload is None:
        existing = self.backend.get_object(bucket_name, key_name)
        # a repeated completion of the same upload succeeds
        if existing is None or existing.multipart is None or existing.multipart.id != upload_id:
            raise NoSuchUpload(upload_id=upload_id)
        return
    last = 0
    for part in ElementTree.fromstring(body).iter():  # noqa: S314 - our own clients' XML
        if not part.tag.endswith("Part"):
            continue
        fields = {each.tag.rpartition("}")[2]: each.text or "" for each in part}
        number = int(fields["PartNumber"])
        # moto compares each number with 0, not with the one before it
        if number <= last:
            raise InvalidPartOrder
        last = number
        _check_checksum(upload, number, fields)


def _check_checksum(upload: FakeMultipart, number: int, fields: dict[str, str]) -> None:
    named = _algorithm(upload)
    checksums = {name.removeprefix("Checksum"): value for name, value in fields.items() if name.startswith("Checksum")}
    if checksums and (not named or number not in upload.parts):
        raise InvalidPart
    if not named:
        return
    if not checksums:
        raise S3ClientError(
            "InvalidRequest",
            f"The upload was created using a {named.lower()} checksum. The complete request must include the checksum "
            f"for each part. It was missing for part {number} in the request.",
        )
    if checksums != {named: compute_checksum(upload.parts[number].value, named).decode()}:
        raise InvalidPart

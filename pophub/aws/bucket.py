"""One prefix of the account bucket: list, put, read as a stream, upload in parts, sign links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from mmap import mmap
from typing import Any
from urllib.parse import urlencode

from pophub.aws.client import Aws, AwsRefusal, plain_words

MIB = 2**20
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: 5 MiB at least, 10,000 parts at most.
# Each pair is (after so many parts, size of the next ones): 508 GiB in all. For objects up to 195 GiB, the part that
# grows and the parts that are being sent together stay within MOST_BYTES of memory.
PARTS = ((7_500, 128 * MIB), (2_000, 32 * MIB), (1_000, 16 * MIB), (0, 8 * MIB))
MOST_BYTES = 32 * MIB
IN_FLIGHT = 2
# Given at the creation, for each part and at the completion; S3 refuses the completion if one of the three is missing:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompletedPart.html
CHECKSUM = "CRC32"
READ_BYTES = MIB
# how often a download is continued after a broken connection
READ_ATTEMPTS = 5
NOTHING_THERE = ("NoSuchKey", "NoSuchBucket")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
LONGEST_LINK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in the bucket; another content has another etag."""

    etag: str
    size: int


class BucketPrefix:
    """Objects below `bucket/prefix/`; keys are given without the prefix. `tags` are set on every new object."""

    def __init__(self, aws: Aws, bucket: str, region: str, prefix: str, tags: Mapping[str, str] | None = None) -> None:
        self.bucket, self.prefix, self.region = bucket, prefix.strip("/") + "/", region
        self._aws, self.tags = aws, urlencode(tags or {})

    def call(self, operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        """One call about one object."""
        where = {"Bucket": self.bucket, "Key": self.prefix + key}
        return self._aws.call("s3", self.region, operation, **where, **arguments)

    def list(self, below: str = "") -> dict[str, Stored]:
        """Every object below a prefix, by its key."""
        where = {"Bucket": self.bucket, "Prefix": self.prefix + below}
        entries = self._aws.pages("s3", self.region, "list_objects_v2", "Contents[]", **where)
        return {it["Key"].removeprefix(self.prefix): Stored(it["ETag"].strip('"'), it["Size"]) for it in entries}

    def put(self, key: str, content: bytes) -> Stored:
        """Put a small object in one piece."""
        answer = self.call("put_object", key, Body=content, **self._tagging())
        return Stored(answer["ETag"].strip('"'), len(content))

    def put_json(self, key: str, content: Mapping[str, Any]) -> Stored:
        """Put a small object as JSON that people can read too."""
        return self.put(key, json.dumps(content, indent=1).encode())

    def get_json(self, key: str) -> dict[str, Any]:
        """Read what `put_json` wrote."""
        return dict(json.loads(b"".join(self.read(key))))

    def look_up(self, key: str) -> dict[str, Any] | None:
        """Read what `put_json` wrote; None if the object is missing or not valid JSON."""
        try:
            return self.get_json(key)
        except AwsRefusal as refusal:
            if refusal.aws_code in NOTHING_THERE:
                return None
            raise
        except (ValueError, TypeError):
            return None

    def delete(self, key: str) -> None:
        """Delete an object; a missing one is no error."""
        self.call("delete_object", key)

    def read(self, key: str) -> Iterator[bytes]:
        """An object's bytes; a broken connection is continued at the same position of the same content."""
        answer = self.call("get_object", key)
        etag, size, position, attempts = answer["ETag"], answer["ContentLength"], 0, 1
        while True:
            try:
                with plain_words(f"s3 get_object {key}"):
                    for chunk in answer["Body"].iter_chunks(READ_BYTES):
                        position += len(chunk)
                        yield chunk
                return
            except AwsRefusal:
                attempts += 1
                if attempts > READ_ATTEMPTS:
                    raise
            answer = self.call("get_object", key, Range=f"bytes={position}-{size}", IfMatch=etag)

    def upload(self, key: str) -> Upload:
        """Upload a large object in parts; only few parts are in memory at a time."""
        return Upload(self, key, self._tagging())

    def link(self, key: str, *, days: int, file_name: str) -> str:
        """A link with which anybody can download the object for some days, at most seven."""
        where = {"Bucket": self.bucket, "Key": self.prefix + key}
        saved_as = {"ResponseContentDisposition": f'attachment; filename="{file_name}"'}
        client = self._aws.client("s3", self._region_of_bucket)
        with plain_words("s3 link"):
            return str(client.generate_presigned_url("get_object", Params=where | saved_as, ExpiresIn=days * 86400))

    @cached_property
    def _region_of_bucket(self) -> str:
        """The bucket's region: boto3 redirects a call to another region, but not a link."""
        return str(
            self._aws.call("s3", self.region, "head_bucket", Bucket=self.bucket).get("BucketRegion", self.region)
        )

    def _tagging(self) -> dict[str, str]:
        return {"Tagging": self.tags} if self.tags else {}


def part_bytes(count: int) -> int:
    """The size of a part that comes after `count` others."""
    return next(size for first, size in PARTS if count >= first)


def most_in_flight(count: int) -> int:
    """How many parts may be sent at once while the part after `count` others grows."""
    return min(IN_FLIGHT, max(0, MOST_BYTES // part_bytes(count) - 1))


def _room(count: int) -> mmap:
    """Memory for one part; it is sent without a copy, and closing it frees the memory."""
    return mmap(-1, part_bytes(count))


class Upload:
    """Bytes that are written one after the other; the object exists only after `close`.

    Written here, not with boto3's `upload_fileobj`: that reads to the end of a file, so the end of a packer that fails would
    complete the object; its parts have one size, and it does not return the ETag.
    """

    def __init__(self, bucket: BucketPrefix, key: str, tagging: Mapping[str, str]) -> None:
        self._bucket, self._key, self._tagging = bucket, key, tagging
        self._part = _room(0)
        self._id = ""
        self._parts: list[Future[dict[str, Any]]] = []
        self._senders = ThreadPoolExecutor(IN_FLIGHT)
        self.size = 0

    def write(self, content: bytes) -> None:
        """Write some bytes; waits while the parts that are being sent use all allowed memory."""
        self.size += len(content)
        rest = memoryview(content)
        while rest:
            fits = len(self._part) - self._part.tell()
            self._part.write(rest[:fits])
            rest = rest[fits:]
            if self._part.tell() == len(self._part):
                self._send()

    def _send(self) -> None:
        if not self._id:
            given = {"ChecksumAlgorithm": CHECKSUM, **self._tagging}
            self._id = self._bucket.call("create_multipart_upload", self._key, **given)["UploadId"]
        self._parts.append(self._senders.submit(self._put_part, len(self._parts) + 1, self._part))
        count = len(self._parts)
        landed = count - most_in_flight(count)
        for part in self._parts[max(0, landed - IN_FLIGHT) : landed]:
            part.result()
        self._part = _room(count)

    def _put_part(self, number: int, part: mmap) -> dict[str, Any]:
        part.seek(0)
        with part:
            sent = {"PartNumber": number, "Body": part, "ChecksumAlgorithm": CHECKSUM}
            answer = self._bucket.call("upload_part", self._key, UploadId=self._id, **sent)
        checksum = f"Checksum{CHECKSUM}"
        return {"PartNumber": number, "ETag": answer["ETag"], checksum: answer[checksum]}

    def close(self) -> Stored:
        """Finish the object."""
        try:
            if not self._id:
                return self._bucket.put(self._key, self._part[: self._part.tell()])
            if self._part.tell():
                self._part.resize(self._part.tell())
                self._send()
            parts = {"Parts": [part.result() for part in self._parts]}
            answer = self._bucket.call("complete_multipart_upload", self._key, UploadId=self._id, MultipartUpload=parts)
            self._id = ""
            return Stored(answer["ETag"].strip('"'), self.size)
        finally:
            self._senders.shutdown()

    def abort(self) -> None:
        """Discard the parts if the object is not finished."""
        self._senders.shutdown(cancel_futures=True)
        if self._id:
            self._bucket.call("abort_multipart_upload", self._key, UploadId=self._id)
            self._id = ""

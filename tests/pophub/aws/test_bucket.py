"""The bucket takes small and large objects, gives them back whole through a bad line, and signs links to them."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from io import BytesIO
from itertools import accumulate
from mmap import mmap
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from botocore.awsrequest import AWSResponse
from botocore.exceptions import IncompleteReadError
from urllib3 import HTTPResponse

from lab.aws import LabAws
from pophub.aws import bucket as module
from pophub.aws.bucket import MIB, MOST_BYTES, PARTS, BucketPrefix, most_in_flight, part_bytes
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.contract import ARCHIVE
from tests.pophub.planted import BUCKET, REGION


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 20 * MIB + 1])
def test_what_is_uploaded_comes_back(bucket: BucketPrefix, lab_aws: LabAws, size: int) -> None:
    content = os.urandom(size)
    upload = bucket.upload("x")
    for start in range(0, size, 3 * MIB):
        upload.write(content[start : start + 3 * MIB])
    stored = upload.close()
    tags = lab_aws.client("s3", REGION).get_object_tagging(Bucket=BUCKET, Key=f"{bucket.prefix}x")["TagSet"]

    assert b"".join(bucket.read("x")) == content
    assert (bucket.list(), stored.size) == ({"x": stored}, size)
    assert tags == [{"Key": "pophub:keep-days", "Value": "90"}]


def test_an_upload_that_is_given_up_leaves_nothing_to_pay_for(bucket: BucketPrefix, lab_aws: LabAws) -> None:
    upload = bucket.upload("x")
    upload.write(os.urandom(9 * MIB))
    upload.abort()

    assert bucket.list() == {}
    assert "Uploads" not in lab_aws.client("s3", REGION).list_multipart_uploads(Bucket=BUCKET, Prefix=bucket.prefix)


def test_parts_grow_so_that_ten_thousand_are_enough() -> None:
    assert [part_bytes(count) // MIB for count in (0, 999, 1000, 2000, 7499, 7500, 9999)] == [
        8,
        8,
        16,
        32,
        32,
        128,
        128,
    ]
    assert sum(map(part_bytes, range(10_000))) > 500 * 1024 * MIB


def test_the_larger_parts_are_the_fewer_are_in_memory_at_once() -> None:
    sizes = list(accumulate(map(part_bytes, range(10_000)), initial=0))
    within = [count for count in range(10_000) if (most_in_flight(count) + 1) * part_bytes(count) <= MOST_BYTES]

    assert [most_in_flight(count) for count in (0, 1000, 2000, 7500)] == [2, 1, 0, 0]
    assert within == list(range(len(within))), "from the first part on"
    assert sizes[len(within)] > 190 * 1024 * MIB


class Late:
    """A sender that sends nothing before somebody waits for it."""

    def __init__(self) -> None:
        self.waiting: list[mmap] = []

    def submit(self, send: Callable[..., Any], number: int, part: mmap) -> Future[Any]:
        late: Future[Any] = Future()
        wait = late.result

        def result() -> Any:
            if not late.done():
                self.waiting.remove(part)
                late.set_result(send(number, part))
            return wait()

        self.waiting.append(part)
        late.result = result  # type: ignore[assignment,method-assign]
        return late

    def shutdown(self) -> None:
        assert not self.waiting


def test_on_a_slow_line_an_upload_waits_and_takes_no_more_memory(
    bucket: BucketPrefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small: a hundredth of the parts, each of a thousandth of its size."""
    monkeypatch.setattr(module, "PARTS", tuple((count // 100, size // 1024) for count, size in PARTS[1:]))
    monkeypatch.setattr(module, "MOST_BYTES", MOST_BYTES // 1024)
    sent: list[bytes] = []

    def send(operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        sent.extend([arguments["Body"].read()] if operation == "upload_part" else [])
        return {"UploadId": "1", "ETag": "x", "ChecksumCRC32": "x"}

    monkeypatch.setattr(bucket, "call", send)
    upload, content, peak = bucket.upload("x"), random.Random(1).randbytes(MIB + 1), 0
    upload._senders = late = Late()  # type: ignore[assignment]
    for start in range(0, len(content), 5000):
        upload.write(content[start : start + 5000])
        peak = max(peak, len(upload._part) + sum(map(len, late.waiting)))
    upload.close()

    assert b"".join(sent) == content
    assert [len(part) // 1024 for part in (sent[0], sent[10], sent[20])] == [8, 16, 32]
    assert peak == MOST_BYTES // 1024


class BadLine:
    """A body that breaks off after a few bytes, a number of times."""

    def __init__(self, body: Any, breaks: Iterator[int]) -> None:
        self._body, self._breaks = body, breaks

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        if next(self._breaks, None) is None:
            yield from self._body.iter_chunks(size)
            return
        yield self._body.read(1000)
        raise IncompleteReadError(actual_bytes=1000, expected_bytes=9999)


@pytest.mark.parametrize(("breaks", "comes_back"), [(1, True), (4, True), (5, False)])
def test_a_line_that_breaks_off_is_taken_up_again(
    bucket: BucketPrefix, monkeypatch: pytest.MonkeyPatch, breaks: int, comes_back: bool
) -> None:
    content = os.urandom(100_000)
    bucket.put("x", content)
    left, call = iter(range(breaks)), bucket.call

    def badly(operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        answer = call(operation, key, **arguments)
        return answer | {"Body": BadLine(answer["Body"], left)}

    monkeypatch.setattr(bucket, "call", badly)
    if comes_back:
        assert b"".join(bucket.read("x")) == content
    else:
        with pytest.raises(AwsRefusal):
            b"".join(bucket.read("x"))


def test_a_content_that_changes_while_it_is_read_is_not_mixed(
    bucket: BucketPrefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("x", b"a" * 5000)
    left, call = iter(range(1)), bucket.call

    def badly(operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        answer = call(operation, key, **arguments)
        return answer | {"Body": BadLine(answer["Body"], left)}

    monkeypatch.setattr(bucket, "call", badly)
    reading = bucket.read("x")
    next(reading)
    bucket._aws.call("s3", REGION, "put_object", Bucket=BUCKET, Key=f"{bucket.prefix}x", Body=b"b" * 5000)
    with pytest.raises(AwsRefusal, match="PreconditionFailed"):
        list(reading)


def test_json_comes_back(bucket: BucketPrefix) -> None:
    bucket.put_json("x.json", {"a": [1, "not-utf8-\udcff"]})

    assert bucket.get_json("x.json") == {"a": [1, "not-utf8-\udcff"]}


def test_every_page_of_a_long_list_is_read(bucket: BucketPrefix, aws: Aws) -> None:
    for number in range(7):
        bucket.put(f"homes/{number}", b"x")
    bucket.put("other", b"x")
    pages = aws.pages

    def in_pages_of_two(*arguments: Any, **named: Any) -> Iterator[Any]:
        return pages(*arguments, PaginationConfig={"PageSize": 2}, **named)

    aws.pages = in_pages_of_two  # type: ignore[method-assign]

    assert sorted(bucket.list("homes/")) == [f"homes/{number}" for number in range(7)]


def test_anybody_can_use_a_link_and_gets_a_file_with_a_name(bucket: BucketPrefix) -> None:
    bucket.put("x", b"content")
    answer = requests.get(bucket.link("x", days=7, file_name="geo-ada.tar.zst"), timeout=30)

    assert (answer.content, answer.headers["Content-Disposition"]) == (
        b"content",
        'attachment; filename="geo-ada.tar.zst"',
    )
    assert "X-Amz-Expires=604800" in answer.url
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in answer.url
    assert module.LONGEST_LINK_DAYS == 7


@pytest.mark.parametrize("region", ["us-west-2", "eu-north-1", "eu-south-1", "il-central-1"])
def test_a_link_leads_to_the_host_of_the_bucket_s_own_region(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "lab")
    monkeypatch.setattr(Aws, "call", lambda *_, **__: {"BucketRegion": region})
    link = urlsplit(BucketPrefix(Aws(), "pophub-1", "us-east-1", f"{ARCHIVE}/geo").link("x", days=1, file_name="x"))

    assert link.netloc == f"pophub-1.s3.{region}.amazonaws.com"
    assert f"%2F{region}%2Fs3%2Faws4_request" in link.query


def test_the_lab_s_buckets_say_where_they_are(aws: Aws, lab_aws: LabAws) -> None:
    where = {"LocationConstraint": "eu-north-1"}
    lab_aws.client("s3", "eu-north-1").create_bucket(Bucket="elsewhere", CreateBucketConfiguration=where)
    link = BucketPrefix(aws, "elsewhere", REGION, "x").link("x", days=1, file_name="x")

    assert "%2Feu-north-1%2Fs3%2Faws4_request" in link


def test_a_part_that_s3_is_too_busy_for_is_sent_again(bucket: BucketPrefix, aws: Aws) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html: 503 Slow Down while it scales."""
    # the lab's environment has boto3 try twice, and its own default is five times
    left = iter(range(1))

    def busy(request: Any, **_: Any) -> AWSResponse | None:
        if next(left, None) is None:
            return None
        raw = HTTPResponse(BytesIO(b"<Error><Code>SlowDown</Code></Error>"), status=503, preload_content=False)
        return AWSResponse(request.url, 503, {}, raw)

    content = os.urandom(9 * MIB)
    aws.client("s3", REGION).meta.events.register("before-send.s3.UploadPart", busy)
    upload = bucket.upload("x")
    upload.write(content)
    upload.close()

    assert next(left, None) is None
    assert b"".join(bucket.read("x")) == content

"""The shelf takes small and large objects, gives them back whole through a bad line, and signs links to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from botocore.exceptions import IncompleteReadError

from pophub.lab.aws import LabAws
from pophub.outside import shelf as module
from pophub.outside.aws import Aws, AwsRefusal
from pophub.outside.shelf import MIB, ShelfPrefix
from tests.pophub.teardown.conftest import REGION, SHELF, aws, lab_aws, shelf

__all__ = ["aws", "lab_aws", "shelf"]


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 20 * MIB + 1])
def test_what_is_uploaded_comes_back(shelf: ShelfPrefix, lab_aws: LabAws, size: int) -> None:
    content = os.urandom(size)
    upload = shelf.upload("x")
    for start in range(0, size, 3 * MIB):
        upload.write(content[start : start + 3 * MIB])
    stored = upload.close()
    tags = lab_aws.client("s3", REGION).get_object_tagging(Bucket=SHELF, Key=f"{shelf.prefix}x")["TagSet"]

    assert b"".join(shelf.read("x")) == content
    assert (shelf.list(), stored.size) == ({"x": stored}, size)
    assert tags == [{"Key": "pophub:keep-days", "Value": "90"}]


def test_an_upload_that_is_given_up_leaves_nothing_to_pay_for(shelf: ShelfPrefix, lab_aws: LabAws) -> None:
    upload = shelf.upload("x")
    upload.write(os.urandom(9 * MIB))
    upload.abort()

    assert shelf.list() == {}
    assert "Uploads" not in lab_aws.client("s3", REGION).list_multipart_uploads(Bucket=SHELF, Prefix=shelf.prefix)


def test_parts_grow_so_that_ten_thousand_are_enough(shelf: ShelfPrefix) -> None:
    upload = shelf.upload("x")
    sizes = []
    for count in (0, 1999, 2000, 9999):
        upload._parts = [None] * count  # type: ignore[list-item]
        sizes.append(upload._part_bytes // MIB)
    upload._parts = []

    assert sizes == [8, 8, 16, 128]


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
    shelf: ShelfPrefix, monkeypatch: pytest.MonkeyPatch, breaks: int, comes_back: bool
) -> None:
    content = os.urandom(100_000)
    shelf.put("x", content)
    left, call = iter(range(breaks)), shelf.call

    def badly(operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        answer = call(operation, key, **arguments)
        return answer | {"Body": BadLine(answer["Body"], left)}

    monkeypatch.setattr(shelf, "call", badly)
    if comes_back:
        assert b"".join(shelf.read("x")) == content
    else:
        with pytest.raises(AwsRefusal):
            b"".join(shelf.read("x"))


def test_a_content_that_changes_while_it_is_read_is_not_mixed(
    shelf: ShelfPrefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("x", b"a" * 5000)
    left, call = iter(range(1)), shelf.call

    def badly(operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        answer = call(operation, key, **arguments)
        return answer | {"Body": BadLine(answer["Body"], left)}

    monkeypatch.setattr(shelf, "call", badly)
    reading = shelf.read("x")
    next(reading)
    shelf._aws.call("s3", REGION, "put_object", Bucket=SHELF, Key=f"{shelf.prefix}x", Body=b"b" * 5000)
    with pytest.raises(AwsRefusal, match="PreconditionFailed"):
        list(reading)


def test_json_comes_back(shelf: ShelfPrefix) -> None:
    shelf.put_json("x.json", {"a": [1, "not-utf8-\udcff"]})

    assert shelf.get_json("x.json") == {"a": [1, "not-utf8-\udcff"]}


def test_every_page_of_a_long_list_is_read(shelf: ShelfPrefix, aws: Aws) -> None:
    for number in range(7):
        shelf.put(f"homes/{number}", b"x")
    shelf.put("other", b"x")
    pages = aws.pages

    def in_pages_of_two(*arguments: Any, **named: Any) -> Iterator[Any]:
        return pages(*arguments, PaginationConfig={"PageSize": 2}, **named)

    aws.pages = in_pages_of_two  # type: ignore[method-assign]

    assert sorted(shelf.list("homes/")) == [f"homes/{number}" for number in range(7)]


def test_anybody_can_use_a_link_and_gets_a_file_with_a_name(shelf: ShelfPrefix) -> None:
    shelf.put("x", b"content")
    answer = requests.get(shelf.link("x", days=7, file_name="geo-ada.tar.zst"), timeout=30)

    assert (answer.content, answer.headers["Content-Disposition"]) == (
        b"content",
        'attachment; filename="geo-ada.tar.zst"',
    )
    assert "X-Amz-Expires=604800" in answer.url
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in answer.url
    assert module.LONGEST_LINK_DAYS == 7

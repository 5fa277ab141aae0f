"""A receipt is true of exactly what lies in the bucket; a home without one is not archived."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pophub.aws.bucket import BucketPrefix
from pophub.hub.archive.homes import ARCHIVE, Home
from pophub.hub.archive.receipt import Receipt, is_verified, read_receipt, receipts_on, to_json


@pytest.fixture
def receipt(bucket: BucketPrefix) -> Receipt:
    home = Home("ada")
    made = Receipt(
        "ada", "ada", 1, 2, bucket.put(home.data, b"d"), bucket.put(home.manifest, b"m"), verified=True,
        problems={"permission denied": 1}, first_problems=(("x\udcff", "permission denied"),),
    )  # fmt: skip
    bucket.put_json(home.receipt, to_json(made))
    return made


def test_it_comes_back_as_it_was(bucket: BucketPrefix, receipt: Receipt) -> None:
    assert read_receipt(bucket, Home("ada")) == receipt
    assert receipts_on(bucket) == [receipt]


@pytest.mark.parametrize("key", [Home("ada").data, Home("ada").manifest])
def test_it_is_of_one_content_only(bucket: BucketPrefix, receipt: Receipt, key: str) -> None:
    bucket.put(key, b"other")

    assert receipts_on(bucket) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"home": "ada"}'])
def test_what_is_no_receipt_is_none(bucket: BucketPrefix, content: bytes) -> None:
    bucket.put(Home("ada").receipt, content)

    assert read_receipt(bucket, Home("ada")) is None


def test_all_homes_of_the_archive_must_have_been_read_back(bucket: BucketPrefix, receipt: Receipt) -> None:
    assert not is_verified(bucket)

    bucket.put_json(ARCHIVE, {"complete": True, "homes": {"ada": receipt.data.etag}})
    assert is_verified(bucket)

    for archive in (
        {"complete": False, "homes": {"ada": receipt.data.etag}},
        {"complete": True, "homes": {"ada": "another"}},
        {"complete": True, "homes": {"ada": receipt.data.etag, "grace": "lost"}},
    ):
        bucket.put_json(ARCHIVE, archive)
        assert not is_verified(bucket)


def test_a_home_that_was_not_read_back_spoils_it(bucket: BucketPrefix, receipt: Receipt) -> None:
    bucket.put_json(ARCHIVE, {"complete": True, "homes": {"ada": receipt.data.etag}})
    bucket.put_json(Home("ada").receipt, to_json(replace(receipt, verified=False)))

    assert not is_verified(bucket)

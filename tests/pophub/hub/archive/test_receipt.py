"""A receipt is true of exactly what lies on the shelf; a home without one is not archived."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pophub.aws.shelf import ShelfPrefix
from pophub.hub.archive.homes import ARCHIVE, Home
from pophub.hub.archive.receipt import Receipt, is_verified, read_receipt, receipts_on, to_json


@pytest.fixture
def receipt(shelf: ShelfPrefix) -> Receipt:
    home = Home("ada")
    made = Receipt(
        "ada", "ada", 1, 2, shelf.put(home.data, b"d"), shelf.put(home.manifest, b"m"), verified=True,
        problems={"permission denied": 1}, first_problems=(("x\udcff", "permission denied"),),
    )  # fmt: skip
    shelf.put_json(home.receipt, to_json(made))
    return made


def test_it_comes_back_as_it_was(shelf: ShelfPrefix, receipt: Receipt) -> None:
    assert read_receipt(shelf, Home("ada")) == receipt
    assert receipts_on(shelf) == [receipt]


@pytest.mark.parametrize("key", [Home("ada").data, Home("ada").manifest])
def test_it_is_of_one_content_only(shelf: ShelfPrefix, receipt: Receipt, key: str) -> None:
    shelf.put(key, b"other")

    assert receipts_on(shelf) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"home": "ada"}'])
def test_what_is_no_receipt_is_none(shelf: ShelfPrefix, content: bytes) -> None:
    shelf.put(Home("ada").receipt, content)

    assert read_receipt(shelf, Home("ada")) is None


def test_all_homes_of_the_archive_must_have_been_read_back(shelf: ShelfPrefix, receipt: Receipt) -> None:
    assert not is_verified(shelf)

    shelf.put_json(ARCHIVE, {"complete": True, "homes": {"ada": receipt.data.etag}})
    assert is_verified(shelf)

    for archive in (
        {"complete": False, "homes": {"ada": receipt.data.etag}},
        {"complete": True, "homes": {"ada": "another"}},
        {"complete": True, "homes": {"ada": receipt.data.etag, "grace": "lost"}},
    ):
        shelf.put_json(ARCHIVE, archive)
        assert not is_verified(shelf)


def test_a_home_that_was_not_read_back_spoils_it(shelf: ShelfPrefix, receipt: Receipt) -> None:
    shelf.put_json(ARCHIVE, {"complete": True, "homes": {"ada": receipt.data.etag}})
    shelf.put_json(Home("ada").receipt, to_json(replace(receipt, verified=False)))

    assert not is_verified(shelf)

"""Contents are read while others may write: whole where they are small, to the byte where they are large."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pophub.hub.archive import content
from tests.pophub.organizer.destroy.tree import sparse


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    file = os.open(path, content.OPEN)
    yield path, file
    os.close(file)


def test_a_small_file_is_read_as_it_stands(opened: tuple[Path, int]) -> None:
    whole, status, still = content.read_whole(opened[1])

    assert (whole, status.st_size, still) == (b"before", 6, True)


@pytest.mark.parametrize(("writes", "still"), [(1, True), (2, True), (3, False)])
def test_a_file_that_changes_is_read_again_and_then_told(
    opened: tuple[Path, int], monkeypatch: pytest.MonkeyPatch, writes: int, still: bool
) -> None:
    path, file = opened
    pread, count = os.pread, iter(range(writes))

    def write_while_reading(descriptor: int, size: int, offset: int) -> bytes:
        read = pread(descriptor, size, offset)
        if (number := next(count, None)) is not None:
            path.write_bytes(b"grown" * (number + 2))
        return read

    monkeypatch.setattr(os, "pread", write_while_reading)
    whole, _, stood_still = content.read_whole(file)

    assert stood_still is still
    assert not still or whole == path.read_bytes()


def test_a_file_that_became_too_short_is_filled_with_zeros(opened: tuple[Path, int]) -> None:
    assert b"".join(content.read_chunks(opened[1], 2, 8)) == b"fore\0\0\0\0"


def test_holes_are_left_out_and_what_is_there_is_not(tmp_path: Path) -> None:
    sparse(tmp_path / "s", hole_at_the_end=True)
    file = os.open(tmp_path / "s", content.OPEN)
    extents = content.extents_of(file, os.fstat(file))
    whole = (tmp_path / "s").read_bytes()
    os.close(file)

    assert extents is not None
    assert sum(length for _, length in extents) < 2**20
    filled = bytearray(len(whole))
    for start, length in extents:
        filled[start : start + length] = whole[start : start + length]
    assert bytes(filled) == whole


def test_a_file_without_holes_has_no_map(opened: tuple[Path, int]) -> None:
    assert content.extents_of(opened[1], os.fstat(opened[1])) is None


def test_a_terabyte_of_nothing_is_read_at_once(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**40)
    descriptor = os.open(tmp_path / "huge", content.OPEN)

    assert content.extents_of(descriptor, os.fstat(descriptor)) == ()
    os.close(descriptor)


def test_the_map_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_EXTENTS", 4)
    with (tmp_path / "holey").open("wb") as file:
        for number in range(20):
            file.seek(number * 100 * 1024)
            file.write(b"x")
    descriptor = os.open(tmp_path / "holey", content.OPEN)
    extents = content.extents_of(descriptor, os.fstat(descriptor))
    os.close(descriptor)

    assert extents is None or len(extents) <= 4

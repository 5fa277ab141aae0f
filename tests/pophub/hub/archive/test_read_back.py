"""Whatever is damaged in an archive or its manifest is noticed; a whole one passes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from pophub.hub.archive.manifest import last_line, read_lines, to_json
from pophub.hub.archive.pack import Packer
from pophub.hub.archive.read_back import Damaged, Nobody, read_back
from pophub.hub.archive.walk import FOLDER
from tests.pophub.organizer.destroy.tree import odd_home


class Archive:
    """Both streams, not compressed yet."""

    def __init__(self, home: Path) -> None:
        data, manifest = io.BytesIO(), io.BytesIO()
        folder = os.open(home, FOLDER)
        Packer("top", data.write, manifest.write).pack(folder)
        os.close(folder)
        self.data, self.manifest = bytearray(data.getvalue()), manifest.getvalue()

    def read_back(self) -> int:
        packed = (zstandard.compress(bytes(it)) for it in (self.data, self.manifest))
        data, manifest = ([content[at : at + 1000] for at in range(0, len(content), 1000)] for content in packed)
        return read_back(data, manifest, "top", Nobody())


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    return Archive(odd_home(tmp_path / "home"))


def test_a_whole_archive_passes(archive: Archive) -> None:
    assert archive.read_back() == len(list(read_lines(io.BytesIO(archive.manifest))))


def test_one_wrong_bit_in_a_file_is_noticed(archive: Archive) -> None:
    place = archive.data.index(b"1 1 1 1 ")
    archive.data[place] ^= 1
    with pytest.raises(Damaged, match="another sha256"):
        archive.read_back()


def test_one_wrong_bit_in_a_sparse_file_is_noticed(archive: Archive) -> None:
    place = archive.data.index(b"GNU.sparse.major") + 4096
    archive.data[place] ^= 1
    with pytest.raises(Damaged):
        archive.read_back()


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_a_cut_archive_is_noticed(archive: Archive, share: float) -> None:
    del archive.data[int(len(archive.data) * share) :]
    with pytest.raises(Damaged):
        archive.read_back()


@pytest.mark.parametrize("which", [0, 5, -1])
def test_a_thing_that_is_only_in_one_of_both_is_noticed(archive: Archive, which: int) -> None:
    lines = list(read_lines(io.BytesIO(archive.manifest)))
    del lines[which]
    archive.manifest = b"".join(map(to_json, lines)) + last_line(len(lines))
    with pytest.raises(Damaged):
        archive.read_back()

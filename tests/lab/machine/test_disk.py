"""The kernel taken out of its package, and the volume that leaves nothing behind."""

from __future__ import annotations

import lzma
import os
import struct
from pathlib import Path

import pytest

from lab import shared_cache
from lab.machine import disk
from lab.machine.disk import HomeVolume
from pophub.core.errors import PophubError


def bz_image(payload: bytes) -> bytes:
    """A kernel of two sectors of setup and some code before what it unpacks."""
    image = bytearray(3 * 512)
    image[0x1F1] = 2
    struct.pack_into("<II", image, 0x248, 16, len(payload))
    return bytes(image) + bytes(16) + payload + b"what comes after"


def test_a_kernel_is_what_its_image_unpacks() -> None:
    assert disk.unpacked(bz_image(lzma.compress(b"the kernel"))) == b"the kernel"


def test_a_kernel_packed_in_a_new_way_is_told() -> None:
    with pytest.raises(PophubError, match="packed as 89504e47"):
        disk.unpacked(bz_image(b"\x89PNG"))


def test_a_home_volume_takes_no_room_and_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cache, "SHARED_CACHE", tmp_path)
    with HomeVolume(8) as home:
        known = home.file.stat()
        assert known.st_size == 8 << 30
        assert known.st_blocks * 512 < 1 << 20
        assert home.file.parent.name.startswith(f"{os.getpid()}-")
    assert list((tmp_path / "machine" / "runs").iterdir()) == []

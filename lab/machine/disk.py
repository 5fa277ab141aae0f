"""The disks of a virtual machine: one that boots, created once and kept, and a home volume that outlives machines.

Both are sparse files. The machine writes into a layer of its own on top of the first.
"""

from __future__ import annotations

import lzma
import os
import shutil
import struct
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from lab.machine import rootfs
from lab.machine.docker_store import docker_store
from lab.machine.folder import MachineFolder
from lab.machine.lab_ca import LabCa
from pophub.core.errors import PophubError

SCRIPT = Path(__file__).with_name("disk.sh")
# disk.sh gives this id to the first partition
ROOT = "PARTUUID=5b1ce000-0000-4000-8000-000000000001"
XZ, ZSTD = b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"


def disk(ca: LabCa, image: str, *, baked: bool) -> Path:
    """The folder with `disk.raw` and the `kernel` that boots it; a baked one includes what install-hub.sh installs."""
    layers = [rootfs.SHAPES / "virtual", *([rootfs.baked(ca) / "upper"] if baked else []), rootfs.base(ca) / "root"]
    store = docker_store(ca, image) if baked else None
    made_of = [*map(str, layers), str(store), *rootfs.shape("virtual"), SCRIPT.read_text()]
    return rootfs.kept("disk", made_of, lambda folder: _make(folder, layers, store))


def layer_over(lower: Path, layer: Path) -> Path:
    """A disk that shows the content of `lower` until it is written to."""
    rootfs.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(lower), str(layer)],
        layer.with_suffix(".log"),
    )
    return layer


def _make(folder: Path, layers: list[Path], store: Path | None) -> None:
    command = ["unshare", "--mount", "sh", str(SCRIPT), str(folder), ":".join(map(str, layers)), str(store or "")]
    rootfs.run(command, folder / "disk.log")
    (folder / "kernel").write_bytes(unpacked((folder / "vmlinuz").read_bytes()))
    for part in ("root", "upper"):
        shutil.rmtree(folder / part)


def unpacked(kernel: bytes) -> bytes:
    """Unpack a bzImage, because an emulated processor would need half a minute for that.

    https://docs.kernel.org/arch/x86/boot.html

    Raises:
        PophubError: it is compressed in a way that this function does not know.
    """
    sectors = kernel[0x1F1] or 4
    offset, length = struct.unpack_from("<II", kernel, 0x248)
    start = (sectors + 1) * 512 + offset
    payload = kernel[start : start + length]
    if payload.startswith(XZ):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(ZSTD):
        # the last four bytes are the length and not compressed data
        return subprocess.run(["zstd", "-dc"], input=payload[:-4], capture_output=True, check=True).stdout
    raise PophubError(f"the kernel is packed as {payload[:4].hex()}", hint="teach lab/machine/disk.py to unpack it")


class HomeVolume:
    """A context manager: the volume for participants' files, empty at first."""

    def __init__(self, gibibytes: int, *, serial: str = "vol0fedcba9876543210") -> None:
        self._folder = MachineFolder()
        self.serial = serial
        self.file = self._folder.path / "home.raw"
        self.file.touch()
        self.enlarge(gibibytes)

    def enlarge(self, gibibytes: int) -> None:
        """Set its total size in GiB; a machine sees it at its next boot."""
        os.truncate(self.file, gibibytes << 30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.remove()

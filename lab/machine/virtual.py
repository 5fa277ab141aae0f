"""A complete machine: QEMU without KVM, with its own kernel, NVMe disks, cgroup v2 and project quotas.

Everything in it takes twenty times as long as in a ContainerMachine, so it is for tests that need these parts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from lab.child_process import ChildProcess
from lab.machine import disk, qemu
from lab.machine.disk import HomeVolume
from lab.machine.instance import Instance
from lab.machine.machine import ENVIRONMENT, LabMachine
from lab.machine.namespaces import Namespace
from lab.wait import wait_until
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.event.event import Event

SYSTEM_SERIAL = "vol0123456789abcdef0"


class VirtualMachine(LabMachine):
    """`home` is its volume for participants' files; without one it has none until `attach`.

    As on EC2, the names of its disks may be exchanged after a boot: here at every second boot.
    """

    shutdown_seconds = 180

    def __init__(
        self,
        event: Event,
        instance: Instance,
        backends: Mapping[str, int],
        *,
        baked: bool = True,
        home: HomeVolume | None = None,
    ) -> None:
        self.home = home
        self._boots = 0
        self._panicked = False
        super().__init__(event, instance, backends, baked=baked)

    def _prepare(self, instance: Instance, *, baked: bool) -> None:
        self._instance = instance
        image = disk.disk(self.ca, self.event.server.image, baked=baked)
        self._kernel = image / "kernel"
        self._disk = disk.layer_over(image / "disk.raw", self.folder.path / "disk.qcow2")

    def _switch_on(self, place: Namespace) -> ChildProcess:
        if not self._boots:
            _bridge(place)
        self._boots += 1
        disks = {"system": (self._disk, SYSTEM_SERIAL)}
        if self.home is not None:
            disks["home"] = (self.home.file, self.home.serial)
        # the kernel names disks in the order in which it finds them, and waits for the one with its root
        late = {"system": disks.pop("system")} if self.home is not None and self._boots % 2 == 0 else {}
        command = qemu.command(self._kernel, self._instance)
        for name, (file, serial) in disks.items():
            command += qemu.disk_there(name, file, serial)
        console = self._console()
        power = ChildProcess(place.command(*command), log=self.console, folder=self.folder.path, environment=os.environ)
        for name, (file, serial) in late.items():
            met = "the kernel meets the first disk"
            wait_until(lambda: power.ended or "nvme nvme0: " in self._console()[len(console) :], qemu.BOOT_SECONDS, met)
            qemu.attach(self.folder.path, name, file, serial)
        return power

    def _console(self) -> str:
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def check(self) -> None:
        """Check as every machine does, but after a first panic start again: an emulated kernel sometimes panics at its start."""
        ended = self._power is not None and self._power.ended
        if ended and not self._panicked and "Kernel panic" in self._console():
            self._panicked = True
            self.boot()
        super().check()

    def attach(self, home: HomeVolume) -> None:
        """Connect its home volume, as Terraform does while the machine already runs."""
        qemu.attach(self.folder.path, "home", home.file, home.serial)
        self.home = home

    def run(self, *command: str, seconds: float = 300, check: bool = True) -> str:
        self.check()
        code, output, errors = qemu.run(self.folder.path, ["/usr/bin/env", "-i", *ENVIRONMENT, *command], seconds)
        if check and code:
            raise PophubError(f"`{' '.join(command)}` failed: {output}{errors}", code=ExitCode.REFUSED)
        return output + ("" if check else errors)


def _bridge(place: Namespace) -> None:
    """Connect the interface that the VPC gives the machine with the one that QEMU opens."""
    for line in (
        # the machine itself has the MAC address that its metadata names
        "ip link set eth0 address 02:ab:cd:00:00:fe",
        "ip link add bridge type bridge",
        "ip tuntap add tap0 mode tap",
        "ip link set eth0 master bridge",
        "ip link set tap0 master bridge",
        *(f"ip link set {name} up" for name in ("lo", "eth0", "tap0", "bridge")),
    ):
        place.run(line)

"""A machine that is a container of systemd-nspawn: it boots in a second and runs at native speed.

It uses this computer's kernel, so it has no disks of its own and no project quotas.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lab import coverage_hook
from lab.child_process import ChildProcess
from lab.machine import rootfs, vpc
from lab.machine.docker_store import copy_store, docker_store
from lab.machine.folder import CGROUPS
from lab.machine.instance import Instance
from lab.machine.machine import ENVIRONMENT, LabMachine
from lab.machine.namespaces import Namespace, socket_in
from lab.wait import wait_until
from pophub.core.contract import HUB_PORT
from pophub.core.errors import ExitCode, PophubError

# of these, `srv` stands for the home volume, which outlives the machine
PARTS = ("upper", "work", "root", "cgroup", "docker", "containerd", "srv")
DMI_READER = "usr/lib/python3/dist-packages/cloudinit/dmi.py"
# cloud-init reads no DMI in a container, and without DMI it does not use IMDSv2; so it gets EC2's DMI from a folder
DMI_CHANGES = {
    'DMI_SYS_PATH = "/sys/class/dmi/id"': 'DMI_SYS_PATH = "/etc/fake-dmi"',
    "if is_container():": "if False:",
}


class ContainerMachine(LabMachine):
    """A machine whose disk is a folder of this computer."""

    def _prepare(self, instance: Instance, *, baked: bool) -> None:
        base = rootfs.base(self.ca) / "root"
        self._layers = [rootfs.baked(self.ca) / "upper", base] if baked else [base]
        for part in PARTS:
            self.folder.part(part)
        upper = self.folder.part("upper")
        # its root is readable for the machine's users; the folder around it is closed to this computer's users
        upper.chmod(0o755)
        shutil.copytree(rootfs.SHAPES / "container", upper, dirs_exist_ok=True)
        reader = (base / DMI_READER).read_text()
        for old, new in DMI_CHANGES.items():
            assert old in reader
            reader = reader.replace(old, new)
        (upper / DMI_READER).parent.mkdir(parents=True)
        (upper / DMI_READER).write_text(reader)
        self._coverage = coverage_hook.equip_machine(base, upper)
        if baked:
            copy_store(docker_store(self.ca, self.event.server.image), self.folder.part("docker"))

    # nspawn's own options
    options: tuple[str, ...] = ()
    # those by which it counts what runs in it
    _coverage: Sequence[str] = ()

    def _switch_on(self, place: Namespace) -> ChildProcess:
        script = Path(__file__).with_name("boot.sh")
        command = place.command("unshare", "--mount", "--propagation", "slave", "sh", str(script))
        layers = ":".join(map(str, self._layers))
        return ChildProcess(
            [*command, str(self.folder.path), self.folder.group, layers, *self.options, *self._coverage],
            log=self.console,
            folder=self.folder.path,
            environment=os.environ,
        )

    def boot(self) -> None:
        super().boot()
        self._init = wait_until(self._find_init, 30, f"the machine boots; its console is {self.console}")

    def _find_init(self) -> int | None:
        self.check()
        return self.folder.init()

    def stop(self) -> None:
        if self._coverage:
            # a program that is killed has counted nothing
            with suppress(PophubError):
                self.shut_down()
        else:
            # to stop it in order would take seconds, for a disk that is deleted
            self._kill()
        super().stop()

    def _kill(self) -> None:
        if init := self.folder.init():
            # with process 1 all others end at once
            with suppress(ProcessLookupError):
                os.kill(init, signal.SIGKILL)

    def replace(self, instance: Instance, *, baked: str) -> None:
        """Lose this machine at once, and boot a new one in its place: its address and its home volume, with a new disk.

        The new disk has this folder of the old one, because it takes long to make.
        """
        self._kill()
        if self._power is not None:
            self._power.stop()
        kept = (self.folder.part("upper") / baked.lstrip("/")).rename(self.folder.path / "kept")
        for part in PARTS[:-1]:
            self.folder.discard(part)
        self.net.remove(vpc.MACHINE)
        self._prepare(instance, baked=True)
        place = self.folder.part("upper") / baked.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        kept.rename(place)
        self._place = self._join(self.net, instance, vpc.MACHINE)
        self.boot()

    def is_open(self) -> bool:
        # a request from outside takes a hundred times as long as this look, and a boot is waited for with many
        return self.listens(HUB_PORT) and super().is_open()

    def listens(self, port: int) -> bool:
        """Whether a program of the machine waits for connections at this port."""
        self.check()
        # a port can be bound unless somebody listens there; the kernel needs 10 ms for a list of its connections
        with suppress(FileNotFoundError), socket_in(f"/proc/{self._init}/ns/net") as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError as error:
                return error.errno == errno.EADDRINUSE
        return False

    def runs(self, unit: str) -> bool:
        """Whether a process of a unit runs now; asking takes no process."""
        group = CGROUPS / "pids" / self.folder.group / "system.slice" / unit
        with suppress(OSError):
            return bool((group / "cgroup.procs").read_text())
        return False

    @property
    def root(self) -> Path:
        """The root of its file system, as seen from this computer."""
        return Path(f"/proc/{self._init}/root")

    def entering(self, *command: str) -> list[str]:
        """A command of this computer that runs one inside as root."""
        enter = ["nsenter", f"--target={self._init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
        return [*enter, "--root", "--wd", "env", "-i", *ENVIRONMENT, *command]

    def run(self, *command: str, seconds: float = 120, check: bool = True) -> str:
        line = self.entering(*command)
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
        )
        if check and done.returncode:
            raise PophubError(f"`{' '.join(command)}` failed: {done.stdout}{done.stderr}", code=ExitCode.REFUSED)
        return done.stdout + ("" if check else done.stderr)

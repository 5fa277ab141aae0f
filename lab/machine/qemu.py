"""Start QEMU and talk to it: its command line, its monitor, and the agent inside that runs commands for us."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.machine import imds
from lab.machine.disk import ROOT
from lab.machine.instance import Instance
from lab.wait import wait_until
from pophub.core.errors import ExitCode, PophubError

MONITOR, AGENT, PROCESS = "monitor.sock", "agent.sock", "qemu.pid"
MEMORY_MIB = 4096
SYSTEM_ID = "ec2a1b2c-3d4e-5f60-7182-93a4b5c6d7e8"
DISKS = ("system", "home")
# for one answer of the agent on an emulated, busy processor
ANSWER_SECONDS = 30
BOOT_SECONDS = 600


def command(kernel: Path, instance: Instance) -> list[str]:
    """A machine that looks like EC2's from inside, without KVM; run in its folder, with a `tap0` in its network.

    It has a port for each disk, to which `disk_there` and `attach` connect disks.
    """
    # with two processors one boot in six ends in a kernel panic
    board = ["-M", "q35,sata=off,smbus=off,usb=off", "-smp", "1", "-m", str(MEMORY_MIB)]
    processor = ["-accel", "tcg,tb-size=1024", "-cpu", "max,la57=off,svm=off,vmx=off"]
    bare = ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"]
    append = f"root={ROOT} rw rootwait console=ttyS0 nokaslr mitigations=off panic=-1"
    ports = [f"pcie-root-port,id={disk}-port,chassis={number}" for number, disk in enumerate(DISKS, 1)]
    return [
        *("qemu-system-x86_64", *board, *processor, *bare, "-pidfile", PROCESS),
        *("-kernel", str(kernel), "-append", append),
        *("-smbios", "type=0,vendor=Amazon EC2,version=1.0"),
        *("-smbios", f"type=1,manufacturer=Amazon EC2,product=t3.large,uuid={SYSTEM_ID},serial={SYSTEM_ID}"),
        *("-smbios", "type=2,manufacturer=Amazon EC2"),
        *("-smbios", f"type=3,manufacturer=Amazon EC2,asset={instance.id}"),
        *(word for port in ports for word in ("-device", port)),
        *("-netdev", "tap,id=network,ifname=tap0,script=no,downscript=no"),
        *("-device", f"virtio-net-pci,netdev=network,mac={imds.MAC},romfile="),
        *("-object", "rng-random,filename=/dev/urandom,id=noise", "-device", "virtio-rng-pci,rng=noise"),
        *("-chardev", f"socket,path={AGENT},server=on,wait=off,id=agent", "-device", "virtio-serial-pci"),
        *("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"),
        *("-qmp", f"unix:{MONITOR},server=on,wait=off"),
    ]


def disk_there(disk: str, file: Path, serial: str) -> list[str]:
    """The arguments for a disk that exists from the start."""
    return ["-blockdev", json.dumps(_block(disk, file)), "-device", json.dumps(_device(disk, serial))]


def attach(folder: Path, disk: str, file: Path, serial: str) -> None:
    """Connect a disk to a running machine."""
    with QmpConnection(folder / MONITOR) as monitor:
        monitor.ask("qmp_capabilities")
        monitor.ask("blockdev-add", **_block(disk, file))
        monitor.ask("device_add", **_device(disk, serial))


def _block(disk: str, file: Path) -> dict[str, Any]:
    content = {"driver": "file", "filename": str(file), "discard": "unmap", "cache": {"no-flush": True}}
    return {"driver": file.suffix.lstrip("."), "node-name": disk, "file": content}


def _device(disk: str, serial: str) -> dict[str, Any]:
    return {"driver": "nvme", "drive": disk, "id": disk, "serial": serial, "bus": f"{disk}-port"}


class QmpConnection:
    """A context manager: one conversation in lines of JSON, https://www.qemu.org/docs/master/interop/qmp-spec.html"""

    def __init__(self, path: Path, seconds: float = ANSWER_SECONDS) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._socket.connect(str(path))
        self._answers = self._socket.makefile("rb")

    def ask(self, execute: str, **arguments: Any) -> Any:
        """Send a command and return its answer; events and answers to others are skipped.

        Raises:
            PophubError: QEMU refused the command.
            TimeoutError: there is no answer.
        """
        mark = secrets.randbits(31)
        self._socket.sendall(json.dumps({"execute": execute, "arguments": arguments, "id": mark}).encode() + b"\n")
        for line in self._answers:
            answer = json.loads(line.lstrip(b"\xff"))
            if answer.get("id") == mark:
                if "error" in answer:
                    raise PophubError(f"QEMU refuses {execute}: {answer['error']['desc']}", code=ExitCode.REFUSED)
                return answer["return"]
        raise TimeoutError(f"nobody has answered {execute}")

    def __enter__(self) -> QmpConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def run(folder: Path, line: Sequence[str], seconds: float) -> tuple[int, str, str]:
    """Run a command inside by the agent: exit code, output, errors. The agent starts early in the boot.

    https://www.qemu.org/docs/master/interop/qemu-ga-ref.html
    """
    wait_until(lambda: _answers(folder), BOOT_SECONDS, "the agent inside of the machine answers")
    with QmpConnection(folder / AGENT) as agent:
        started = agent.ask("guest-exec", path=line[0], arg=line[1:], **{"capture-output": True})["pid"]
        end = time.monotonic() + seconds

        def ended() -> Any:
            status = agent.ask("guest-exec-status", pid=started)
            return status if status["exited"] else None

        status = wait_until(ended, end - time.monotonic(), f"`{' '.join(line)}` has ended", every_seconds=0.2)
    texts = (base64.b64decode(status.get(name, "")).decode(errors="replace") for name in ("out-data", "err-data"))
    return int(status.get("exitcode", -1)), next(texts), next(texts)


def _answers(folder: Path) -> bool:
    with contextlib.suppress(OSError), QmpConnection(folder / AGENT, 3) as agent:
        agent.ask("guest-ping")
        return True
    return False

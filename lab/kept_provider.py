"""Terraform's AWS provider, kept running beside a lab AWS: otherwise each Terraform starts it several times, for seconds each.

Terraform finds it by TF_REATTACH_PROVIDERS, and then neither installs, locks nor ends it:
https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode
All provider blocks of a stack share the process, and the last one that is configured holds for all of them. So it can serve
only stacks with one block, and one command at a time. It reads a stack's files by their relative paths from its own folder.
Terraform speaks with it by way of lab/short_schema.py.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from lab.child import Child
from lab.child_process import ChildProcess
from lab.running import Running
from lab.wait import wait_until
from pophub.organizer.deploy import toolchain

VARIABLE = "TF_REATTACH_PROVIDERS"
START_SECONDS = 60
# where cdktf puts the files of a stack
ASSETS = "assets"
# Go's names of processors
PROCESSORS = {"x86_64": "amd64", "aarch64": "arm64"}
# in debug mode it writes every request, with the secrets in them: https://developer.hashicorp.com/terraform/plugin/log/managing
QUIET = dict.fromkeys(("TF_LOG_SDK", "TF_LOG_PROVIDER_AWS", "TF_LOG_AWSBASE"), "off")
COMMAND = 'exec "$0" -debug 2>/dev/null'
# the AWS SDK for Go refuses one at the second configuration of a process, and the lab has no TLS:
# https://github.com/aws/aws-sdk-go-v2/blob/main/config/resolve.go
REFUSED = "AWS_CA_BUNDLE"


def find_program() -> Path | None:
    """The provider's program in a mirror or in the cache of downloads; None if Terraform has yet to get it."""
    cache = Path(os.environ.get(toolchain.CACHE) or Path.home() / ".terraform.d" / "plugin-cache")
    machine = platform.machine()
    place = f"{platform.system().lower()}_{PROCESSORS.get(machine, machine)}"
    for folder in filter(None, (toolchain.find_provider_mirror(), cache)):
        if found := sorted((folder / toolchain.PROVIDER / place).glob("terraform-provider-aws_*")):
            return found[0]
    return None


class KeptProvider(Running):
    """A context manager."""

    def __init__(self, program: Path, workspace: Path, aws: Mapping[str, str]) -> None:
        own = {name: value for name, value in os.environ.items() if name != REFUSED}
        self._folder = workspace / "provider"
        self._folder.mkdir()
        self._child = ChildProcess(
            ["/bin/sh", "-c", COMMAND, str(program)],
            log=workspace / "provider.log",
            folder=self._folder,
            environment={"GOGC": "400", **own, **QUIET, **aws},
        )
        found = json.loads(wait_until(self._address, START_SECONDS, "Terraform's AWS provider has started"))
        [provider] = found.values()
        socket = f"unix:{provider['Addr']['String']}"
        self._short = Child("lab.short_schema", socket, log=workspace / "short-schema.log")
        provider["Addr"] = {"Network": "tcp", "String": f"127.0.0.1:{self._short.port}"}
        self._variable = json.dumps(found)

    def environment(self, stack: Path) -> dict[str, str]:
        """What Terraform needs to use it in this folder, until the next call with another folder."""
        assets = self._folder / ASSETS
        assets.unlink(missing_ok=True)
        assets.symlink_to(stack.absolute() / ASSETS)
        return {VARIABLE: self._variable}

    def _address(self) -> str:
        lines = [line.strip() for line in self._child.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        values = [line.removeprefix(f"{VARIABLE}=") for line in lines if line.startswith(f"{VARIABLE}=")]
        return values[-1].strip("'") if values else ""

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._short.stop()
        self._child.stop()

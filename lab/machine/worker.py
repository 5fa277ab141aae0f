"""A worker of the lab: a second machine in the VPC of a hub's machine, whose folders it mounts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from lab.machine import rootfs, vpc
from lab.machine.container import ContainerMachine
from lab.machine.docker_store import forget_images
from lab.machine.instance import Instance
from pophub.core.contract import HUB_PRIVATE_ADDRESS

KIB = 1024**2


class LabWorker(ContainerMachine):
    """A context manager, within that of its hub.

    Without `has_image`, it has to take the image from the hub; without `has_layers`, it also has to unpack all of it.
    `name` is that of its node in the swarm; `memory_gib` is what Docker believes that it has.
    """

    def __init__(
        self,
        hub: ContainerMachine,
        instance: Instance,
        address: str,
        *,
        baked: bool = True,
        has_image: bool = True,
        has_layers: bool = True,
        memory_gib: int = 4,
    ) -> None:
        self.name = instance.id
        self._hub, self.address, self._memory_gib = hub, address, memory_gib
        self._has_image, self._has_layers = has_image, has_layers
        self.options = (f"--bind={hub.folder.path}/srv:/lab/{HUB_PRIVATE_ADDRESS}/srv",)
        super().__init__(hub.event, instance, {}, baked=baked)

    def _prepare(self, instance: Instance, *, baked: bool) -> None:
        super()._prepare(instance, baked=baked)
        upper = self.folder.part("upper")
        shutil.copytree(rootfs.SHAPES / "worker", upper, dirs_exist_ok=True)
        (upper / "etc" / "lab-memory").write_text(str(self._memory_gib * KIB))
        if not self._has_layers:
            shutil.rmtree(self.folder.path / "docker")
            self.folder.part("docker")
            self.docker_layers.unlink()
        elif not self._has_image:
            forget_images(self.folder.path / "docker")

    def _start(self, instance: Instance, backends: Mapping[str, int]) -> None:
        self._place = self._join(self._hub.net, instance, self.address)
        self.environment = self._hub.environment
        self.boot()

    @property
    def net(self) -> vpc.Vpc:
        return self._hub.net

    def cut_off(self, *, off: bool = True) -> None:
        """Pull its wire, or plug it in again."""
        self._hub.net.cut(self.address, off=off)

    def stop(self) -> None:
        super().stop()
        self._hub.net.remove(self.address)

"""The hub's machine: the instance, its address and its image. Its permissions are in role.py."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_ami import DataAwsAmi, DataAwsAmiFilter
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.instance import (
    Instance,
    InstanceMetadataOptions,
    InstanceNetworkInterface,
    InstanceRootBlockDevice,
)
from cdktf_cdktf_provider_aws.network_interface import NetworkInterface
from constructs import Construct

from pophub.core.contract import ARCHITECTURES, DEBIAN_ACCOUNT, HUB_PRIVATE_ADDRESS, HUB_ROLE, ROLE_TAG
from pophub.core.cost.tariff import ROOT_DISK_GIB
from stacks.base import address
from stacks.instance_role import InstanceRole
from stacks.network import Network, WorkerGroups

METADATA_OPTIONS = InstanceMetadataOptions(
    http_endpoint="enabled",
    http_tokens="required",
    # one hop, so that packets from containers cannot reach the metadata service
    http_put_response_hop_limit=1,
    # the machine reads from its tags which event it belongs to
    instance_metadata_tags="enabled",
)


class Hub(Construct):
    """An instance that runs code of strangers: it can stop itself and has no other power over AWS resources.

    With workers, it runs no code of strangers, and it may set the number of its workers.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        instance_type: str,
        architecture: str,
        user_data_base64: str,
        network: Network,
        role: InstanceRole,
        tags: dict[str, str],
        groups: WorkerGroups | None,
        create_after: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id_)
        interface, self.address = self._interface_with_address(name, network, groups)
        self.network, self.groups = network, groups
        self.availability_zone = network.subnet.availability_zone
        self.image = self._debian(architecture)
        self.instance = Instance(
            self,
            "instance",
            ami=str(self.image.id),
            instance_type=instance_type,
            iam_instance_profile=role.profile.name,
            network_interface=[InstanceNetworkInterface(device_index=0, network_interface_id=interface.id)],
            user_data_base64=user_data_base64,
            # a power-off from inside must stop the machine and never terminate it
            instance_initiated_shutdown_behavior="stop",
            ebs_optimized=True,
            metadata_options=METADATA_OPTIONS,
            root_block_device=InstanceRootBlockDevice(
                volume_type="gp3", volume_size=ROOT_DISK_GIB, encrypted=True, delete_on_termination=True, tags=tags
            ),
            tags={"Name": name, ROLE_TAG: HUB_ROLE},
            lifecycle=_stay(instance_type, network),
            # everything that the first boot needs exists before the instance
            depends_on=[self.address, network.route, role.permissions, *create_after],
        )

    def _interface_with_address(
        self, name: str, network: Network, groups: WorkerGroups | None
    ) -> tuple[NetworkInterface, Eip]:
        """A separate network interface, so that the machine has its public address from its first second."""
        interface = NetworkInterface(
            self,
            "interface",
            subnet_id=network.subnet.id,
            private_ips=[HUB_PRIVATE_ADDRESS],
            security_groups=[network.web.id, *([groups.hub.id] if groups else [])],
            description=f"{name}: the hub",
            tags={"Name": name},
        )
        address = Eip(
            self,
            "address",
            domain="vpc",
            network_interface=interface.id,
            tags={"Name": name},
            depends_on=[network.route],
        )
        return interface, address

    def _debian(self, architecture: str) -> DataAwsAmi:
        return DataAwsAmi(
            self,
            "debian",
            owners=[DEBIAN_ACCOUNT],
            most_recent=True,
            filter=[
                DataAwsAmiFilter(name="name", values=[f"debian-13-{ARCHITECTURES[architecture]}-*"]),
                DataAwsAmiFilter(name="virtualization-type", values=["hvm"]),
            ],
        )


def _type_in_zone(instance_type: str, network: Network) -> Precondition:
    """Refuse an instance type that the zone does not have; the zone was chosen at the first deployment, for the type of then."""
    zone = f"{address(network.subnet)}.availability_zone"
    return Precondition(
        condition=f"${{contains({network.offers}, {zone})}}",
        error_message=f"${{{zone}}}, where the event is, has no {instance_type}. "
        "Set another `host.instance_type` in the event file.",
    )


def _stay(instance_type: str, network: Network) -> TerraformResourceLifecycle:
    """A newer image or first-boot script must not replace a running hub; changes reach it in the bundle."""
    return TerraformResourceLifecycle(
        ignore_changes=["ami", "user_data_base64"], precondition=[_type_in_zone(instance_type, network)]
    )

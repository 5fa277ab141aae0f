"""EC2 deletes nothing that another resource uses. moto checks this only for a VPC's subnets and route tables.

The messages: https://github.com/hashicorp/terraform/issues/31658,
https://github.com/gruntwork-io/cloud-nuke/issues/285
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend

from lab.aws_rules.moto_patch import before


def enforce() -> None:
    """Add the rules to moto's EC2."""
    before(EC2Backend, "delete_subnet", _subnet)
    before(EC2Backend, "delete_security_group", _security_group)
    before(EC2Backend, "detach_internet_gateway", _gateway)
    before(EC2Backend, "delete_vpc", _vpc)
    before(EC2Backend, "delete_network_interface", _interface)
    before(EC2Backend, "release_address", _address)


def _in_use(kind: str, id_: str) -> DependencyViolationError:
    return DependencyViolationError(f"The {kind} '{id_}' has dependencies and cannot be deleted.")


def _subnet(self: Any, subnet_id: str) -> None:
    if any(interface.subnet.id == subnet_id for interface in self.enis.values()):
        raise _in_use("subnet", subnet_id)


def _security_group(self: Any, name: str | None = None, group_id: str | None = None) -> None:
    users = [interface for interface in self.enis.values() if group_id in {group.id for group in interface.group_set}]
    referring = [
        group
        for groups in self.groups.values()
        for group in groups.values()
        if group.id != group_id
        for rule in (*group.ingress_rules, *group.egress_rules)
        if group_id == (rule.source_group or {}).get("GroupId")
    ]
    if group_id and (users or referring):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")


def _gateway(self: Any, internet_gateway_id: str, vpc_id: str) -> None:
    if any(address.eni and address.eni.subnet.vpc_id == vpc_id for address in self.addresses):
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). "
            "Please unmap those public address(es) before detaching the gateway."
        )


def _vpc(self: Any, vpc_id: str) -> None:
    gateways = [gateway for gateway in self.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id]
    groups = [group for group in self.groups[vpc_id].values() if group.name != "default"]
    endpoints = [each for each in self.vpc_end_points.values() if each.vpc_id == vpc_id and each.state != "deleted"]
    if gateways or groups or endpoints:
        raise _in_use("vpc", vpc_id)


def _interface(self: Any, eni_id: str) -> None:
    interface = self.enis.get(eni_id)
    # moto uses the same call to delete the interfaces of an instance that is terminated
    if (
        interface
        and not hasattr(interface.instance, "ends")
        and (interface.attachment_id or interface.interface_type != "interface")
    ):
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html: detach it first;
        # code and message: https://github.com/gruntwork-io/cloud-nuke/issues/431
        raise EC2ClientError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")


def _address(self: Any, address: str | None = None, allocation_id: str | None = None) -> None:
    found = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
    if found[0].association_id:
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")

"""GuardDuty Runtime Monitoring: it creates an endpoint and a security group in the VPC of each new instance.

https://docs.aws.amazon.com/guardduty/latest/ug/how-does-runtime-monitoring-work.html. Both have the tag
GuardDutyManaged and stay after the instance is terminated:
https://github.com/hashicorp/terraform-provider-aws/issues/46747. The group's name:
https://github.com/hashicorp/terraform-provider-aws/pull/46953
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from lab.account_kinds import this_account
from lab.aws_rules.moto_patch import replace

TAGS = {"GuardDutyManaged": "true"}


def enforce() -> None:
    """Extend moto's RunInstances, and give endpoints' network interfaces the fields that EC2 gives them."""
    _describe_endpoint_interfaces()
    moto_run_instances = EC2Backend.run_instances

    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        reservation = moto_run_instances(self, *arguments, **named)
        for instance in reservation.instances if this_account().guardduty else ():
            _watch(self, instance)
        return reservation

    replace(EC2Backend, run_instances)


def _watch(self: Any, instance: Any) -> None:
    subnet = next(iter(instance.nics.values())).subnet
    name = f"GuardDutyManagedSecurityGroup-{subnet.vpc_id}"
    if any(group.name == name for group in self.groups[subnet.vpc_id].values()):
        return
    group = self.create_security_group(name, "Associated with VPC endpoint of GuardDuty", subnet.vpc_id, TAGS)
    self.create_vpc_endpoint(
        subnet.vpc_id, f"com.amazonaws.{self.region_name}.guardduty-data", "Interface", None, [],
        subnet_ids=[subnet.id], security_group_ids=[group.id], tags=TAGS,
    )  # fmt: skip


def _describe_endpoint_interfaces() -> None:
    """One in each subnet, with its groups: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html."""
    moto_create_vpc_endpoint = EC2Backend.create_vpc_endpoint

    def create_vpc_endpoint(self: Any, *arguments: Any, **named: Any) -> Any:
        endpoint = moto_create_vpc_endpoint(self, *arguments, **named)
        for id_ in endpoint.network_interface_ids:
            interface = self.enis[id_]
            interface.description = f"VPC Endpoint Interface {endpoint.id}"
            interface.interface_type = "vpc_endpoint"
            interface.requester_managed, interface.status = True, "in-use"
            groups = [self.get_security_group_from_id(group) for group in endpoint.security_group_ids]
            interface._group_set = groups or interface._group_set
        return endpoint

    replace(EC2Backend, create_vpc_endpoint)

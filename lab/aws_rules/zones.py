"""Availability zones: which ones this account has, which types they offer, and whether they have capacity now."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, InstanceTypeOfferingBackend
from werkzeug.exceptions import HTTPException

from lab.account_kinds import this_account
from lab.aws_rules.moto_patch import before, replace

STOPPED = 80
_FILTERS = {
    "zone-id": "zone_id",
    "zone-type": "zone_type",
    "zone-name": "name",
    "region-name": "region_name",
    "state": "state",
    "opt-in-status": "opt_in_status",
    "group-name": "group_name",
}


class NoCapacity(HTTPException):
    """The status is 500, so clients retry by themselves: https://github.com/nib-health-funds/hammertime/issues/29."""

    code = 500

    def __init__(self, instance_type: str, zone: str, others: list[str]) -> None:
        # https://github.com/scylladb/scylla-cluster-tests/issues/5119
        message = (
            f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested "
            f"({zone}). Our system will be working on provisioning additional capacity. You can currently get "
            f"{instance_type} capacity by not specifying an Availability Zone in your request or choosing "
            f"{', '.join(others)}."
        )
        error = f"<Error><Code>InsufficientInstanceCapacity</Code><Message>{message}</Message></Error>"
        super().__init__(f"<Response><Errors>{error}</Errors><RequestID>lab</RequestID></Response>")


def enforce() -> None:
    """Add the rules to moto's EC2."""
    replace(RegionsAndZonesBackend, describe_availability_zones)
    _offer()
    before(EC2Backend, "run_instances", _check_run)
    before(EC2Backend, "start_instances", _check_start)


def open_local_zones() -> None:
    """Add the local zones of this process's account; called once, before its server starts."""
    for name in this_account().local_zones:
        _open_local_zone(name)


def _open_local_zone(name: str) -> None:
    """A zone such as `us-west-2-lax-1a`, for an account that has opted in; EC2 hides it from all others.

    Its offerings are listed with those of the region's own zones: https://github.com/openshift/installer/pull/7137
    """
    region = "-".join(name.split("-")[:3])
    zone: Any = Zone(region_name=region, name=name, zone_id=name.replace(region, "usw2"), zone_type="local-zone")
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html
    zone.opt_in_status, zone.group_name = "opted-in", name[:-1]
    RegionsAndZonesBackend.zones[region] = [*RegionsAndZonesBackend.zones[region], zone]
    offered = INSTANCE_TYPE_OFFERINGS["availability-zone"][region]
    offered += [each | {"Location": name} for each in offered if each["Location"] == f"{region}a"]


def describe_availability_zones(
    self: Any, filters: Any = None, zone_names: list[str] | None = None, zone_ids: list[str] | None = None
) -> list[Zone]:
    """As in moto, with the opt-in status, which moto does not have."""
    found = self.zones.get(self.region_name, [])
    for zone in found:
        if zone.zone_type == "availability-zone":
            zone.opt_in_status, zone.group_name = "opt-in-not-required", f"{zone.region_name}-zg-1"
    for name, values in (filters or {}).items():
        found = [zone for zone in found if getattr(zone, _FILTERS[name]) in values]
    return [
        zone
        for zone in found
        if (not zone_names or zone.name in zone_names) and (not zone_ids or zone.zone_id in zone_ids)
    ]


def _offer() -> None:
    moto_offerings = InstanceTypeOfferingBackend.describe_instance_type_offerings

    def describe_instance_type_offerings(self: Any, *arguments: Any, **named: Any) -> list[Any]:
        offered = moto_offerings(self, *arguments, **named)
        without = this_account().zones_without_type
        return [each for each in offered if each["Location"] not in without]

    replace(InstanceTypeOfferingBackend, describe_instance_type_offerings)


def _check_run(self: Any, *_: Any, **named: Any) -> None:
    if zone := _zone(self, named):
        _check(self, named.get("instance_type") or "m1.small", zone)


def _zone(backend: Any, named: dict[str, Any]) -> str | None:
    """The zone in which RunInstances would start the instance; None if the request does not say it."""
    for interface in named.get("nics") or ():
        if id_ := interface.get("NetworkInterfaceId"):
            return str(backend.get_network_interface(id_).subnet.availability_zone)
        if subnet := interface.get("SubnetId"):
            return str(backend.get_subnet(subnet).availability_zone)
    if named.get("subnet_id"):
        return str(backend.get_subnet(named["subnet_id"]).availability_zone)
    return named.get("placement") or None


def _check_start(self: Any, instance_ids: list[str]) -> None:
    for instance in self.get_multi_instances_by_id(instance_ids):
        if instance.state_code == STOPPED:
            _check(self, instance.instance_type, instance.placement.zone)


def _check(backend: Any, instance_type: str, zone: str) -> None:
    offered = backend.describe_instance_type_offerings("availability-zone", {"instance-type": [instance_type]})
    zones = sorted({each["Location"] for each in offered})
    if zones and zone not in zones:
        # https://github.com/ned1313/Getting-Started-Terraform/issues/44
        raise EC2ClientError(
            "Unsupported",
            f"Your requested instance type ({instance_type}) is not supported in your requested Availability Zone "
            f"({zone}). Please retry your request by not specifying an Availability Zone or choosing {', '.join(zones)}.",
        )
    full = this_account().full_zones
    if zone in full:
        raise NoCapacity(instance_type, zone, [each for each in zones if each not in full])

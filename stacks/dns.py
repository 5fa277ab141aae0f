"""The hub's name: one A record in a DNS zone that the organizer already has."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from stacks.hub import Hub


class Dns(Construct):
    """The A record from the event's domain to the hub's address."""

    def __init__(self, scope: Construct, id_: str, *, domain: str, zone: str, hub: Hub) -> None:
        super().__init__(scope, id_)
        found = DataAwsRoute53Zone(self, "zone", name=f"{zone}.", private_zone=False)
        Route53Record(
            self, "record", zone_id=found.zone_id, name=domain, type="A", ttl=60, records=[hub.address.public_ip]
        )

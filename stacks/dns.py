"""The hub's name in the organizer's DNS zone: it leads to the machine while that answers, else to the off page."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.apigatewayv2_domain_name import Apigatewayv2DomainName
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from cdktf_cdktf_provider_aws.route53_record import (
    Route53Record,
    Route53RecordAlias,
    Route53RecordFailoverRoutingPolicy,
)
from constructs import Construct

from pophub.core.contract import OFF_PAGE_RECORD
from stacks.hub import Hub

# an alias to API Gateway has this time to live too:
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
TTL_SECONDS = 60
CHECK_SECONDS = 30
# about 15 checkers look at the port, and 18 % of them are enough for "healthy": one wrong result changes nothing
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
CHECKS = 1
# the longest time from the machine's first answer until a browser that knows the old record is led there
SECONDS_TO_THE_HUB = CHECK_SECONDS * CHECKS + TTL_SECONDS + 10


class Dns(Construct):
    """The A record from the event's domain to the hub's address. With `checked`, it counts only while the machine answers."""

    def __init__(self, scope: Construct, id_: str, *, domain: str, zone: str, hub: Hub, checked: bool) -> None:
        super().__init__(scope, id_)
        self.zone_id = DataAwsRoute53Zone(self, "zone", name=f"{zone}.", private_zone=False).zone_id
        self.domain = domain
        # the same resource with and without the check, so that a change does not recreate a deployed event's record
        record = Route53Record(
            self,
            "record",
            zone_id=self.zone_id,
            name=domain,
            type="A",
            ttl=TTL_SECONDS,
            records=[hub.address.public_ip],
        )
        if checked:
            record.set_identifier = "hub"
            record.put_failover_routing_policy(type="PRIMARY")
            record.health_check_id = self._check(domain, hub).id
        self._record = record

    def otherwise(self, gateway: Apigatewayv2DomainName) -> None:
        """Add the record to which the name leads while the machine does not answer."""
        target = gateway.domain_name_configuration
        Route53Record(
            self,
            "otherwise",
            zone_id=self.zone_id,
            name=self.domain,
            type="A",
            set_identifier=OFF_PAGE_RECORD,
            failover_routing_policy=Route53RecordFailoverRoutingPolicy(type="SECONDARY"),
            alias=Route53RecordAlias(
                name=target.target_domain_name, zone_id=target.hosted_zone_id, evaluate_target_health=False
            ),
            # Route 53 refuses a failover record beside a record with another routing policy
            depends_on=[self._record],
        )

    def _check(self, domain: str, hub: Hub) -> Route53HealthCheck:
        """A health check of port 443.

        TCP, not https: a new machine has no certificate until the name leads to it. It is also the cheapest kind:
        0.50 USD a month for an address in AWS, and https costs 1.00 USD more: https://aws.amazon.com/route53/pricing/
        """
        return Route53HealthCheck(
            self,
            "check",
            type="TCP",
            ip_address=hub.address.public_ip,
            port=443,
            request_interval=CHECK_SECONDS,
            failure_threshold=CHECKS,
            tags={"Name": domain},
        )

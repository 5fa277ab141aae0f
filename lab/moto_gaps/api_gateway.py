"""API Gateway: what a domain answers with beside what was asked for, and its removal together with its mappings."""

from __future__ import annotations

import uuid
from typing import Any

from moto.apigatewayv2.models import ApiGatewayV2Backend, DomainName

_moto_init = DomainName.__init__
_moto_to_json = DomainName.to_json
_moto_delete = ApiGatewayV2Backend.delete_domain_name


def init(self: DomainName, *arguments: Any, **named: Any) -> None:
    """Add the address that DNS leads to: https://docs.aws.amazon.com/general/latest/gr/apigateway.html."""
    _moto_init(self, *arguments, **named)
    region = named["backend"].region_name
    given = {
        "apiGatewayDomainName": f"d-{uuid.uuid4().hex[:10]}.execute-api.{region}.amazonaws.com",
        # that of us-west-2; it differs by region
        "hostedZoneId": "Z2OJLYMUO9EFXC",
        "domainNameStatus": "AVAILABLE",
        "ipAddressType": "ipv4",
    }
    self.domain_name_configurations = [each | given for each in self.domain_name_configurations]


def to_json(self: DomainName) -> dict[str, Any]:
    """As moto, without a setting that the domain does not have."""
    return {key: value for key, value in _moto_to_json(self).items() if key != "mutualTlsAuthentication" or value}


def delete_domain_name(self: ApiGatewayV2Backend, domain_name: str) -> None:
    """As moto, which fails at a domain that has a mapping."""
    of_it = [id_ for id_, mapping in self.api_mappings.items() if mapping.domain_name == domain_name]
    for id_ in of_it:
        del self.api_mappings[id_]
    _moto_delete(self, domain_name)


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    setattr(DomainName, "__init__", init)  # noqa: B010 - mypy refuses the assignment
    setattr(DomainName, to_json.__name__, to_json)
    setattr(ApiGatewayV2Backend, delete_domain_name.__name__, delete_domain_name)

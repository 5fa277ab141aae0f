"""ACM issues a certificate once its record is in a public zone, and keeps one that is in use. moto issues after a minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle, acm_backends
from moto.apigatewayv2.exceptions import BadRequestException
from moto.apigatewayv2.models import ApiGatewayV2Backend, apigatewayv2_backends
from moto.core.exceptions import JsonRESTError
from moto.route53.models import route53_backends

from lab.aws_rules.moto_patch import before, replace

# https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
ISSUERS = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
DESCRIBE = CertBundle.describe


def enforce() -> None:
    """Add the rules to moto's ACM and API Gateway."""
    replace(CertBundle, check)
    replace(CertBundle, describe)
    before(AWSCertificateManagerBackend, "delete_certificate", _check_use)
    before(ApiGatewayV2Backend, "create_domain_name", _check_certificate)


def check(self: CertBundle) -> None:
    """Issue it if its record is there: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html."""
    if self.type != "AMAZON_ISSUED" or self.status != "PENDING_VALIDATION":
        return
    options = self.describe()["Certificate"]["DomainValidationOptions"]
    if any(_is_forbidden(each["DomainName"]) for each in options):
        self.status = "FAILED"
        return
    proofs = [(each["ResourceRecord"]["Name"], each["ResourceRecord"]["Value"]) for each in options]
    if set(proofs) <= _records():
        self.status = "ISSUED"


def describe(self: CertBundle) -> dict[str, Any]:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html: FailureReason."""
    found: dict[str, Any] = DESCRIBE(self)
    if self.status == "FAILED":
        found["Certificate"]["FailureReason"] = "CAA_ERROR"
    return found


def _is_forbidden(name: str) -> bool:
    """https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-caa.html; the closest name's records count."""
    while name:
        rules = [rule for rule in _values(f"{name}.", "CAA") if " issue " in rule]
        if rules:
            return not any(f'"{issuer}"' in rule for rule in rules for issuer in ISSUERS)
        name = name.partition(".")[2]
    return False


def _records() -> set[tuple[str, str]]:
    """Name and value of each CNAME of all public zones, with the point at their end."""
    return {(name, f"{value.rstrip('.')}.") for name, kind, value in _zones() if kind == "CNAME"}


def _values(name: str, kind: str) -> list[str]:
    return [value for its, of, value in _zones() if (its, of) == (name, kind)]


def _zones() -> Iterator[tuple[str, str, str]]:
    """Name with the point at its end, type and value of each record of all public zones."""
    zones = [zone for each in route53_backends.values() for zone in each["aws"].zones.values() if not zone.private_zone]
    for record in (record for zone in zones for record in zone.rrsets):
        yield from ((f"{record.name.rstrip('.')}.", str(record.type), str(value)) for value in record.records)


def _check_use(self: AWSCertificateManagerBackend, arn: str) -> None:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html: the certificate is in use."""
    domains = apigatewayv2_backends[self.account_id][self.region_name].domain_names.values()
    if any(each["certificateArn"] == arn for domain in domains for each in domain.domain_name_configurations):
        # https://github.com/dfds/infrastructure-modules/issues/5
        message = f"Certificate {arn} in account {self.account_id} is in use."
        raise JsonRESTError("ResourceInUseException", message)


def _check_certificate(self: ApiGatewayV2Backend, domain_name_configurations: list[dict[str, str]], **_: Any) -> None:
    """The certificate must be ready before: the message is ours.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
    """
    for each in domain_name_configurations:
        arn = each["certificateArn"]
        certificate = acm_backends[self.account_id][self.region_name].describe_certificate(arn)
        if certificate.status != "ISSUED":
            raise BadRequestException(f"The provided certificate is not valid: {arn} is {certificate.status}")

"""The off page of an event: its function, its address in API Gateway, its certificate, and the check of the machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pophub.core.contract import EVENT_TAG, off_page_name
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_untagged, removed_by, tag_map

# Route 53 is global; it answers in this region
GLOBAL = "us-east-1"


def _check_tags(context: EventContext, id_: str) -> dict[str, str]:
    whose = {"ResourceType": "healthcheck", "ResourceId": id_}
    return tag_map(context.aws.call("route53", GLOBAL, "list_tags_for_resource", **whose)["ResourceTagSet"].get("Tags"))


def _checks(context: EventContext) -> Iterator[Resource]:
    """A health check has no name, only tags."""
    for entry in list(context.aws.pages("route53", GLOBAL, "list_health_checks", "HealthChecks[]")):
        if _check_tags(context, entry["Id"]).get(EVENT_TAG) == context.event:
            address = entry["HealthCheckConfig"].get("IPAddress", "")
            yield Resource("health check", entry["Id"], costs.of_health_check(context.region), f"of {address}")


def _delete_check(context: EventContext, resource: Resource) -> None:
    context.aws.call("route53", GLOBAL, "delete_health_check", HealthCheckId=resource.id)


def _domains(context: EventContext) -> Iterator[Resource]:
    for entry in _items(context, "get_domain_names"):
        tags = entry.get("Tags") or {}
        if context.is_ours(tags, named=entry["DomainName"] == context.domain):
            yield Resource("API domain", entry["DomainName"], FREE, doubtful=is_untagged(tags))


def _apis(context: EventContext) -> Iterator[Resource]:
    """A request costs, and an API does not: https://aws.amazon.com/api-gateway/pricing/."""
    for entry in _items(context, "get_apis"):
        tags = entry.get("Tags") or {}
        if context.is_ours(tags, named=entry["Name"] == off_page_name(context.event)):
            yield Resource("API", entry["ApiId"], FREE, entry["Name"], doubtful=is_untagged(tags))


def _items(context: EventContext, operation: str) -> Iterator[Mapping[str, Any]]:
    yield from list(context.all("apigatewayv2", operation, "Items[]"))


def _functions(context: EventContext) -> Iterator[Resource]:
    for entry in list(context.all("lambda", "list_functions", "Functions[]")):
        name = entry["FunctionName"]
        if not name.startswith(context.name):
            continue
        tags = context.call("lambda", "list_tags", Resource=entry["FunctionArn"]).get("Tags") or {}
        if context.is_ours(tags, named=name == off_page_name(context.event)):
            yield Resource("function", name, FREE, doubtful=is_untagged(tags))


def _certificates(context: EventContext) -> Iterator[Resource]:
    """Certificates of ACM are free: https://aws.amazon.com/certificate-manager/pricing/."""
    for entry in list(context.all("acm", "list_certificates", "CertificateSummaryList[]")):
        arn = entry["CertificateArn"]
        answer = context.call("acm", "list_tags_for_certificate", CertificateArn=arn)
        # somebody else may use a certificate of this name that is not the event's
        if tag_map(answer.get("Tags")).get(EVENT_TAG) == context.event:
            yield Resource("certificate", arn, FREE, entry["DomainName"])


# the function could start the machine, so it is removed first
OFF_PAGE = (
    ResourceType("function", _functions, removed_by("lambda", "delete_function", "FunctionName")),
    # its mappings go with it
    ResourceType("API domain", _domains, removed_by("apigatewayv2", "delete_domain_name", "DomainName")),
    ResourceType("API", _apis, removed_by("apigatewayv2", "delete_api", "ApiId")),
    # ACM refuses while an API domain uses it
    ResourceType("certificate", _certificates, removed_by("acm", "delete_certificate", "CertificateArn")),
)
# after the records that use it
CHECKS = (ResourceType("health check", _checks, _delete_check),)

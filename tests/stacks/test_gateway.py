"""The https address of API Gateway behind the event's own name."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_it_has_the_event_s_name_and_a_certificate_that_has_been_issued(stack: Stack) -> None:
    domain, certificate = stack.at("gateway/domain"), stack.at("gateway/certificate")

    assert domain["domain_name"] == certificate["domain_name"] == "hub.geohackweek.example.org"
    assert domain["domain_name_configuration"] == {
        "certificate_arn": stack.reference("gateway/issued", "certificate_arn"),
        "endpoint_type": "REGIONAL",
        "security_policy": "TLS_1_2",
    }


def test_the_zone_proves_the_certificate_s_name(stack: Stack) -> None:
    record = stack.at("gateway/validation")

    assert record["zone_id"] == stack.at("dns/record")["zone_id"]
    assert stack.addresses["gateway/certificate"] in record["name"]
    assert stack.at("gateway/issued")["validation_record_fqdns"] == [stack.reference("gateway/validation", "fqdn")]


def test_every_request_goes_to_the_function_and_none_past_the_event_s_name(stack: Stack) -> None:
    integration, permission = stack.at("gateway/integration"), stack.at("gateway/invoke")

    assert stack.at("gateway/api")["disable_execute_api_endpoint"] is True
    assert stack.at("gateway/route")["route_key"] == stack.at("gateway/stage")["name"] == "$default"
    assert integration["integration_uri"] == stack.reference("off_page/function", "invoke_arn")
    assert integration["payload_format_version"] == "2.0"
    assert permission["source_arn"] == f"{stack.reference('gateway/api', 'execution_arn')}/*/$default"
    assert stack.at("gateway/mapping")["domain_name"] == stack.reference("gateway/domain", "id")


def test_open_tabs_and_strangers_cannot_make_it_dear(stack: Stack) -> None:
    limits = stack.at("gateway/stage")["default_route_settings"]
    # https://aws.amazon.com/api-gateway/pricing/ and https://aws.amazon.com/lambda/pricing/, of a request each
    usd = limits["throttling_rate_limit"] * 30 * 86400 * (1.11e-6 + 0.2e-6)

    assert limits["throttling_burst_limit"] == 50
    assert usd < 7

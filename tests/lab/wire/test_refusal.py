"""A refusal has the form of its service's protocol."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.parsers import create_parser

from lab.wire.call import Sender, service_model
from lab.wire.refusal import Refusal, answer


@pytest.mark.parametrize("service", ["ec2", "iam", "s3", "route53", "ssm", "scheduler", "resourcegroupstaggingapi"])
def test_botocore_understands_it(service: str) -> None:
    model = service_model(service)
    sender = Sender("a", "us-west-2", service, str(model.resolved_protocol))
    said = list[Any]()
    body = b"".join(answer(Refusal("Code", "a < b & c", 403), sender, lambda *arguments: said.append(arguments)))
    [(status, headers)] = said
    parser = create_parser(str(model.resolved_protocol))
    response = {"headers": dict(headers), "body": body, "status_code": int(status.split()[0])}
    parsed = parser.parse(response, model.operation_model(model.operation_names[0]).output_shape)

    assert {key: parsed["Error"][key] for key in ("Code", "Message")} == {"Code": "Code", "Message": "a < b & c"}

"""Policy documents: exactly what was asked for, as JSON that IAM reads."""

from __future__ import annotations

import json

from pophub.organizer.deploy import iam


def test_a_statement_allows_these_actions_on_these_resources() -> None:
    assert iam.statement(("s3:GetObject",), ["arn:one"]) == {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": ["arn:one"],
    }


def test_a_condition_narrows_a_statement() -> None:
    condition = {"StringLike": {"s3:prefix": ["a/*"]}}

    assert iam.statement(["s3:ListBucket"], ["arn:one"], condition)["Condition"] == condition


def test_a_document_has_the_statements_in_order() -> None:
    one, two = iam.statement(["a:B"], ["x"]), iam.statement(["c:D"], ["y"])

    assert json.loads(iam.document(one, two)) == {"Version": "2012-10-17", "Statement": [one, two]}


def test_trust_goes_to_one_service_and_can_be_narrowed() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "1"}}
    [open_trust] = json.loads(iam.trust("ec2.amazonaws.com"))["Statement"]
    [narrow_trust] = json.loads(iam.trust("ec2.amazonaws.com", condition))["Statement"]

    assert open_trust == {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    assert narrow_trust == open_trust | {"Condition": condition}

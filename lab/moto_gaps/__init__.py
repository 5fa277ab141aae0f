"""Calls that the AWS provider 5.100.0 makes for our stacks and moto 5.2.5 does not have; one service per module.

A call is a method on moto's own response class, named after the action in snake case.
"""

from __future__ import annotations

from lab.moto_gaps import api_gateway, auto_scaling, awslambda, budgets, cost_explorer, ec2, iam, route53, s3, ssm


def close_gaps() -> None:
    """Add the missing calls; called once, before the server starts."""
    api_gateway.close_gaps()
    auto_scaling.close_gaps()
    awslambda.close_gaps()
    budgets.close_gaps()
    cost_explorer.close_gaps()
    ec2.close_gaps()
    iam.close_gaps()
    route53.close_gaps()
    s3.close_gaps()
    ssm.close_gaps()

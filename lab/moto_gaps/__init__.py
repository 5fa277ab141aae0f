"""What moto 5.2.5 lacks of the calls that the AWS provider 5.100.0 makes for our stacks; one service a module.

A call is a method whose name is the action in snake case, put on moto's own response class.
"""

from __future__ import annotations

from lab.moto_gaps import budgets, cost_explorer, ec2, iam, s3, ssm


def close_gaps() -> None:
    """Add the missing calls; to be done once, before the server starts."""
    budgets.close_gaps()
    cost_explorer.close_gaps()
    ec2.close_gaps()
    iam.close_gaps()
    s3.close_gaps()
    ssm.close_gaps()

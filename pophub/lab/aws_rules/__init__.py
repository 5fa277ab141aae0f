"""What AWS refuses and moto does not, each rule with its source; one subject a module."""

from __future__ import annotations

from pophub.lab.account_kinds import this_account
from pophub.lab.aws_rules import quotas, uploads


def enforce() -> None:
    """Put the rules on moto's classes, for the kind of account that this process is; once, before the server starts."""
    account = this_account()
    quotas.enforce(account)
    uploads.enforce()

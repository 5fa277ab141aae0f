"""The policies of whoever deploys: AWS knows all that they name, and each fits into one managed policy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pophub.organizer.doctor.rights import POLICY, WORKERS_POLICY
from tests.iam_data import problems

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: without white space
LONGEST = 6144


POLICIES = pytest.mark.parametrize("policy", [POLICY, WORKERS_POLICY], ids=lambda file: file.stem)


@POLICIES
def test_aws_knows_all_that_it_names(policy: Path) -> None:
    text = policy.read_text()

    assert len(json.loads(text)["Statement"]) > 3
    assert problems(text) == []


@POLICIES
def test_it_fits_into_one_managed_policy(policy: Path) -> None:
    assert len(re.sub(r"\s", "", policy.read_text())) <= LONGEST

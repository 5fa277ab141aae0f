"""The policy of whoever deploys: AWS knows all that it names, and it fits into one managed policy."""

from __future__ import annotations

import json
import re

from pophub.organizer.paths import ROOT
from tests.iam_data import problems

POLICY = (ROOT / "docs" / "organizer-policy.json").read_text()
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: without white space
LONGEST = 6144


def test_aws_knows_all_that_it_names() -> None:
    assert len(json.loads(POLICY)["Statement"]) > 5
    assert problems(POLICY) == []


def test_it_fits_into_one_managed_policy() -> None:
    assert len(re.sub(r"\s", "", POLICY)) <= LONGEST

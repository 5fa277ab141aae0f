"""Names of AWS things and of parameters, as the machine's scripts and the role's permissions expect them."""

from __future__ import annotations

import re

import pytest

from pophub.paths import CLOUD_INIT
from stacks.naming import ENDS_TAG, EVENT_TAG, parameter_path, resource_name

LONGEST_NAME = "g" * 31


def test_an_event_and_its_parts_have_names_of_their_own() -> None:
    assert resource_name("geo") == "pophub-geo"
    assert resource_name("geo", "hub") == "pophub-geo-hub"


@pytest.mark.parametrize("part", ["schedule", "budget", "hub"])
def test_the_longest_event_name_still_fits_a_role(part: str) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(resource_name(LONGEST_NAME, part)) <= 64


def test_one_event_s_parameters_are_no_part_of_another_s() -> None:
    assert not parameter_path("geo-two").startswith(f"{parameter_path('geo')}/")


def test_the_machine_asks_for_the_tag_and_the_parameter_that_we_make() -> None:
    script = (CLOUD_INIT / "fetch-bundle.sh").read_text()

    assert f"tags/instance/{EVENT_TAG})" in script
    assert f'"{parameter_path("$event")}/bundle"' in script


@pytest.mark.parametrize("tag", [EVENT_TAG, ENDS_TAG])
def test_a_tag_can_be_read_from_inside_the_machine(tag: str) -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
    assert re.fullmatch(r"[A-Za-z0-9+\-=.,_:@]+", tag)

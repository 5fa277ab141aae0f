"""Names of AWS things and of parameters, as the machine's scripts and the role's permissions expect them."""

from __future__ import annotations

import re

import pytest

from pophub.core.naming import ENDS_TAG, EVENT_TAG, KEEP_DAYS, KEEP_TAG, keep_days, parameter_path, resource_name
from pophub.organizer.paths import CLOUD_INIT

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


@pytest.mark.parametrize("tag", [EVENT_TAG, ENDS_TAG, KEEP_TAG])
def test_a_tag_can_be_read_from_inside_the_machine(tag: str) -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
    assert re.fullmatch(r"[A-Za-z0-9+\-=.,_:@]+", tag)


def test_an_archive_is_kept_at_least_as_long_as_wished() -> None:
    assert [keep_days(days) for days in (1, 7, 8, 90, 91, 3650)] == [7, 7, 14, 90, 120, 3650]
    assert all(keep_days(days) >= days for days in range(1, KEEP_DAYS[-1] + 1))

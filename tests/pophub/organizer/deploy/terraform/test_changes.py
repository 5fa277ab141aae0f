"""A plan is told in a dozen lines, and what people would notice is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pophub.organizer.deploy.terraform.changes import Changes

PATHS = {"aws_instance.m": "hub/instance", "aws_ebs_volume.h": "home/volume", "aws_eip.e": "hub/address"}


def _planned(address: str, *actions: str, **change: Any) -> dict[str, Any]:
    return {
        "address": address,
        "type": address.partition(".")[0],
        "mode": "managed",
        "change": {"actions": list(actions), **change},
    }


def _changes(*planned: dict[str, Any], **more: Any) -> Changes:
    return Changes({"resource_changes": list(planned), **more}, lambda it: PATHS.get(it, it), Path("a.log"))


def test_what_happens_is_counted_by_kind() -> None:
    found = _changes(
        *(_planned(f"aws_scheduler_schedule.s{number}", "create") for number in range(12)),
        _planned("aws_instance.m", "create"),
        _planned("aws_vpc.v", "no-op"),
        {**_planned("data.aws_ami.a", "read"), "mode": "data"},
        _planned("aws_ssm_parameter.p", "update"),
    )

    assert found.text.splitlines() == [
        "13 made, 1 changed, 0 replaced, 0 destroyed",
        "made: 12 schedules, 1 machine",
        "changed: 1 parameter",
        "the whole plan: a.log",
    ]


def test_a_machine_or_a_disk_that_would_be_replaced_is_named_with_the_reason() -> None:
    found = _changes(
        _planned("aws_instance.m", "delete", "create", replace_paths=[["user_data_base64"]]),
        _planned("aws_ebs_volume.h", "create", "delete", replace_paths=[["availability_zone"], ["encrypted"]]),
    ).text

    assert "replaced (because of user_data_base64): the machine; everybody's server stops" in found
    assert (
        "replaced (because of availability_zone, encrypted): the disk with everybody's homes; the new one is empty"
        in found
    )


def test_a_destroy_names_the_disk_without_frightening() -> None:
    assert "destroyed: the disk with everybody's homes\n" in _changes(_planned("aws_ebs_volume.h", "delete")).text


def test_without_changes_there_is_little_to_say() -> None:
    assert _changes(_planned("aws_vpc.v", "no-op")).text == "nothing would change\nthe whole plan: a.log"


def test_what_somebody_else_has_changed_is_named() -> None:
    found = _changes(resource_drift=[_planned("aws_eip.e", "update")])

    assert "changed by somebody else since the last deploy: hub/address" in found.text


def test_a_program_gets_the_whole_of_it() -> None:
    planned = _planned("aws_instance.m", "update", before={"a": 1}, after={"a": 2})
    facts = _changes(planned, _planned("aws_vpc.v", "no-op")).facts

    assert facts["changes"] == [planned]
    assert facts["summary"] == {"made": 0, "changed": 1, "replaced": 0, "destroyed": 0, "forgotten": 0}
    assert facts["log"] == "a.log"

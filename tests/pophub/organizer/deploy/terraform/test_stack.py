"""What a synthesized folder says of its resources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pophub.organizer.deploy.terraform.stack import LOCK, Stack

DOCUMENT = {
    "terraform": {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}},
    "resource": {
        "aws_vpc": {"vpc_1": {"//": {"metadata": {"path": "geo/network/vpc"}}}},
        "aws_subnet": {
            "public_2": {"vpc_id": "${aws_vpc.vpc_1.id}", "ami": "${data.aws_ami.x.id}", "depends_on": ["aws_eip.a"]}
        },
        "aws_eip": {"a": {"tags": {"about": "aws_eip.a"}}},
    },
}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    (tmp_path / "cdk.tf.json").write_text(json.dumps(DOCUMENT))
    return Stack(tmp_path)


def test_a_resource_refers_to_those_that_it_needs(stack: Stack) -> None:
    assert stack.references() == {
        "aws_vpc.vpc_1": frozenset(),
        "aws_subnet.public_2": {"aws_vpc.vpc_1", "aws_eip.a"},
        "aws_eip.a": frozenset(),
    }


def test_a_resource_is_called_as_in_our_code(stack: Stack) -> None:
    assert (stack.path("aws_vpc.vpc_1"), stack.path("aws_vpc.gone")) == ("network/vpc", "aws_vpc.gone")


@pytest.mark.parametrize(("lock", "another"), [(None, False), ("5.100.0", False), ("5.99.0", True)])
def test_a_provider_that_is_locked_in_another_version_is_noticed(
    stack: Stack, lock: str | None, *, another: bool
) -> None:
    if lock:
        (stack.folder / LOCK).write_text(f'provider "aws" {{\n  version     = "{lock}"\n}}\n')

    assert stack.wants_another_provider() is another

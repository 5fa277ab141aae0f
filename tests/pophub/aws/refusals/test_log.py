"""A log cut into its errors, as each program writes them."""

from __future__ import annotations

import json

import pytest

from pophub.aws.refusals.log import LONGEST_SAID, Block, blocks_in


def _said(text: str) -> list[tuple[int, str]]:
    return [(block.line, block.message) for block in blocks_in(text)]


def test_terraform_s_frames_and_places_are_left_out() -> None:
    text = (
        "aws_vpc.a: Creating...\n╷\n│ \x1b[31mError: \x1b[0mcreating EC2 VPC: no\n│ \n│   with aws_vpc.a,\n"
        '│   on main.tf line 3, in resource "aws_vpc" "a":\n│    3: }\n│ \n│ the reason\n╵\n╷\n│ Error: other\n╵\n'
    )

    assert _said(text) == [(3, "creating EC2 VPC: no the reason"), (12, "other")]


def test_cdktf_s_stack_name_and_what_goes_on_beside_it_are_left_out() -> None:
    text = "geo  Error: one\n\n       the reason\ngeo  aws_vpc.a: Creation complete after 1s [id=x]\ngeo  Error: two\n"

    assert _said(text) == [(1, "one the reason"), (5, "two")]


def test_terraform_s_json_lines_are_read_and_its_warnings_are_not() -> None:
    error = {"severity": "error", "summary": "creating X", "detail": "because", "address": "aws_x.y"}
    lines = [{"type": "version"}, {"diagnostic": error}, {"diagnostic": error | {"severity": "warning"}}]
    text = "\n".join(json.dumps(line) for line in lines) + "\n{not json\n"

    assert _said(text) == [(2, "creating X because")]
    assert _said(json.dumps({"diagnostics": [error]})) == [(1, "creating X because")]


def test_a_traceback_is_one_error_with_its_last_line() -> None:
    text = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    x()\nOSError: no\n\nafterwards\n'
    )
    [block] = blocks_in(text)

    assert (block.line, block.text.splitlines()[-1]) == (1, "OSError: no")


@pytest.mark.parametrize(
    "line",
    [
        "E: Could not get lock /var/lib/apt/lists/lock",
        "curl: (6) Could not resolve host: deb.debian.org",
        "fatal: repository 'x' not found",
        "An error occurred (X) when calling the Y operation: z",
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
        "ec2 start_instances: X: y",
        "npm error code E404",
    ],
)
def test_one_line_is_an_error_also_with_the_journal_s_stamp(line: str) -> None:
    for text in (line, f"Nov 29 08:00:01 ip-10-0-0-1 cloud-init[812]: {line}", f"[   12.345] cloud-init[812]: {line}"):
        assert [(block.line, block.is_error) for block in blocks_in(f"fine\n{text}\nfine\n")] == [(2, True)]


def test_that_an_inner_program_failed_is_no_error_of_its_own() -> None:
    assert blocks_in("Error: one\nError: terraform init failed with exit code 1\n")[-1].message == "one"
    assert (
        blocks_in("Invoking Terraform CLI failed with exit code 1\nError: a\nError: non-zero exit code 1\n")[0].message
        == "a"
    )


def test_a_text_without_an_error_is_one_block_that_is_none() -> None:
    assert blocks_in("AddressLimitExceeded: no\n") == [Block(1, "AddressLimitExceeded: no", is_error=False)]
    assert list(blocks_in(" \n")) == []


def test_what_is_said_has_an_end() -> None:
    assert len(Block(1, "x" * 5000).message) == LONGEST_SAID + 1

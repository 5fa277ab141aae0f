"""Findings on a terminal of 80 columns, and as plain data."""

from __future__ import annotations

import io
import json

from rich.console import Console

from pophub.organizer.doctor.finding import Colour, Finding
from pophub.organizer.doctor.render import as_json, as_text

FINDINGS = [
    Finding("this computer", "Node.js", Colour.GREEN, "Node.js 22.1.0"),
    Finding("AWS account", "vCPU quota", Colour.RED, "r6i.8xlarge needs 32 vCPUs [of 16]", "ask AWS for 32"),
    Finding("AWS account", "VPCs", Colour.UNKNOWN, "not asked"),
    Finding("AWS account", "record", Colour.UNKNOWN, "not asked"),
]


def _printed() -> str:
    file = io.StringIO()
    Console(file=file, width=80).print(as_text(FINDINGS))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def test_each_area_has_its_findings_with_a_sign_and_the_next_step() -> None:
    assert _printed() == (
        "this computer\n"
        "  ✓ Node.js           Node.js 22.1.0\n\n"
        "AWS account\n"
        "  ✗ vCPU quota        r6i.8xlarge needs 32 vCPUs [of 16]\n"
        "                      → ask AWS for 32\n"
        "  ? VPCs, record      not asked\n\n"
        "1 red, 0 yellow, 2 unknown, 1 green"
    )


def test_a_program_gets_every_finding_and_the_counts() -> None:
    data = json.loads(json.dumps(as_json(FINDINGS)))

    assert len(data["findings"]) == 4
    assert data["findings"][1] == {
        "area": "AWS account", "question": "vCPU quota", "colour": "red",
        "answer": "r6i.8xlarge needs 32 vCPUs [of 16]", "next_step": "ask AWS for 32",
    }  # fmt: skip
    assert data["counts"] == {"green": 1, "yellow": 0, "red": 1, "unknown": 2}

"""What `pophub explain` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.errors import ExitCode, PophubError
from pophub.refusals.report import as_json, as_text, read_log


def test_a_log_is_explained_as_text_and_as_data(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"\xff\nError: Saved plan is stale\n")
    found = read_log(str(log))
    [one] = as_json(found)["explanations"]

    assert (one["line"], one["kind"], one["said"]) == (2, "Terraform's state", "Saved plan is stale")
    assert as_text(found).startswith("line 2 (Terraform's state): somebody changed the event")
    assert "\n  next: the same command again" in as_text(found)
    assert as_text([]) == "no error was found in it"


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match=r"none\.log cannot be read: No such file") as refused:
        read_log(str(tmp_path / "none.log"))

    assert refused.value.code == ExitCode.FIX

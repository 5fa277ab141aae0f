"""What `pophub explain` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.aws.refusals.report import as_json, as_text, read_log
from pophub.core.errors import ExitCode, PophubError


def test_a_log_is_explained_as_text_and_as_data(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"\xff\nError: Saved plan is stale\n")
    found = read_log(str(log))
    [one] = as_json(found)["explanations"]

    assert (one["line"], one["kind"], one["message"]) == (2, "Terraform's state", "Saved plan is stale")
    assert as_text(found).startswith("line 2 (Terraform's state): somebody changed the event")
    assert "\n  next: the same command again" in as_text(found)


def test_a_text_without_an_error_is_said_to_have_none(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("lorem ipsum\n")

    assert as_text(read_log(str(log))).startswith("no line of it looks like an error of Terraform, AWS or the set-up")


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b" \n", "is empty"), (b"\x7fELF\0", "is not text")])
def test_what_holds_no_text_is_said_as_that(content: bytes, said: str, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(content)
    with pytest.raises(PophubError, match=f"a.log {said}") as refused:
        read_log(str(log))

    assert ".pophub/logs" in refused.value.hint


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match=r"none\.log cannot be read: No such file") as refused:
        read_log(str(tmp_path / "none.log"))

    assert refused.value.code == ExitCode.FIX

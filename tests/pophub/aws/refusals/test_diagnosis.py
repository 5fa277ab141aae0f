"""The error of a command that failed: all that is known of its output, and otherwise all that its diagnostic says."""

from __future__ import annotations

from pophub.aws.refusals import diagnose, is_known
from pophub.core.errors import ExitCode

NO_ADDRESS = "Error: api error AddressLimitExceeded: The maximum number of addresses has been reached.\n"


def test_a_known_failure_has_its_meaning_its_next_step_and_the_log() -> None:
    error = diagnose("cdktf deploy geo", NO_ADDRESS, "the.log")

    assert error.code == ExitCode.REFUSED
    assert error.problem.startswith("cdktf deploy geo: all Elastic IPs")
    assert "Service Quotas" in error.hint
    assert error.hint.endswith("\nthe whole log: the.log")
    assert is_known(NO_ADDRESS)


def test_every_error_of_the_output_is_told() -> None:
    error = diagnose("cdktf deploy geo", f"{NO_ADDRESS}\nError: Saved plan is stale\n", "the.log")

    assert "Elastic IPs" in error.problem
    assert "somebody changed the event" in error.problem


def test_an_unknown_failure_keeps_the_paragraph_below_its_error() -> None:
    output = "Plan: 3 to add\nError: waiting for the moon\n\n  with aws_moon.full\n\nWhile waiting: it is full\n"
    error = diagnose("cdktf deploy geo", output, "the.log")

    assert error.problem == "cdktf deploy geo failed: waiting for the moon with aws_moon.full While waiting: it is full"
    assert "does not know this message" in error.hint
    assert not is_known(output)


def test_a_failure_without_an_error_is_told_by_its_last_lines() -> None:
    assert diagnose("cdktf synth", "one\ntwo\n", "the.log").problem == "cdktf synth failed: one / two"
    assert diagnose("cdktf synth", "", "the.log").problem == "cdktf synth failed: it printed nothing"

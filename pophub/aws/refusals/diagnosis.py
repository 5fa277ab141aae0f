"""The error to raise for a failed command, with the explanations of its output, or else with its own diagnostics."""

from __future__ import annotations

from collections.abc import Sequence

from pophub.aws.refusals.explain import UNKNOWN_STEP, explain, explain_log
from pophub.aws.refusals.explanation import Kind
from pophub.core.errors import ExitCode, PophubError


def diagnose(what: str, output: str, log: str) -> PophubError:
    """The error for a command that failed with this output; `log` is the file with the whole output."""
    found = explain_log(output)
    known = [each for each in found if each.kind is not Kind.UNKNOWN]
    if known:
        problem = f"{what}: {_joined([each.problem for each in found])}"
        return _failure(problem, _joined([each.next_step for each in known]), log)
    sentences = [each.problem for each in found] or [" / ".join(map(str.strip, output.strip().splitlines()[-3:]))]
    return _failure(f"{what} failed: {_joined(sentences) or 'it printed nothing'}", UNKNOWN_STEP, log)


def is_known(output: str) -> bool:
    """Whether the output contains an error with a known explanation."""
    return explain(output) is not None


def _joined(sentences: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(sentences))


def _failure(problem: str, hint: str, log: str) -> PophubError:
    return PophubError(problem, hint=f"{hint}\nthe whole log: {log}".strip(), code=ExitCode.REFUSED)

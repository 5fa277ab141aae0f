"""`pophub guide` as a shell sees it: the guide on stdout, what is wrong with the event file on stderr."""

from __future__ import annotations

import json
from subprocess import CompletedProcess

from lab.plans import plan_of
from pophub.organizer.event.event_file import load_event
from pophub.organizer.guide.guide_pages import as_json, as_markdown
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.command_line import run_pophub


def _run(*arguments: str) -> CompletedProcess[str]:
    return run_pophub("guide", *arguments)


def test_the_guide_is_markdown_on_stdout() -> None:
    ran = _run(str(EXAMPLE_EVENT))

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == as_markdown(plan_of(load_event(EXAMPLE_EVENT)))


def test_json_is_one_object_on_stdout() -> None:
    ran = _run(str(EXAMPLE_EVENT), "--json")

    assert (ran.returncode, json.loads(ran.stdout)) == (0, as_json(plan_of(load_event(EXAMPLE_EVENT))))


def test_a_file_that_is_not_there_exits_with_1_and_tells_a_program_too() -> None:
    ran = _run("no-such-event", "--json")

    assert (ran.returncode, "no-such-event.yaml: file: cannot be read" in ran.stderr) == (1, True)
    assert json.loads(ran.stdout)["problems"]
